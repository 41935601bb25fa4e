"""Erase any person in any state: no trace is left, and the data of others is as if the person had never been there."""

import logging
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from comments.archive.site_export import export_lines
from comments.data_subjects import Subject
from comments.erasure_requests import request_erasure
from comments.lifecycle import Status
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import DECLARATIONS
from comments.storage.redis import connect
from docs.export_table import key_pattern
from replygate.commands.rebuild_command import recount, recount_numbers, repair_threads
from tests.support.builders import a_comment, a_site, an_admission
from tests.support.dumped_store import keys_with
from tests.support.erased_people import all_of, deps_after, erase, others, run_history, traces_in
from tests.support.random_history import EMAIL, IDENTITY, KEEPERS, KEYED, NAMES, TRACES, History
from tests.support.wait import wait_until
from workers.deps import Deps, set_deps
from workers.expired_data import delete_some
from workers.subject_erasure import erase_some


@pytest.fixture
def deps(storage: Storage) -> Deps:
    made = deps_after(storage)
    set_deps(made)
    return made


@pytest.mark.parametrize("seed", range(1, 6))
def test_an_erased_person_leaves_no_trace_and_others_keep_everything(
    storage: Storage, valkey_settings: Settings, deps: Deps, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = connect(valkey_settings)
    plain = run_history(storage, seed, with_person=False)
    expected = others(plain), storage.corpus.snapshot("blog")
    client.flushall()
    history = run_history(storage, seed, with_person=True)
    assert keys_with(client, "xylophage")
    under_way = export_lines(storage, storage.sites.get("blog"), NAMES)
    assert next(under_way)
    erasure = erase(deps)
    assert erasure.counts["comments"] == len(set(history.own))
    assert keys_with(client, *TRACES) == []
    assert {found.rpartition(":")[0] for found in keys_with(client, *KEYED)} <= KEEPERS
    assert erasure.kept_rules == (f"author:{IDENTITY}",)
    assert traces_in("\n".join(under_way)) == []
    assert traces_in(caplog.text) == []
    assert storage.import_uploads.get("blog") is None
    assert traces_in("\n".join(export_lines(storage, storage.sites.get("blog"), NAMES))) == []
    assert (others(history), storage.corpus.snapshot("blog")) == expected
    assert recount(comment for comment in all_of(storage)) == storage.corpus.snapshot("blog")
    assert not recount_numbers(storage, "blog", datetime.now(UTC), check=True)
    assert not repair_threads(storage, "blog", check=True)


@pytest.mark.parametrize("preamble", ["yes", "no"])
def test_the_files_of_the_server_hold_no_trace_after_the_rewrite(
    storage: Storage, valkey_settings: Settings, deps: Deps, preamble: str
) -> None:
    client = connect(valkey_settings)
    before = {name: client.config_get(name)[name] for name in ("aof-use-rdb-preamble", "rdbcompression")}
    client.config_set("aof-use-rdb-preamble", preamble)
    client.config_set("rdbcompression", "no")  # the test looks for plain bytes
    try:
        run_history(storage, 3, with_person=True)
        assert "xylophage" in traces_in(files_of(client))
        assert "append-only file was written anew" in erase(deps).disk
        wait_until(lambda: traces_in(files_of(client)) == [], "the former files are deleted in the background")
    finally:
        for name, value in before.items():
            client.config_set(name, value)


def files_of(client: Any) -> str:
    files = [path for path in Path(client.config_get("dir")["dir"]).rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("latin-1") for path in files if path.suffix in (".aof", ".rdb"))


def test_each_step_can_be_repeated_after_a_crash(storage: Storage, valkey_settings: Settings, deps: Deps) -> None:
    history = run_history(storage, 5, with_person=True)
    site = storage.sites.get("blog")
    wanted = request_erasure(storage, site, Subject(identities=(IDENTITY,)), "ow", deps.now())
    repeated: Counter[str] = Counter()
    while not (state := storage.subjects.get("blog", wanted.id)).is_done:
        erase_some(deps, site)
        after = storage.subjects.get("blog", wanted.id)
        repeated[state.stage] += 1
        if after != state and not after.is_done and repeated[state.stage] <= 3:
            storage.subjects.save(after, state)  # as if the process had died before it could record the step
            erase_some(deps, site)
    assert keys_with(connect(valkey_settings), *TRACES) == []
    assert all(not storage.comments.get("blog", id).has_text for id in history.own)


def test_texts_deleted_before_lose_their_lessons_and_names_too(
    storage: Storage, valkey_settings: Settings, deps: Deps
) -> None:
    run_history(storage, 4, with_person=True)
    storage.sites.put(a_site())
    later = deps_after(storage, 31)
    while delete_some(later, storage.sites.get("blog")):
        pass
    erase(deps)
    client = connect(valkey_settings)
    assert keys_with(client, *TRACES) == []
    assert {found.rpartition(":")[0] for found in keys_with(client, *KEYED)} <= KEEPERS
    assert recount(all_of(storage)) == storage.corpus.snapshot("blog")


def test_kept_lessons_have_only_words_that_others_taught_too(
    storage: Storage, valkey_settings: Settings, deps: Deps
) -> None:
    run_history(storage, 6, with_person=True)
    before = storage.corpus.snapshot("blog")
    assert erase(deps, keeps_lessons=True).counts["lessons"] > 0
    after = storage.corpus.snapshot("blog")
    assert keys_with(connect(valkey_settings), *TRACES) == []
    assert after.ham + after.spam == before.ham + before.spam - 1  # feedback about a check is always unlearned
    assert recount(all_of(storage)) == after


def test_another_person_with_the_same_name_keeps_everything(storage: Storage, deps: Deps) -> None:
    storage.sites.put(a_site())
    history = History(storage, random.Random(1), with_person=True)
    history.add_own()
    other = a_comment(author="Zebulon Quagga", email="other@readers.example", identity="another-identity")
    history.store(other, history.comments)
    erase(deps)
    assert storage.comments.get("blog", other.id) == other


def test_replies_of_others_stay_below_a_stub(storage: Storage, deps: Deps) -> None:
    storage.sites.put(a_site())
    history = History(storage, random.Random(1), with_person=True)
    own = a_comment(email=EMAIL, identity=IDENTITY)
    history.store(own, history.own)
    history.decide(own.id, 0.5)
    reply = a_comment(parent=own.id, identity="another")
    history.store(reply, history.comments)
    history.decide(reply.id, 0.5)
    erase(deps)
    rows = storage.threads.page("blog", own.thread, 10).rows
    assert [(row.id, row.removed) for row in rows] == [(own.id, True), (reply.id, False)]
    events = [(event.comment, event.after) for event in storage.outbox.read("blog", 99)]
    assert (own.id, Status.WITHDRAWN) in events


def test_limits_and_digests_that_an_erasure_leaves_expire_by_themselves(
    storage: Storage, valkey_settings: Settings, deps: Deps
) -> None:
    storage.sites.put(a_site())
    client, own = connect(valkey_settings), a_comment(email=EMAIL, identity=IDENTITY, origin="origin-of-zebulon")
    storage.comments.accept(own, replace(an_admission(), per_minute=5, bytes_per_hour=10_000))
    erase(deps)
    left = {found.rpartition(":")[0] for found in keys_with(client, *TRACES)}
    assert left == {"rg:{blog}:rate:origin-of-zebulon", "rg:{blog}:bytes:origin-of-zebulon"}
    digests = client.scan_iter("rg:{blog}:same:*", count=1000)
    assert all(0 < client.pttl(key) <= 3_600_000 for key in (*left, *digests))


#: Keys with personal data that no history of a site fills, and why an erasure leaves them alone.
LEFT_ALONE = {
    **dict.fromkeys(("bytes_received", "rate", "repeats", "tries", "window"), "digests that expire within a day"),
    **dict.fromkeys(("presence", "session", "sessions", "link", "links", "kept_form"), "of the team"),
    **dict.fromkeys(("notices_due", "notice_leases", "notice_attempts"), "of the team"),
    **dict.fromkeys(("notice_items", "notice_result", "judging_pauses", "intake_pauses"), "of the team"),
    **dict.fromkeys(("terms", "rule_ranges", "rule_hits", "rule_times"), "written by the team: tested by its texts"),
    **dict.fromkeys(("import_state", "import_part", "erasure_words", "audit_copy"), "tested below or above"),
    "audit_waiting": "of a cluster, and moved to the audit within a second",
    **dict.fromkeys(("former_index", "index_bitmap"), "forms of the index"),
    **dict.fromkeys(("people", "sites", "audit", "erasures"), "tested by the words in them"),
}


@pytest.mark.usefixtures("deps")
def test_every_kind_of_personal_data_is_erased_in_these_tests(storage: Storage, valkey_settings: Settings) -> None:
    run_history(storage, 1, with_person=True)
    client = connect(valkey_settings)
    filled = {name for name in DECLARATIONS if next(client.scan_iter(glob_of(name), count=1000), None)}
    personal = {name for name, declared in DECLARATIONS.items() if declared.personal}
    assert personal - filled - LEFT_ALONE.keys() == set(), "add it to the history of these tests"


def glob_of(key: str) -> str:
    return re.sub(r"<\w+>", "*", key_pattern(key)).replace("{site}", "{blog}")
