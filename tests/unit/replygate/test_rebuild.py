"""`replygate rebuild` relearns the corpus from the histories of the comments."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from comments.comment_export import all_comments
from comments.lifecycle import Action, Status
from comments.settings import Settings
from comments.shared_learning import LearningGroups
from comments.storage.interfaces import Storage
from comments.storage.number_periods import Unit, latest_range
from comments.storage.queue_index import INDEXED, IndexQuery
from comments.storage.redis import connect
from comments.storage.values import CommentChange, TokenCounts
from replygate.__main__ import cli
from replygate.commands.demo_command import fill
from replygate.commands.rebuild_command import recount, relearn
from replygate.deployment import Deployment
from tests.support.builders import NOW, a_decision, a_site, accepted, decided, moderated, settings
from tests.support.stored import new_storage
from tests.unit.conftest import OneQueue
from workers.learning.copy_tokens import lesson_tokens
from workers.learning.lesson_quotas import MAX_OF_CAMPAIGN, lesson_quotas

Run = Callable[..., Result]


@pytest.fixture
def run(storage: Storage) -> Run:
    """Run the command on the demo site."""
    fill(storage, settings(), "demo", 1, NOW, again=False)
    here = Deployment(settings(), storage, OneQueue(), lambda: datetime.now(UTC))
    return lambda *words: CliRunner().invoke(cli, ["rebuild", "--site", "demo", *words], obj=here)


def damage(storage: Storage) -> None:
    """Remove one lesson, and add words to another."""
    first, second, *_ = [c for c in all_comments(storage, "demo") if c.lesson]
    storage.corpus.forget("demo", {})
    storage.corpus.learn("demo", second, frozenset({"made", "up"}))
    assert first


def test_a_corpus_agrees_with_the_comment_histories(run: Run) -> None:
    result = run()
    assert result.exit_code == 0
    assert "up to date" in result.output
    assert run("--check").exit_code == 0


def test_a_damaged_corpus_is_rebuilt(run: Run, storage: Storage) -> None:
    before = storage.corpus.snapshot("demo")
    damage(storage)
    assert run("--check").exit_code == 1
    assert storage.corpus.snapshot("demo") != before
    assert "Rebuilt the corpus of demo" in run().output
    assert storage.corpus.snapshot("demo") == before
    assert storage.corpus.due("demo", 100) == []


def test_a_damaged_index_of_a_thread_is_repaired(run: Run, storage: Storage, valkey_settings: Settings) -> None:
    published_one = next(c for c in all_comments(storage, "demo") if c.status is Status.APPROVED)
    before = storage.threads.page("demo", published_one.thread, 100)
    with connect(valkey_settings) as client:
        for key in client.scan_iter("*:thread:*:nodes"):
            client.delete(key)
    assert run("--check").exit_code == 1
    assert "the index of" in run("--check").output
    assert "Repaired the index of" in run().output
    assert run("--check").exit_code == 0
    assert storage.threads.page("demo", published_one.thread, 100) == before


def test_wrong_entries_of_the_search_index_are_replaced(run: Run, storage: Storage, valkey_settings: Settings) -> None:
    run()
    query = IndexQuery(statuses=INDEXED, order="newest", limit=1000)
    everything = {hit.id for hit in storage.queue_index.find("demo", query).hits}
    assert everything == {
        comment.id for comment in all_comments(storage, "demo") if comment.status is not Status.QUEUED
    }
    client = connect(valkey_settings)
    client.delete(*client.scan_iter("rg:{demo}:index:*:live"))
    assert storage.queue_index.find("demo", query).total == 0
    result = run()
    assert "Indexed the comments of demo for search again." in result.output
    assert {hit.id for hit in storage.queue_index.find("demo", query).hits} == everything
    assert storage.queue_index.is_complete("demo")


def test_a_rebuilt_corpus_goes_on_learning_and_unlearning(run: Run, storage: Storage) -> None:
    damage(storage)
    run()
    lesson = next(c for c in all_comments(storage, "demo") if c.lesson)
    relabelled = moderated(storage, lesson, Action.REMOVE)
    renewed = recount(all_comments(storage, "demo"))
    storage.corpus.learn("demo", relabelled, frozenset())
    assert storage.corpus.snapshot("demo") == renewed


def test_only_decisions_of_moderators_count(storage: Storage) -> None:
    storage.sites.put(a_site())
    decided(storage, accepted(storage, content="approved by the filters"), Action.APPROVE)
    assert recount(all_comments(storage, "blog")) == TokenCounts()
    held = decided(storage, accepted(storage, content="casino"), Action.HOLD)
    moderated(storage, held, Action.SPAM)
    relearn(storage, ["blog"])
    counts = storage.corpus.snapshot("blog")
    assert (counts.ham, counts.spam, counts.tokens["casino"]) == (0, 1, (0, 1))
    assert counts == recount(all_comments(storage, "blog"))


def test_a_rebuild_restores_quotas_the_ham_ceiling_and_residuals(storage: Storage) -> None:
    storage.sites.put(a_site())
    for n in range(30):
        comment = accepted(storage, content="my name is Ada and I lend money to everybody today")
        held = comment.with_decision(a_decision(Action.HOLD, log_odds=n / 10))
        storage.comments.decide("blog", [CommentChange(comment, held)])
        taught = moderated(storage, held, Action.SPAM if n % 2 else Action.APPROVE)
        storage.corpus.learn("blog", taught, lesson_tokens(taught), lesson_quotas(taught))
    learned = storage.corpus.snapshot("blog")
    assert (learned.ham, learned.spam, learned.ham_ceiling) == (MAX_OF_CAMPAIGN, MAX_OF_CAMPAIGN, 2.8)
    assert learned.residual != 0
    relearn(storage, ["blog"])
    assert storage.corpus.snapshot("blog") == learned == recount(all_comments(storage, "blog"))


def test_a_rebuild_shares_lessons_if_sharing_is_on(storage: Storage) -> None:
    storage.sites.put(a_site())
    held = decided(storage, accepted(storage, content="See http://pills.example/"), Action.HOLD)
    moderated(storage, held, Action.SPAM)
    here = Deployment(settings(share_repute=True), storage, OneQueue(), lambda: datetime.now(UTC))
    assert CliRunner().invoke(cli, ["rebuild", "--site", "blog"], obj=here).exit_code == 0
    assert storage.shared_reputation.other_sites("other", ["pills.example"]) == {"pills.example": (0, 1)}


def test_sites_that_learn_together_are_rebuilt_together() -> None:
    together = LearningGroups((("blog", "shop"),))
    storage = new_storage(learn_together=together)
    for site in ("blog", "shop"):
        storage.sites.put(a_site(id=site))
        held = decided(storage, accepted(storage, site=site, content=f"casino of {site}"), Action.HOLD)
        moderated(storage, held, Action.SPAM)
    here = Deployment(settings(learn_together=together), storage, OneQueue(), lambda: datetime.now(UTC))
    assert (
        "Rebuilt the corpus of shop: 0 ham, 2 spam"
        in CliRunner().invoke(cli, ["rebuild", "--site", "shop"], obj=here).output
    )
    assert "up to date" in CliRunner().invoke(cli, ["rebuild", "--site", "blog", "--check"], obj=here).output


def test_wrong_numbers_are_counted_again(run: Run, storage: Storage, valkey_settings: Settings) -> None:
    months = latest_range(Unit.MONTH, 120, datetime.now(UTC))
    before = storage.numbers.counts("demo", months)
    client = connect(valkey_settings)
    key = next(client.scan_iter("rg:{demo}:numbers:months:*"))
    client.hincrby(key, "1:f:spam", 5)
    assert "the numbers" in run("--check").output
    assert "Counted the numbers of demo again." in run().output
    assert storage.numbers.counts("demo", months) == before
    assert run("--check").exit_code == 0
