"""The jobs, on both storage back ends, do due work once, however often they run."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from comments.job_queue import DELIVER, JUDGE, LEARN
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.signals import SignalInfo
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexQuery
from comments.storage.values import Claim
from tests.support.builders import a_site, accepted, decided, moderated, published, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import Facts, Filter
from workers.jobs import deliver, judge, learn, update_queue_index
from workers.judging.policy import NEEDS_HUMAN, build_policy
from workers.learning.site_model import LESSONS_NEEDED


class Advertising(Filter):
    """Reports spam for comments that say so."""

    name = "advertising"
    signals = {"advertising": SignalInfo(10.0)}  # noqa: RUF012

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if "buy" in comment.content:
            yield Signal("advertising", 1.0, "buy")


FILTERS = (Advertising(),)


@pytest.fixture
def deps(storage: Storage) -> Deps:
    """Deps with one site, for each storage back end."""
    storage.sites.put(a_site(moderation="suspicious", audit_share=0.0))
    made = Deps(settings(batch=10), storage, now, RecordedJobs(), FILTERS, build_policy(FILTERS, {}))
    set_deps(made)
    return made


def enqueued(deps: Deps) -> list[tuple[str, str, str]]:
    assert isinstance(deps.jobs, RecordedJobs)
    return deps.jobs.jobs


def test_judging_decides_every_queued_comment(deps: Deps) -> None:
    good = [accepted(deps.storage) for _ in range(25)]
    bad = accepted(deps.storage, content="buy cheap pills online at http://pills.example/buy, best price")
    for n, action in enumerate([Action.SPAM, Action.APPROVE] * LESSONS_NEEDED):
        moderated(deps.storage, decided(deps.storage, accepted(deps.storage, content=f"{n}"), Action.HOLD), action)
    learn("blog", "")
    judge("blog", "token")
    assert {deps.storage.comments.get("blog", c.id).status for c in good} == {Status.APPROVED}
    assert deps.storage.comments.get("blog", bad.id).status is Status.SPAM
    assert deps.storage.queue.depth("blog").queued == 0
    assert enqueued(deps) == []


def test_judging_again_changes_nothing(deps: Deps) -> None:
    comment = accepted(deps.storage)
    judge("blog", "token")
    before = deps.storage.comments.get("blog", comment.id), deps.storage.comments.counters("blog")
    judge("blog", "token")
    assert (deps.storage.comments.get("blog", comment.id), deps.storage.comments.counters("blog")) == before


def test_judging_that_runs_out_of_time_enqueues_itself_with_its_token(deps: Deps) -> None:
    set_deps(replace(deps, settings=replace(deps.settings, judge_seconds=0.0)))
    for _ in range(25):
        accepted(deps.storage)
    judge("blog", "token")
    assert enqueued(deps) == [(JUDGE, "blog", "token")]
    assert 0 < deps.storage.queue.depth("blog").queued < 25


def test_comments_that_judging_does_not_reach_are_due_at_once(deps: Deps) -> None:
    comment = accepted(deps.storage)
    set_deps(replace(deps, settings=replace(deps.settings, lease=-1.0, judge_seconds=0.0)))
    judge("blog", "token")  # a lease that is over at once leaves no time for any comment
    assert deps.storage.queue.depth("blog").queued == 1
    assert [claim.id for claim in deps.storage.queue.claim("blog", "token", 10, 10.0)] == [comment.id]


def test_a_comment_claimed_too_often_needs_review(deps: Deps) -> None:
    comment = accepted(deps.storage)
    for _ in range(5):
        deps.storage.queue.claim("blog", "token", 10, 10.0)
        deps.storage.queue.release("blog", [comment.id])
    judge("blog", "token")
    held = deps.storage.comments.get("blog", comment.id)
    assert held.status is Status.HELD
    assert [signal.name for signal in held.decisions[0].signals] == [NEEDS_HUMAN]


class DecidedAfterClaim:
    """The queue of a storage. Its authors withdraw their comments, and moderators hold them, right after each claim."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> object:
        return getattr(self._storage.queue, name)

    def claim(self, site: str, token: str, n: int, lease: float, id: str = "") -> list[Claim]:
        claims = self._storage.queue.claim(site, token, n, lease, id)
        for claim in claims[:2]:
            comment = self._storage.comments.get(site, claim.id)
            withdraws = claim is claims[0]
            action, role = (Action.WITHDRAW, Role.AUTHOR) if withdraws else (Action.HOLD, Role.FILTERS)
            if comment.status is Status.QUEUED:
                decided(self._storage, comment, action, role)
        return claims


def test_a_comment_that_is_decided_after_its_claim_is_not_judged_again(deps: Deps) -> None:
    ids = [accepted(deps.storage, content=f"{n}").id for n in range(3)]
    set_deps(replace(deps, storage=replace(deps.storage, queue=DecidedAfterClaim(deps.storage))))
    judge("blog", "token")
    comments = [deps.storage.comments.get("blog", id) for id in ids]
    assert sorted(comment.status for comment in comments) == [Status.APPROVED, Status.HELD, Status.WITHDRAWN]
    assert [comment.version for comment in comments] == [1, 1, 1]


def test_a_job_for_a_site_that_does_not_exist_does_nothing(deps: Deps) -> None:
    judge("nowhere", "token")
    learn("nowhere", "")
    deliver("nowhere", "")
    assert enqueued(deps) == []


def test_learning_updates_the_corpus_once(deps: Deps) -> None:
    for n in range(120):
        moderated(deps.storage, published(deps.storage, content=str(n)), Action.SPAM)
    learn("blog", "")
    assert deps.storage.corpus.totals("blog") == (0, 120)
    assert deps.storage.corpus.due("blog", 10) == []
    learn("blog", "")
    assert deps.storage.corpus.totals("blog") == (0, 120)


def test_delivery_queues_every_decision_in_order(deps: Deps, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "workers.delivery.outbox")
    first = published(deps.storage)
    others = [published(deps.storage) for _ in range(120)]
    moderated(deps.storage, first, Action.REMOVE)
    deliver("blog", "")
    log_entry = [(vars(record)["comment"], vars(record)["status"]) for record in caplog.records]
    assert log_entry == [(c.id, Status.APPROVED) for c in [first, *others]] + [(first.id, Status.REMOVED)]
    assert deps.storage.outbox.length("blog") == 0


def test_indexing_makes_held_comments_searchable(deps: Deps) -> None:
    comment = decided(deps.storage, accepted(deps.storage, content="bread"), Action.HOLD)
    update_queue_index("blog", "")
    (spot,) = deps.storage.queue_index.find("blog", IndexQuery(all_of=(("word:bread",),))).hits
    assert spot.id == comment.id
    assert deps.storage.queue_index.outdated("blog", 1) == []


def test_learning_and_delivery_also_enqueue_themselves_again(deps: Deps) -> None:
    set_deps(replace(deps, settings=replace(deps.settings, judge_seconds=0.0)))
    for n in range(101):
        moderated(deps.storage, published(deps.storage, content=str(n)), Action.SPAM)
    learn("blog", "")
    deliver("blog", "")
    assert enqueued(deps) == [(LEARN, "blog", ""), (DELIVER, "blog", "")]
