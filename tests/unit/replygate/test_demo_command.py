"""`replygate demo` fills a site with a week of comments, judged and moderated by the real code."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from comments.lifecycle import Role, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.commands.demo_command import HasComments, fill
from replygate.commands.demo_story import NETWORKS, STORY, TEAM
from replygate.deployment import Deployment
from tests.support.builders import NOW, accepted, settings
from tests.support.stored import new_storage
from tests.unit.conftest import OneQueue

Run = Callable[..., Result]


@pytest.fixture
def run(storage: Storage) -> Run:
    here = Deployment(settings(), storage, OneQueue(), lambda: datetime.now(UTC))
    return lambda *words: CliRunner().invoke(cli, ["demo", *words], obj=here, catch_exceptions=False)


def filled(seed: int = 1) -> Storage:
    storage = new_storage()
    fill(storage, settings(), "demo", seed, NOW, again=False)
    return storage


def every(storage: Storage) -> list[Comment]:
    return [c for status in Status for c in storage.comments.by_status("demo", status, 500).rows]


def test_every_comment_of_the_story_is_submitted_and_judged() -> None:
    comments = every(filled())
    assert len(comments) == len(STORY) >= 55
    assert all(comment.filter_decision for comment in comments)
    assert {said.who for said in STORY} == set(NETWORKS)
    assert sum(bool(c.parent) for c in comments) == sum(bool(said.to) for said in STORY)


def test_the_demo_has_comments_in_every_status() -> None:
    storage = filled()
    counts = storage.comments.counters("demo").current
    assert counts["held"] >= 9
    assert counts["approved"] >= 30
    assert counts["spam"] >= 5
    assert counts["removed"] >= 1
    assert counts["queued"] == 0
    held = storage.comments.by_status("demo", Status.HELD, 100).rows
    reasons = {signal.name for c in held if c.filter_decision for signal in c.filter_decision.signals}
    some = {"author.first", "links.many", "profanity.word", "near-duplicates.text", "duplicates.here"}
    assert some | {"author.spammed", "shouting.capitals"} <= reasons


def test_the_demo_has_decisions_and_lessons() -> None:
    storage = filled()
    steps = [d for c in every(storage) for d in c.decisions if d.role is Role.MODERATOR]
    assert {step.by for step in steps} == {"Mo", "Ines"} < {person.name for person in storage.people.all()} == set(TEAM)
    assert all(storage.corpus.totals("demo"))
    assert storage.corpus.due("demo", 100) == []


def test_the_demo_covers_the_last_week() -> None:
    comments = every(filled())
    assert len({comment.received.date() for comment in comments}) >= 5
    assert all(comment.received <= d.at <= NOW for comment in comments for d in comment.decisions)


def test_no_demo_comment_waited_for_the_filters() -> None:
    counters = filled().comments.counters("demo")
    # They are backdated by hours and days. The seconds that the script takes to start on a busy machine count too.
    assert counters.wait_seconds[300.0] == counters.wait_seconds[float("inf")] == len(STORY)


def test_the_same_seed_creates_the_same_comments() -> None:
    assert [asdict(c) for c in every(filled())] == [asdict(c) for c in every(filled())]
    assert {c.id for c in every(filled())}.isdisjoint(c.id for c in every(filled(seed=2)))


def test_a_site_with_comments_is_not_changed(storage: Storage, run: Run) -> None:
    accepted(storage, site="demo")
    assert "has comments already" in run().stderr
    assert storage.comments.counters("demo").accepted == 1
    with pytest.raises(HasComments):
        fill(storage, settings(), "demo", 1, NOW, again=False)


def test_again_adds_comments_to_a_site(storage: Storage, run: Run) -> None:
    assert run().exit_code == 0
    before = every(storage)
    assert run("--again").exit_code == 0
    after = every(storage)
    assert {c.id for c in before} < {c.id for c in after}
    assert len(after) > 1.5 * len(before)


def test_the_demo_command_prints_counts_and_a_sign_in_link(run: Run) -> None:
    told = run().output
    assert all(label in told for label in (" Needs review, ", " Published, ", " Spam, ", " Removed."))
    assert "Sign in as Ines: http://127.0.0.1:8000/link/" in told


def test_the_same_seed_gives_the_same_comments(storage: Storage) -> None:
    now = datetime.now(UTC)
    output = fill(storage, settings(), "demo", 1, now, again=False)
    other = new_storage()
    assert fill(other, settings(), "demo", 1, now, again=False) == output
    assert storage.corpus.snapshot("demo") == other.corpus.snapshot("demo")
