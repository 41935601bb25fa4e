"""The background job that deletes texts, browsers and networks whose time is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis

from comments import queue_ranking
from comments.drafts import withdrawn
from comments.job_queue import RETENTION
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from replygate.commands.rebuild_command import recount, relearn
from tests.support.builders import a_site, accepted, decided, moderated, published, settings
from tests.support.dumped_store import keys_with
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, set_deps
from workers.expired_data import delete_some
from workers.filters import BUILT_IN
from workers.jobs import delete_expired, learn
from workers.judging.policy import build_policy
from workers.sweep import Sweep

AfterDays = Callable[[float], None]


@pytest.fixture
def site(storage: Storage) -> Site:
    site = a_site()
    storage.sites.put(site)
    return site


@pytest.fixture
def run_after(storage: Storage, site: Site) -> AfterDays:
    """Run the job some days from now, and the rest of the work in the background."""

    def run(days: float) -> None:
        set_deps(deps_after(storage, days))
        delete_expired("blog", "")
        while queue_ranking.index_outdated(storage, "blog", {}) or storage.queue_index.continue_upkeep("blog"):
            pass

    return run


def deps_after(storage: Storage, days: float) -> Deps:
    moment = datetime.now(UTC) + timedelta(days=days)
    return Deps(settings(), storage, lambda: moment, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {}))


def spam(storage: Storage, **fields: object) -> Comment:
    return moderated(storage, decided(storage, accepted(storage, **fields), Action.HOLD), Action.SPAM)


def learn_all(storage: Storage) -> None:
    set_deps(deps_after(storage, 0))
    learn("blog", "")


def test_spam_loses_its_text_after_thirty_days(storage: Storage, run_after: AfterDays) -> None:
    comment = spam(storage, author="Zebulon", content="the quaggas are cheap")
    run_after(29)
    assert storage.comments.get("blog", comment.id) == comment
    run_after(31)
    after = storage.comments.get("blog", comment.id)
    assert (after.content, after.author, after.text_kept_days) == ("", "", 30)
    assert after.fingerprint


def test_a_withdrawn_comment_loses_its_text_after_a_week(storage: Storage, run_after: AfterDays) -> None:
    comment = published(storage)
    storage.comments.decide("blog", [CommentChange(comment, withdrawn(comment, datetime.now(UTC)))])
    run_after(6)
    assert storage.comments.get("blog", comment.id).content == comment.content
    run_after(8)
    assert storage.comments.get("blog", comment.id).content == ""


def test_published_comments_keep_their_text_and_lose_browser_and_network(
    storage: Storage, run_after: AfterDays
) -> None:
    comment = published(storage, user_agent="Firefox 9000")
    run_after(31)
    after = storage.comments.get("blog", comment.id)
    assert (after.content, after.author, after.email) == (comment.content, comment.author, comment.email)
    assert (after.user_agent, after.origin) == ("", "")


def test_an_owner_can_keep_everything(storage: Storage, run_after: AfterDays) -> None:
    storage.sites.put(a_site(refused_days=0, details_days=0))
    comment = spam(storage, user_agent="Firefox 9000")
    run_after(5000)
    assert storage.comments.get("blog", comment.id) == comment


def test_no_word_of_a_deleted_text_stays_in_the_store(
    storage: Storage, valkey_settings: Settings, run_after: AfterDays
) -> None:
    client = connect(valkey_settings)
    published(storage, content="bread is good")
    held = decided(storage, accepted(storage, author="Zebulon", content="quaggas and bread"), Action.HOLD)
    moderated(storage, held, Action.REMOVE)
    run_after(0)
    assert keys_with(client, "zebulon", "quaggas")
    run_after(31)
    assert keys_with(client, "zebulon", "quaggas") == []
    assert keys_with(client, "bread")


def test_what_a_deleted_text_taught_stays_and_is_rebuilt_exactly(storage: Storage, run_after: AfterDays) -> None:
    comments = [spam(storage, content=f"cheap quaggas number {n} at https://zoo{n}.example") for n in range(8)]
    moderated(storage, decided(storage, accepted(storage), Action.HOLD), Action.APPROVE)
    learn_all(storage)
    before = storage.corpus.snapshot("blog")
    assert before.spam > 0
    run_after(31)
    after = [storage.comments.get("blog", comment.id) for comment in comments]
    assert storage.corpus.snapshot("blog") == before
    assert recount(storage.comments.by_status("blog", Status.SPAM, 99).rows).spam == before.spam
    relearn(storage, ["blog"])
    assert storage.corpus.snapshot("blog") == before
    assert all(comment.kept_tokens and comment.kept_domains for comment in after)


def test_an_interrupted_job_goes_on_with_the_rest(storage: Storage, run_after: AfterDays) -> None:
    comments = [spam(storage) for _ in range(7)]
    d = deps_after(storage, 31)
    assert delete_some(d, storage.sites.get("blog"), 3)
    assert sum(not storage.comments.get("blog", comment.id).has_text for comment in comments) == 3
    run_after(31)
    assert not any(storage.comments.get("blog", comment.id).has_text for comment in comments)


def test_the_sweep_enqueues_the_job_only_if_something_is_due(storage: Storage, valkey_settings: Settings) -> None:
    storage.sites.put(a_site())
    spam(storage)
    assert RETENTION not in swept(storage, 29, connect(valkey_settings))
    assert RETENTION in swept(storage, 31, connect(valkey_settings))


def swept(storage: Storage, days: float, connection: redis.Redis) -> list[str]:
    deps = deps_after(storage, days)
    Sweep(deps, connection).run_once()
    assert isinstance(deps.jobs, RecordedJobs)
    return [job for job, _, _ in deps.jobs.jobs]
