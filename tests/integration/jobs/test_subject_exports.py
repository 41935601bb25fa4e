"""Exports of one person: everything that the site has from the person, and nothing of others."""

import json

import pytest

from comments.data_subjects import Subject
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.subject_export import export_subject, find_comments
from tests.support.erased_people import deps_after, index_some, run_history
from tests.support.random_history import EMAIL, IDENTITY
from workers.deps import Deps, set_deps


@pytest.fixture
def deps(storage: Storage) -> Deps:
    made = deps_after(storage)
    set_deps(made)
    return made


@pytest.mark.parametrize("steps", [0, 2, 999])
def test_an_export_has_everything_from_the_person(storage: Storage, deps: Deps, steps: int) -> None:
    history = run_history(storage, 2, with_person=True)
    index_some(storage, steps)
    found = export_subject(storage, storage.sites.get("blog"), Subject(identities=(IDENTITY,)), deps.now())
    assert {comment["id"] for comment in found["comments"]} == set(history.own)
    assert {comment["site"] for comment in found["comments"]} == {"blog"}
    assert found["rules"]
    assert set(found["subscribed_since"]) >= {IDENTITY}
    text = json.dumps(found)
    assert EMAIL in text
    assert "xylophage" in text
    assert "Reader 1" not in text


def test_an_export_reads_the_index_and_not_all_keys(storage: Storage, valkey_settings: Settings, deps: Deps) -> None:
    history = run_history(storage, 2, with_person=True)
    index_some(storage, 999)
    client, person = connect(valkey_settings), Subject(identities=(IDENTITY,))
    client.config_resetstat()
    _, comments = find_comments(storage, "blog", person)
    assert {comment.id for comment in comments} == set(history.own)
    assert "cmdstat_scan" not in client.info("commandstats")
