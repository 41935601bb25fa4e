"""Count a site's comments and decisions by hour, day and month, on every back end."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from comments.counted_events import FILTER_TIME, HELD_CHANGE, REVIEW_TIME
from comments.drafts import edited
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.storage.interfaces import Storage
from comments.storage.number_periods import NumberRange, Unit, floor, latest_range
from comments.storage.values import CommentChange
from tests.support.builders import a_comment, a_decision, accepted, an_admission

NOW = datetime.now(UTC)
TODAY = floor(Unit.DAY, NOW)


def judged(storage: Storage, comment: Comment, action: Action, at: datetime, *signals: Signal) -> Comment:
    return changed(storage, comment, comment.with_decision(a_decision(action, at=at, signals=signals)))


def reviewed(storage: Storage, comment: Comment, action: Action, at: datetime, by: str = "mo") -> Comment:
    return changed(storage, comment, comment.with_decision(a_decision(action, Role.MODERATOR, by, at=at)))


def changed(storage: Storage, before: Comment, after: Comment) -> Comment:
    assert storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
    return after


def today(storage: Storage) -> Counter[str]:
    return storage.numbers.counts("blog", NumberRange(Unit.DAY, TODAY, 1))[0]


def test_a_decision_counts_in_its_hour_its_day_and_its_month(storage: Storage) -> None:
    comment = accepted(storage, received=NOW - timedelta(seconds=4))
    judged(storage, comment, Action.APPROVE, NOW)
    for unit in Unit:
        (before, current) = storage.numbers.counts("blog", latest_range(unit, 2, NOW))
        assert current == {"f:approved": 1, f"{FILTER_TIME}6": 1}
        assert not before


def test_reasons_and_the_work_of_people_have_no_hours(storage: Storage) -> None:
    links, copies = Signal("links.many", 1.0, "", 4.0), Signal("repeats.same", 1.0, "", 6.0)
    good = Signal("author.known", 1.0, "", -2.0)
    comment = judged(storage, accepted(storage, received=NOW), Action.HOLD, NOW, links, good, copies)
    reviewed(storage, comment, Action.SPAM, NOW)
    assert {n for n in today(storage) if n[:2] in ("r:", "w:")} == {"r:links.many", "r:repeats.same", "w:spam:mo"}
    (hour,) = storage.numbers.counts("blog", latest_range(Unit.HOUR, 1, NOW))
    assert {n for n in hour if n[:2] in ("r:", "w:")} == set()


def test_time_to_a_persons_decision_is_the_time_in_review(storage: Storage) -> None:
    held = judged(storage, accepted(storage, received=TODAY), Action.HOLD, TODAY + timedelta(minutes=1))
    reviewed(storage, held, Action.APPROVE, TODAY + timedelta(minutes=11))
    assert today(storage)[f"{REVIEW_TIME}2"] == 1
    counters = storage.comments.counters("blog")
    assert (counters.review_seconds[300], counters.review_seconds[900], counters.review_sum) == (0, 1, 600)


def test_an_undone_decision_is_counted_back_in_its_own_hour(storage: Storage) -> None:
    at = TODAY - timedelta(hours=2)
    held = judged(storage, accepted(storage, received=at), Action.HOLD, at)
    spam = reviewed(storage, held, Action.SPAM, at)
    changed(storage, spam, spam.with_undo("bo", NOW))
    before, now = storage.numbers.counts("blog", latest_range(Unit.DAY, 2, NOW))
    assert before == {"f:held": 1, f"{FILTER_TIME}0": 1}, "the net change of held comments of that day is 0"
    assert now == {"p:undo": 1, "w:undo:bo": 1, HELD_CHANGE: 1}


def test_mistakes_of_the_filters_are_counted_when_people_correct_them(storage: Storage) -> None:
    for action, correction in ((Action.APPROVE, Action.SPAM), (Action.SPAM, Action.APPROVE)):
        comment = judged(storage, accepted(storage, received=NOW), action, NOW)
        corrected = reviewed(storage, comment, correction, NOW)
        reviewed(storage, corrected, Action.REMOVE, NOW)
    held = judged(storage, accepted(storage, received=NOW), Action.HOLD, NOW)
    reviewed(storage, held, Action.SPAM, NOW)
    assert {n: v for n, v in today(storage).items() if n.startswith("c:")} == {
        "c:approved:spam": 1,
        "c:spam:approved": 1,
    }
    assert storage.comments.counters("blog").corrected == {"approved:spam": 1, "spam:approved": 1}


def test_outcomes_are_those_of_the_comments_received_in_a_period(storage: Storage) -> None:
    days = [TODAY - timedelta(days=n) for n in (2, 1, 0)]
    for day, action in ((days[0], Action.APPROVE), (days[0], Action.SPAM), (days[2], Action.HOLD)):
        judged(storage, accepted(storage, received=day), action, NOW)
    accepted(storage, received=days[1])
    found = storage.numbers.outcomes("blog", [*days, TODAY + timedelta(days=1)])
    assert [{status: n for status, n in row.items() if n} for row in found] == [
        {Status.APPROVED: 1, Status.SPAM: 1},
        {Status.QUEUED: 1},
        {Status.HELD: 1},
    ]


def test_a_stale_change_counts_nothing(storage: Storage) -> None:
    comment = accepted(storage, received=NOW)
    judged(storage, comment, Action.APPROVE, NOW)
    stale = CommentChange(comment, comment.with_decision(a_decision(Action.SPAM, at=NOW)))
    assert storage.comments.decide("blog", [stale]) == [False]
    assert today(storage)["f:spam"] == 0


def test_the_busiest_pages_are_those_with_the_most_published_comments(storage: Storage) -> None:
    for thread, n in (("pier", 3), ("rain", 2), ("spam", 1)):
        for _ in range(n):
            last = judged(storage, accepted(storage, thread=thread, received=NOW), Action.APPROVE, NOW)
    reviewed(storage, last, Action.SPAM, NOW)
    for unit in (Unit.DAY, Unit.MONTH):
        assert storage.numbers.pages("blog", latest_range(unit, 2, NOW), 5) == [("pier", 3), ("rain", 2)]


def test_comments_that_need_review_are_counted_by_age(storage: Storage) -> None:
    assert storage.numbers.oldest_held("blog") is None
    for age in (10, 3_000, 90_000):
        received = (NOW - timedelta(seconds=age)).replace(microsecond=0)
        judged(storage, accepted(storage, received=received), Action.HOLD, NOW)
    assert storage.numbers.held_ages("blog", NOW, (3_600, 86_400)) == [2, 0, 1]
    assert storage.numbers.oldest_held("blog") == received


def test_an_edit_of_a_published_comment_is_not_judged_twice(storage: Storage) -> None:
    comment = judged(storage, accepted(storage, received=NOW), Action.APPROVE, NOW)
    draft = replace(a_comment(received=NOW), id=f"{comment.id}-edit", draft_of=comment.id)
    storage.comments.accept(draft, an_admission())
    judged(storage, draft, Action.HOLD, NOW)
    assert today(storage)["f:held"] == 0
    assert today(storage)[HELD_CHANGE] == 1


def test_numbers_are_right_when_comments_are_edited_while_they_are_counted_again(redis_storage: Storage) -> None:
    """A comment that waits after an edit moves to the time of the edit, which the count may have passed or not."""
    storage, at = redis_storage, (TODAY + timedelta(seconds=n) for n in count())
    comments = [judged(storage, accepted(storage, received=next(at)), Action.HOLD, next(at)) for _ in range(150)]
    early, late = comments[0], comments[-1]
    edited_before = changed(storage, comments[1], edited(comments[1], "before the count", next(at)))
    storage.numbers.start_recount("blog")
    storage.numbers.recount_some("blog")  # the old counters are gone
    storage.numbers.recount_some("blog")  # the first 100 are counted
    counted_early = changed(storage, early, edited(early, "during the count", next(at)))
    changed(storage, late, edited(late, "during the count", next(at)))
    judged(storage, edited_before, Action.SPAM, next(at))
    reviewed(storage, comments[2], Action.APPROVE, next(at))
    while storage.numbers.recount_some("blog"):
        pass
    judged(storage, counted_early, Action.APPROVE, next(at))
    during = [storage.numbers.counts("blog", latest_range(unit, 3, NOW)) for unit in Unit]
    pages = storage.numbers.pages("blog", latest_range(Unit.MONTH, 2, NOW), 5)
    storage.numbers.start_recount("blog")
    while storage.numbers.recount_some("blog"):
        pass
    assert during == [storage.numbers.counts("blog", latest_range(unit, 3, NOW)) for unit in Unit]
    assert pages == storage.numbers.pages("blog", latest_range(Unit.MONTH, 2, NOW), 5) == [("first-post", 2)]
    assert during[1][-1]["f:held"] == 150
