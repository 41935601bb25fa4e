"""While judging is paused, comments are accepted and wait; nothing is lost, and the wake-ups end."""

from datetime import timedelta

import pytest
import redis

from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.model import Comment
from comments.rq_stats import NoRQStats
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.pauses import EVERY_SITE, OperatorPause
from comments.storage.redis import connect
from service.ops.health import pause_warnings, problems, read_health
from tests.support.builders import NOW, a_comment, a_site, accepted, an_admission
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.jobs import judge
from workers.judging.policy import build_policy
from workers.sweep import Sweep

PAUSE = OperatorPause(NOW, "op")


@pytest.fixture
def deps(storage: Storage, valkey_settings: Settings) -> Deps:
    for id in ("blog", "shop"):
        storage.sites.put(a_site(id=id, moderation="none"))
    made = Deps(valkey_settings, storage, now, RecordedJobs(), (), build_policy((), {}))
    set_deps(made)
    return made


@pytest.fixture
def connection(valkey_settings: Settings) -> redis.Redis:
    return connect(valkey_settings)


def judge_jobs(deps: Deps) -> list[str]:
    assert isinstance(deps.jobs, RecordedJobs)
    return [site for job, site, _ in deps.jobs.jobs if job == JUDGE]


def submitted(deps: Deps) -> Comment:
    """Accept a comment, and run the job that this enqueues."""
    comment = a_comment()
    judge("blog", deps.storage.comments.accept(comment, an_admission()).wakeup)
    return comment


@pytest.mark.parametrize("paused", ["blog", EVERY_SITE])
def test_comments_wait_and_are_judged_after_the_pause(deps: Deps, connection: redis.Redis, paused: str) -> None:
    deps.storage.judging_pauses.pause(paused, PAUSE)
    waiting = [submitted(deps) for _ in range(3)]
    assert deps.storage.queue.depth("blog").queued == 3
    assert deps.storage.queue.attempts("blog", 1, 9) == [], "a pause is no attempt"
    Sweep(deps, connection).run_once()
    assert judge_jobs(deps) == []
    deps.storage.judging_pauses.resume(paused)
    Sweep(deps, connection).run_once()
    assert judge_jobs(deps) == ["blog"]
    judge("blog", "token")
    assert {deps.storage.comments.get("blog", c.id).status for c in waiting} == {Status.APPROVED}


def test_other_sites_are_judged_while_one_is_paused(deps: Deps, connection: redis.Redis) -> None:
    deps.storage.judging_pauses.pause("blog", PAUSE)
    accepted(deps.storage)
    of_shop = accepted(deps.storage, site="shop")
    Sweep(deps, connection).run_once()
    judge("shop", "token")
    assert deps.storage.comments.get("shop", of_shop.id).status is Status.APPROVED
    assert deps.storage.queue.depth("blog").queued == 1


def test_a_job_of_a_paused_site_ends_its_wake_up(deps: Deps) -> None:
    deps.storage.judging_pauses.pause("blog", PAUSE)
    comment = submitted(deps)
    deps.storage.judging_pauses.resume("blog")
    assert deps.storage.comments.get("blog", comment.id).status is Status.QUEUED
    assert len(deps.storage.queue.missing_wakeups("blog", 10, 2, 10.0)) == 1


def test_a_pause_of_all_sites_leaves_the_pauses_of_single_ones(deps: Deps) -> None:
    pauses = deps.storage.judging_pauses
    pauses.pause("blog", PAUSE)
    pauses.pause(EVERY_SITE, PAUSE)
    pauses.pause(EVERY_SITE, OperatorPause(NOW + timedelta(hours=1), "other"))
    assert pauses.all() == {EVERY_SITE: PAUSE, "blog": PAUSE}, "the first pause stays"
    pauses.resume(EVERY_SITE)
    assert (pauses.is_paused("blog"), pauses.is_paused("shop")) == (True, False)


def test_a_removed_site_leaves_no_pause_for_a_new_one_with_its_id(deps: Deps) -> None:
    deps.storage.judging_pauses.pause("blog", PAUSE)
    deps.storage.sites.remove("blog")
    assert deps.storage.judging_pauses.all() == {}


def test_a_pause_is_a_warning_and_old_comments_of_a_paused_site_are_no_problem(deps: Deps) -> None:
    comment = accepted(deps.storage)
    later = comment.received + timedelta(hours=2)
    assert any("has waited" in sentence for sentence in problems(read_health(deps.storage, NoRQStats(), later)))
    deps.storage.judging_pauses.pause("blog", PAUSE)
    health = read_health(deps.storage, NoRQStats(), later)
    assert not any("has waited" in sentence for sentence in problems(health))
    (warning,) = pause_warnings(health)
    assert warning.startswith("Judging is paused on blog since ")
    assert health.oldest > 7000, "the metric still has the age"
