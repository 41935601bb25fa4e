"""A site may delete published comments some days after the last comment of their page, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments.drafts import drafted
from comments.job_queue import RETENTION
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.published_retention import count_quiet
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.redis.quiet_threads import REST
from replygate.commands.rebuild_command import recount, repair_threads
from tests.support.builders import a_site, accepted, decided, moderated, published, settings
from tests.support.dumped_store import keys_with
from tests.support.recorded_jobs import RecordedJobs
from tests.support.web_app import open_web_app
from workers import published_expiry
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import delete_expired, learn
from workers.judging.policy import build_policy
from workers.sweep import Sweep

OLD, QUIET, BUSY = "https://blog.example/old", "https://blog.example/quiet", "https://blog.example/busy"
NOW = datetime.now(UTC).replace(microsecond=0)
KEPT = a_site(published_days=365, refused_days=0, withdrawn_days=0, details_days=0)
Run = Callable[[], None]


def deps_of(storage: Storage) -> Deps:
    return Deps(settings(), storage, lambda: datetime.now(UTC), RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {}))


@pytest.fixture
def run(storage: Storage) -> Run:
    """Run the job until it has nothing to do."""
    set_deps(deps_of(storage))

    def until_done() -> None:
        for _ in range(50):
            delete_expired("blog", "")
            learn("blog", "")

    return until_done


def at(storage: Storage, thread: str, days: float, **fields: object) -> Comment:
    return published(storage, thread=thread, received=NOW - timedelta(days=days), **fields)


def fill(storage: Storage, site: Site = KEPT) -> dict[str, Comment]:
    """Store an old page, one whose last comment is recent, and comments of other statuses on the old page."""
    storage.sites.put(site)
    root = at(storage, OLD, 900, author="Xylo Phage", email="xylo@quagga.example", content="xylophage words here")
    reply = at(storage, OLD, 800, parent=root.id, author="Xylo Two", content="a reply with xylophage too")
    first = at(storage, BUSY, 900, author="Old Reader", content="an old comment")
    last = at(storage, BUSY, 10, author="New Reader", content="a recent comment", parent=first.id)
    old = {"thread": OLD, "received": NOW - timedelta(days=850)}
    held = decided(storage, accepted(storage, **old, content="held words"), Action.HOLD)
    spam = moderated(
        storage, decided(storage, accepted(storage, **old, content="spam words"), Action.HOLD), Action.SPAM
    )
    removed = moderated(storage, at(storage, OLD, 820, content="removed words"), Action.REMOVE)
    alone = at(storage, QUIET, 400, author="Xylo Three", content="xylophage alone")
    return {
        "root": root, "reply": reply, "first": first, "last": last, "held": held, "spam": spam, "removed": removed,
        "alone": alone,
    }  # fmt: skip


def now_of(storage: Storage, comments: dict[str, Comment]) -> dict[str, Comment]:
    return {name: storage.comments.get("blog", comment.id) for name, comment in comments.items()}


DELETED = {"root", "reply", "alone"}


def test_published_comments_of_quiet_pages_go_and_nothing_else_is_touched(
    storage: Storage, valkey_settings: Settings, run: Run
) -> None:
    comments = fill(storage)
    before = now_of(storage, comments)
    expected = count_quiet(storage, KEPT, 365, NOW)
    assert (expected.comments, expected.threads, expected.is_complete) == (3, 2, True)
    run()
    after = now_of(storage, comments)
    assert {name for name in after if after[name] != before[name]} == DELETED
    for name in DELETED:
        gone = after[name]
        assert (gone.status, gone.has_text, gone.text_kept_days) == (Status.WITHDRAWN, False, 365)
        assert (gone.author, gone.email, gone.content) == ("", "", "")
    assert keys_with(connect(valkey_settings), "xylophage", "xylo@quagga") == []
    assert storage.threads.page("blog", OLD, 9).rows == ()
    assert [row.id for row in storage.threads.page("blog", BUSY, 9).rows] == [comments["first"].id, comments["last"].id]
    assert count_quiet(storage, KEPT, 365, NOW).comments == 0
    assert recount(c for status in Status for c in storage.comments.by_status("blog", status, 99).rows) == (
        storage.corpus.snapshot("blog")
    )
    assert not repair_threads(storage, "blog", check=True)


def test_a_stub_stays_above_a_reply_that_is_kept(storage: Storage, run: Run) -> None:
    """A reply that waited for a moderator all the time is published below a stub."""
    storage.sites.put(KEPT)
    root = at(storage, OLD, 900, content="xylophage")
    held = accepted(storage, thread=OLD, parent=root.id, content="a late reply")
    reply = decided(storage, held, Action.HOLD)
    run()
    moderated(storage, reply, Action.APPROVE)
    rows = storage.threads.page("blog", OLD, 9).rows
    assert [(row.id, row.removed) for row in rows] == [(root.id, True), (reply.id, False)]


def test_published_comments_are_kept_for_ever_by_default(storage: Storage, run: Run) -> None:
    comments = fill(storage, replace(KEPT, published_days=0))
    before = now_of(storage, comments)
    run()
    assert now_of(storage, comments) == before
    assert count_quiet(storage, KEPT, 0, NOW).comments == 0


def test_an_edit_that_waits_is_deleted_with_its_comment(storage: Storage, valkey_settings: Settings, run: Run) -> None:
    storage.sites.put(KEPT)
    comment = at(storage, OLD, 900, content="the first words")
    draft = drafted(comment, "zymurgy in the new words", NOW)
    accepted(storage, **{name: getattr(draft, name) for name in ("id", "content", "thread", "draft_of", "author")})
    run()
    assert keys_with(connect(valkey_settings), "zymurgy", "the first words") == []


def test_many_comments_and_pages_are_deleted_in_bounded_steps(storage: Storage, run: Run) -> None:
    storage.sites.put(KEPT)
    ids = [at(storage, f"{OLD}/{n % 7}", 900, content=f"comment {n}").id for n in range(60)]
    d, steps = deps_of(storage), 0
    published_expiry.delete_published(d, KEPT)
    left = [c for c in storage.comments.load("blog", ids) if c and c.has_text]
    assert 0 < len(left) < 60
    while published_expiry.delete_published(d, KEPT):
        steps += 1
    assert steps >= 5
    assert not any(c.has_text for c in storage.comments.load("blog", ids) if c)


def test_hidden_replies_are_deleted_too(storage: Storage, run: Run) -> None:
    storage.sites.put(KEPT)
    root = at(storage, OLD, 900)
    reply = at(storage, OLD, 890, parent=root.id, content="xylophage below")
    moderated(storage, storage.comments.get("blog", root.id), Action.REMOVE)
    run()
    assert not storage.comments.get("blog", reply.id).has_text


def test_the_sweep_starts_one_pass_an_hour(storage: Storage, valkey_settings: Settings, run: Run) -> None:
    storage.sites.put(KEPT)
    d, client = deps_of(storage), connect(valkey_settings)
    assert isinstance(d.jobs, RecordedJobs)
    Sweep(d, client).run_once()
    assert RETENTION in [job for job, _, _ in d.jobs.jobs]
    run()
    d.jobs.jobs.clear()
    Sweep(d, client).run_once()
    assert RETENTION not in [job for job, _, _ in d.jobs.jobs]
    assert 0 < client.ttl("rg:{blog}:threads:quiet") <= REST


def test_the_page_counts_before_the_setting_is_on(storage: Storage) -> None:
    web = open_web_app(storage)
    web.clock.at = NOW
    owner = web.signed_in("ow", blog="owner")
    fill(storage, replace(KEPT, published_days=0))
    text = owner.get("/sites/blog/privacy?published_days=365").text
    assert "<strong>3 comments</strong> on 2 pages would be deleted now" in text
    assert "would be deleted now" not in owner.get("/sites/blog/privacy?published_days=-1").text
    storage.sites.put(KEPT)
    assert "<strong>3 comments</strong> that are published will be deleted" in owner.get("/sites/blog/privacy").text
