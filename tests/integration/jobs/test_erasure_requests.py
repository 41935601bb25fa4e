"""Requests to erase a person: who is found, imports and checks of the person, the receipt, and the job."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.audit import AuditAction, AuditQuery
from comments.data_subjects import Subject
from comments.erasure_requests import named_subject, preview_erasure, request_erasure
from comments.erasures import receipt, verified_receipts
from comments.errors import Invalid
from comments.job_queue import ERASE
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.checks import CheckRequest, named_check_id
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import a_comment, a_site
from tests.support.dumped_store import keys_with
from tests.support.erased_people import all_of, deps_after, erase, run_history, taught, traces_in
from tests.support.random_history import BROWSER, EMAIL, IDENTITY, NAMES, TRACES, History
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.deps import Deps, set_deps
from workers.jobs import erase_subjects
from workers.subject_erasure import erase_some
from workers.sweep import Sweep


@pytest.fixture
def deps(storage: Storage) -> Deps:
    made = deps_after(storage)
    set_deps(made)
    return made


def test_an_import_under_way_is_ended_with_its_file(storage: Storage, valkey_settings: Settings, deps: Deps) -> None:
    storage.sites.put(a_site())
    state = ImportState("upload", "wxr", "ow", deps.now(), ImportPhase.READY)
    storage.import_uploads.add_pieces("blog", state.id, iter([f"<comment>{EMAIL}</comment>".encode()]))
    storage.import_uploads.replace("blog", None, state)
    erase(deps)
    assert storage.import_uploads.get("blog") is None
    assert not list(connect(valkey_settings).scan_iter("rg:{blog}:import*"))


def test_an_anonymous_author_is_erased_by_the_browser_of_one_comment(storage: Storage, deps: Deps) -> None:
    storage.sites.put(a_site())
    history = History(storage, random.Random(1), with_person=True)
    nobody = {"email": "", "identity": "", "author": "", "browser": BROWSER}
    first, second = a_comment(**nobody), a_comment(**nobody, content="xylophage")
    alone = a_comment(**{**nobody, "browser": ""})
    for comment in (first, second, alone):
        history.store(comment, history.own)
    site = storage.sites.get("blog")
    person = named_subject(storage, site, NAMES, id=first.id)
    assert person
    wanted = request_erasure(storage, site, person, "ow", deps.now())
    wait_until(lambda: not erase_some(deps, site) and storage.subjects.get("blog", wanted.id).is_done)
    assert storage.subjects.get("blog", wanted.id).counts["comments"] == 2
    left = [comment.id for comment in all_of(storage) if comment.has_text]
    assert left == [alone.id]


def test_comments_from_the_same_browser_are_erased_only_if_asked_for(storage: Storage, deps: Deps) -> None:
    storage.sites.put(a_site())
    history = History(storage, random.Random(1), with_person=True)
    named = a_comment(email=EMAIL, identity=IDENTITY, browser=BROWSER)
    anonymous = a_comment(email="", identity="", browser=BROWSER)
    for comment in (named, anonymous):
        history.store(comment, history.own)
    site, person = storage.sites.get("blog"), Subject(identities=(IDENTITY,))
    found = preview_erasure(storage, site, person)
    assert ([c.id for c in found.comments], found.others) == ([named.id], 1)
    linked = preview_erasure(storage, site, replace(person, linked=True))
    assert ({c.id for c in linked.comments}, linked.others) == ({named.id, anonymous.id}, 0)


def test_the_receipt_is_signed_and_the_audit_has_no_personal_data(storage: Storage, deps: Deps) -> None:
    run_history(storage, 2, with_person=True)
    erasure = erase(deps)
    text = json.dumps(receipt(erasure, NAMES))
    assert traces_in(text) == []
    assert [each["id"] for each in verified_receipts(text, NAMES)] == [erasure.id]
    for change in ({"site": "shop"}, {"erased": {"comments": 0}}, {"signature": "x"}):
        with pytest.raises(Invalid):
            verified_receipts(json.dumps(json.loads(text) | change), NAMES)
    with pytest.raises(Invalid):
        verified_receipts(text, Pseudonyms("another secret"))
    (entry,) = storage.audit.page("blog", AuditQuery(action=AuditAction.ERASURE), 9).rows
    assert (entry.by, entry.subject) == ("ow", erasure.id)


def test_the_job_is_enqueued_until_an_erasure_is_done(storage: Storage, valkey_settings: Settings, deps: Deps) -> None:
    run_history(storage, 2, with_person=True)
    sweep = Sweep(deps, connect(valkey_settings))
    assert isinstance(deps.jobs, RecordedJobs)
    request_erasure(storage, storage.sites.get("blog"), Subject(identities=(IDENTITY,)), "ow", deps.now())
    sweep.run_once()
    assert ERASE in [job for job, _, _ in deps.jobs.jobs]
    while storage.subjects.has_open("blog"):
        erase_subjects("blog", "")
    deps.jobs.jobs.clear()
    sweep.run_once()
    assert ERASE not in [job for job, _, _ in deps.jobs.jobs]


def test_checks_of_the_person_are_removed_and_those_of_others_stay(storage: Storage, deps: Deps) -> None:
    storage.sites.put(a_site())
    now = datetime.now(UTC)
    own, other = a_comment(identity=IDENTITY), a_comment(identity="another")
    storage.checks.ask("blog", named_check_id("own"), CheckRequest(a_site(), "mo", now, (own,)))
    storage.checks.ask("blog", named_check_id("other"), CheckRequest(a_site(), "mo", now, (other,)))
    assert erase(deps).counts["checks"] == 1
    assert storage.checks.answer("blog", named_check_id("own")) is None
    assert storage.checks.answer("blog", named_check_id("other"))


def test_feedback_about_checks_of_the_person_is_unlearned(
    storage: Storage, valkey_settings: Settings, deps: Deps
) -> None:
    storage.sites.put(a_site())
    other = a_comment(id=named_check_id("other"), identity="another", content="bread garden window")
    taught(storage, other)
    expected = storage.corpus.snapshot("blog")
    taught(storage, a_comment(id=named_check_id("own"), identity=IDENTITY, email=EMAIL, content="xylophage bread"))
    assert storage.corpus.snapshot("blog") != expected
    assert erase(deps).counts["lessons"] == 1
    assert storage.corpus.snapshot("blog") == expected
    assert storage.checks.taught_ids("blog") == [other.id]
    assert keys_with(connect(valkey_settings), *TRACES) == []
