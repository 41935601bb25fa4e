"""Counters on Valkey are exact: they equal a count of the records, whatever happened and was repeated."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments.counted_events import READER_REPORTS, REASON, WORK, count_events
from comments.drafts import edited, withdrawn
from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment, Signal
from comments.report_rules import ReaderReport
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.number_periods import MAX_PAGES, Unit, latest_range
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from tests.support.builders import a_decision, accepted

NOW = datetime.now(UTC)
PAGES = ("pier", "rain", "harbour")
STEPS = 300


def a_next_step(rng: random.Random, comment: Comment, at: datetime) -> Comment | None:
    """Return the comment after any step that is possible, or None."""
    try:
        match rng.choice(("filters", "people", "people", "undo", "author")):
            case "filters" if actions := actions_for(Role.FILTERS, comment.status):
                signal = Signal(rng.choice(("links.many", "words.banned")), 1.0, "", 3.0)
                return comment.with_decision(a_decision(rng.choice(actions), at=at, signals=(signal,)))
            case "people" if actions := actions_for(Role.MODERATOR, comment.status):
                return comment.with_decision(a_decision(rng.choice(actions), Role.MODERATOR, rng.choice("ab"), at=at))
            case "undo":
                return comment.with_undo("a", at)
            case "author":
                return rng.choice((edited(comment, "Other words", at), withdrawn(comment, at)))
    except ActionNotAllowed:
        return None
    return None


def random_history(storage: Storage, seed: int) -> None:
    """Accept and decide at random, over three days. Half of the changes are sent twice, at the same time."""
    rng, ids = random.Random(seed), list[str]()
    with ThreadPoolExecutor(2) as pool:
        for n in range(STEPS):
            at = NOW - timedelta(days=3) + timedelta(days=3) * n / STEPS
            if n % 5 == 0:
                ids.append(accepted(storage, thread=rng.choice(PAGES), received=at).id)
            comment = storage.comments.get("blog", rng.choice(ids))
            if after := a_next_step(rng, comment, at):
                change = [CommentChange(comment, after)]
                done = list(pool.map(storage.comments.decide, ["blog"] * 2, [change] * 2))
                assert sorted(done) == [[False], [True]]


def records(storage: Storage) -> Iterator[Comment]:
    for status in Status:
        yield from storage.comments.by_status("blog", status, 10_000).rows


def recounted(storage: Storage, unit: Unit, n: int) -> list[Counter[str]]:
    """Count the records of the latest `n` periods."""
    edges = [int(edge.timestamp()) // 3600 for edge in latest_range(unit, n, NOW).edges]
    found = [Counter[str]() for _ in range(n)]
    for comment in records(storage):
        total = count_events(comment)
        for (hour, name), k in total.items():
            for i in range(n):
                if edges[i] <= hour < edges[i + 1] and not (unit is Unit.HOUR and name.startswith((REASON, WORK))):
                    found[i][name] += k
    return [Counter({name: k for name, k in counts.items() if k}) for counts in found]


@pytest.mark.parametrize("seed", range(4))
def test_counters_equal_a_count_of_the_records(storage: Storage, seed: int) -> None:
    random_history(storage, seed)
    for unit, n in ((Unit.HOUR, 80), (Unit.DAY, 5), (Unit.MONTH, 3)):
        assert storage.numbers.counts("blog", latest_range(unit, n, NOW)) == recounted(storage, unit, n)
    published = Counter(c.thread for c in records(storage) if c.status is Status.APPROVED)
    assert Counter(dict(storage.numbers.pages("blog", latest_range(Unit.DAY, 5, NOW), 9))) == published


def all_counters(storage: Storage) -> list[object]:
    ranges = [latest_range(unit, n, NOW) for unit, n in ((Unit.HOUR, 80), (Unit.DAY, 5), (Unit.MONTH, 3))]
    return [*(storage.numbers.counts("blog", r) for r in ranges), storage.numbers.pages("blog", ranges[1], 9)]


def test_a_recount_finds_the_same_numbers_and_keeps_the_reports(storage: Storage) -> None:
    random_history(storage, 7)
    comment = next(c for c in records(storage) if c.status is Status.APPROVED)
    storage.reports.add(comment, ReaderReport("spam", "network", "household", "provider", NOW), 5)
    before = all_counters(storage)
    storage.numbers.start_recount("blog")
    assert storage.numbers.is_recounting("blog")
    steps = 1
    while storage.numbers.recount_some("blog"):
        steps += 1
    assert not storage.numbers.is_recounting("blog")
    assert all_counters(storage) == before
    # A report is counted when it arrives, which may be on the day after the import of this file.
    days = latest_range(Unit.DAY, 2, datetime.now(UTC))
    assert sum(counts[READER_REPORTS] for counts in storage.numbers.counts("blog", days)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_decisions_during_a_recount_are_counted_once(storage: Storage, seed: int) -> None:
    """Comments on both sides of the position change, and new ones arrive."""
    ids = [accepted(storage, received=NOW - timedelta(minutes=n)).id for n in range(250)]
    storage.numbers.start_recount("blog")
    rng = random.Random(seed)
    more = True
    while more:
        for id in rng.sample(ids, 20):
            comment = storage.comments.get("blog", id)
            if after := a_next_step(rng, comment, NOW):
                assert storage.comments.decide("blog", [CommentChange(comment, after)]) == [True]
        more = storage.numbers.recount_some("blog")
    assert storage.numbers.counts("blog", latest_range(Unit.DAY, 2, NOW)) == recounted(storage, Unit.DAY, 2)


def test_a_busy_page_is_found_among_very_many(storage: Storage) -> None:
    threads = [f"page-{n}" for n in range(MAX_PAGES + 50)] + ["busy"] * 30
    for thread in threads:
        comment = accepted(storage, thread=thread, received=NOW)
        after = comment.with_decision(a_decision(Action.APPROVE, at=NOW))
        storage.comments.decide("blog", [CommentChange(comment, after)])
    (first, *rest) = storage.numbers.pages("blog", latest_range(Unit.DAY, 1, NOW), MAX_PAGES + 50)
    assert first[0] == "busy"
    assert first[1] >= 30
    assert len(rest) == MAX_PAGES - 1


def test_every_counter_expires(storage: Storage, valkey_settings: Settings) -> None:
    random_history(storage, 3)
    client, days = connect(valkey_settings), 86_400
    longest = {b"hours": 10 * days, b"days": 766 * days, b"months": 4_030 * days, b"pages": 770 * days}
    keys = list(client.scan_iter("rg:{blog}:numbers:*"))
    assert {key.split(b":")[3] for key in keys} == set(longest)
    for key in keys:
        assert 0 < client.ttl(key) <= longest[key.split(b":")[3]], key


def test_a_published_comment_of_a_moved_page_counts_for_its_new_address(storage: Storage) -> None:
    comment = accepted(storage, thread="https://blog.example/old", received=NOW)
    after = comment.with_decision(a_decision(Action.APPROVE, at=NOW))
    storage.comments.decide("blog", [CommentChange(comment, after)])
    storage.thread_moves.move("blog", "https://blog.example/old", "https://blog.example/new")
    assert storage.numbers.pages("blog", latest_range(Unit.DAY, 1, NOW), 5) == [("https://blog.example/new", 1)]


def test_numbers_of_comments_before_their_site_counted_are_added_later(storage: Storage) -> None:
    """Data of an older version has comments and no counters."""
    random_history(storage, 5)
    expected = all_counters(storage)
    storage.numbers.start_recount("blog")
    comment = replace(next(c for c in records(storage) if c.status is Status.HELD))
    after = comment.with_decision(a_decision(Action.APPROVE, Role.MODERATOR, "a", at=NOW))
    storage.comments.decide("blog", [CommentChange(comment, after)])
    while storage.numbers.recount_some("blog"):
        assert storage.numbers.is_recounting("blog")
    assert all_counters(storage) != expected
    assert storage.numbers.counts("blog", latest_range(Unit.DAY, 5, NOW)) == recounted(storage, Unit.DAY, 5)


def test_a_time_just_above_a_bound_is_counted_as_it_is_stored(storage: Storage) -> None:
    """Times are stored in ms. A recount must find the bucket and the hour of the live count."""
    full_hour = NOW.replace(minute=0, second=0, microsecond=0)
    for received, at in (
        (full_hour - timedelta(minutes=9), full_hour - timedelta(minutes=9) + timedelta(microseconds=50_400)),
        (full_hour - timedelta(seconds=2), full_hour - timedelta(microseconds=400)),
    ):
        comment = accepted(storage, received=received)
        after = comment.with_decision(a_decision(Action.HOLD, at=at))
        storage.comments.decide("blog", [CommentChange(comment, after)])
    for unit, n in ((Unit.HOUR, 80), (Unit.DAY, 5)):
        assert storage.numbers.counts("blog", latest_range(unit, n, NOW)) == recounted(storage, unit, n)
