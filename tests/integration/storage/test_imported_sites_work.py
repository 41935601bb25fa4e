"""Work goes on after an import: judging, review, undo, edits, withdrawals, reading, learning and search."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments.archive.site_export import export_lines
from comments.archive.site_import import import_site
from comments.comment_export import all_comments
from comments.drafts import edited, withdrawn
from comments.errors import NotFound, SiteTaken
from comments.lifecycle import Action, Role, Status
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexQuery
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from replygate.commands.rebuild_command import recount, recount_numbers, reindex, repair_threads
from tests.support.builders import NOW, SECRET, a_decision, accepted, decided, moderated, published, settings
from tests.support.lively_site import fill_site, learn_due
from tests.support.recorded_jobs import RecordedJobs
from tests.support.stored import new_storage
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge
from workers.judging.policy import build_policy

NAMES = Pseudonyms(SECRET)
FORMER = Path(__file__).parents[2] / "data/export_version_1.jsonl"


def exported(storage: Storage) -> bytes:
    lines = export_lines(storage, storage.sites.get("blog"), NAMES, with_secrets=True)
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def imported(storage: Storage) -> Storage:
    """A storage with an imported site in every state."""
    source = new_storage()
    fill_site(source, 4, n_steps=200)
    for _ in range(3):
        published(source)
    import_site(storage, io.BytesIO(exported(source)), NAMES, "mo")
    return storage


def needs_no_rebuild(storage: Storage) -> bool:
    """Answer what `rebuild --check` does, after everything due was learned."""
    while storage.corpus.due("blog", 1):
        learn_due(storage, "blog")
    comments = list(all_comments(storage, "blog"))
    return (
        repair_threads(storage, "blog", True) == 0
        and not recount_numbers(storage, "blog", datetime.now(UTC) + timedelta(days=1), True)
        and storage.corpus.snapshot("blog") == recount(comments)
    )


def test_comments_that_waited_are_judged(imported: Storage) -> None:
    waiting = imported.comments.counters("blog").current[Status.QUEUED]
    assert waiting
    assert imported.queue.depth("blog").queued == waiting
    assert imported.queue.missing_wakeups("blog", 10, 2, 10.0)
    now = datetime.now(UTC)
    set_deps(Deps(settings(), imported, lambda: now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    imported.sites.put(replace(imported.sites.get("blog"), paused=False))
    judge("blog", "token")
    assert imported.comments.counters("blog").current.get(Status.QUEUED, 0) == 0
    assert needs_no_rebuild(imported)


@pytest.mark.parametrize("status", [Status.HELD, Status.APPROVED, Status.SPAM, Status.REMOVED])
def test_moderators_decide_and_undo(imported: Storage, status: Status) -> None:
    rows = imported.comments.by_status("blog", status, 50).rows
    assert rows
    for comment in rows:
        action = Action.APPROVE if status in (Status.SPAM, Status.REMOVED) else Action.SPAM
        after = moderated(imported, imported.comments.get("blog", comment.id), action)
        undone = after.with_undo("mo", NOW + timedelta(days=2))
        assert imported.comments.decide("blog", [CommentChange(after, undone)]) == [True]
        assert undone.status is status
    assert needs_no_rebuild(imported)


def test_authors_edit_and_withdraw(imported: Storage) -> None:
    held = next(c for c in imported.comments.by_status("blog", Status.HELD, 50).rows if not c.draft_of)
    after = edited(held, "Other words", NOW + timedelta(days=2))
    assert imported.comments.decide("blog", [CommentChange(held, after)]) == [True]
    for comment in imported.comments.by_status("blog", Status.APPROVED, 50).rows:
        gone = withdrawn(comment, NOW + timedelta(days=2))
        assert imported.comments.decide("blog", [CommentChange(comment, gone)]) == [True]
    assert needs_no_rebuild(imported)


def test_new_comments_replies_and_decisions_go_on(imported: Storage) -> None:
    parent = decided(imported, accepted(imported, thread="https://blog.example/new"), Action.APPROVE)
    reply = decided(imported, accepted(imported, thread=parent.thread, parent=parent.id), Action.APPROVE)
    page = imported.threads.page("blog", parent.thread, 50)
    assert {parent.id, reply.id} <= {row.comment.id for row in page.rows}
    version = imported.threads.version("blog", parent.thread)
    moderated(imported, reply, Action.REMOVE)
    assert imported.threads.version("blog", parent.thread) > version
    assert needs_no_rebuild(imported)


def test_every_comment_is_found_by_the_search_once_the_index_is_made(imported: Storage) -> None:
    assert not imported.queue_index.is_complete("blog")
    reindex(imported, "blog")
    assert imported.queue_index.is_complete("blog")
    n_indexed = sum(
        n for status, n in imported.comments.counters("blog").current.items() if status is not Status.QUEUED
    )
    assert imported.queue_index.find("blog", IndexQuery(limit=1)).total <= n_indexed


def test_an_export_of_version_one_is_imported_with_all_that_follows_from_its_comments(storage: Storage) -> None:
    lines = FORMER.read_bytes().splitlines()
    report = import_site(storage, io.BytesIO(FORMER.read_bytes()), NAMES, "mo")
    assert (report.version, report.comments) == (1, len(lines) - 1)
    assert len(list(all_comments(storage, "blog"))) == len(lines) - 1
    assert storage.corpus.due("blog", 1)
    assert needs_no_rebuild(storage)
    again = exported(storage)
    remove_all(storage)
    import_site(storage, io.BytesIO(again), NAMES, "mo")
    assert exported(storage) == again


def remove_all(storage: Storage) -> None:
    storage.sites.remove("blog")
    while storage.sites.remove_step("blog"):
        pass


def test_a_cut_off_export_of_version_one_is_refused_only_within_a_line(storage: Storage) -> None:
    """It has no last line, so an end between two lines cannot be noticed. docs/export.md says so."""
    lines = FORMER.read_bytes().splitlines(keepends=True)
    with pytest.raises(Exception, match="not JSON"):
        import_site(storage, io.BytesIO(b"".join(lines[:5]) + lines[5][:40]), NAMES, "mo")


def test_an_import_that_was_killed_leaves_nothing_visible_and_can_be_repeated(
    storage: Storage, valkey_settings: Settings
) -> None:
    source, client = new_storage(), connect(valkey_settings)
    fill_site(source, 4)
    export = exported(source)
    storage.archives.begin("blog", "token")
    storage.archives.add("blog", list(source.archives.comments("blog"))[:5])  # the process ends after this step
    assert any(b"{blog}" in key for key in client.scan_iter())
    with pytest.raises(NotFound):
        storage.sites.get("blog")
    with pytest.raises(SiteTaken):
        import_site(storage, io.BytesIO(export), NAMES, "mo")
    client.delete("rg:importing:blog")  # its minute is over
    import_site(storage, io.BytesIO(export), NAMES, "mo")
    assert exported(storage) == export


def test_an_import_that_fails_half_way_leaves_nothing(storage: Storage, valkey_settings: Settings) -> None:
    source = new_storage()
    fill_site(source, 4)

    def interrupted(n: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_site(storage, io.BytesIO(exported(source)), NAMES, "mo", interrupted)
    assert connect(valkey_settings).keys() == []


def test_comments_that_move_during_an_export_are_exported_once(storage: Storage) -> None:
    """Edits and decisions move comments between statuses, and edited ones also to a later time."""
    fill_site(storage, 5, n_steps=700)
    stored = {comment.id for comment in all_comments(storage, "blog")}
    seen: list[str] = []
    for n, archived in enumerate(storage.archives.comments("blog")):
        seen.append(archived.comment.id)
        if n % 20 == 0:
            move_some(storage, n)
    assert sorted(seen) == sorted(set(seen))
    assert stored <= set(seen)


def move_some(storage: Storage, n: int) -> None:
    at = datetime.now(UTC)
    for comment in storage.comments.by_status("blog", Status.QUEUED, 20).rows:
        storage.comments.decide(
            "blog", [CommentChange(comment, comment.with_decision(a_decision(Action.HOLD, Role.FILTERS, at=at)))]
        )
    for comment in storage.comments.by_status("blog", Status.HELD, 40, newest=n % 200 == 0).rows[::2]:
        if not comment.draft_of:
            storage.comments.decide("blog", [CommentChange(comment, edited(comment, f"again {n}", at))])
    for comment in storage.comments.by_status("blog", Status.APPROVED, 5).rows:
        moderated(storage, comment, Action.SPAM)
