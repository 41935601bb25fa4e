"""Numbers about a site's comments: the events that count, each in the hour in which it happened.

Everything follows from the histories of the comments, so numbers can be counted again from the records. An undone
decision is counted back in its own hour. The undo counts as an undo, in the hour of the undo.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from .lifecycle import Action, Role, Status
from .model import Comment, Decision
from .storage.codec import milliseconds

#: Upper bounds of the times to a decision, in seconds. The last bucket counts everything longer.
FILTER_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
REVIEW_BOUNDS = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800, 2_592_000)
#: Reasons counted for one decision of the filters: those with the most points.
REASONS_COUNTED = 3
#: Decisions of the filters that people reversed: status by the filters, status by a person.
CORRECTIONS = (
    (Status.APPROVED, Status.SPAM),
    (Status.APPROVED, Status.REMOVED),
    (Status.SPAM, Status.APPROVED),
    (Status.SPAM, Status.REMOVED),
)

#: Names of counters, or the beginnings of names. The names are stored.
JUDGED = "f:"  # first decision of the filters: its status
FILTER_TIME = "ft:"  # index in FILTER_BOUNDS
BY_PEOPLE = "p:"  # decision of a person: its action
REVIEW_TIME = "pt:"  # index in REVIEW_BOUNDS
CORRECTED = "c:"  # "<status by the filters>:<status by a person>"
HELD_CHANGE = "held"  # net change of the comments that need review
WITHDRAWN = "withdrawn"
READER_REPORTS = "reports"  # reports by readers; the only counter that does not follow from the records
REASON = "r:"  # signal
WORK = "w:"  # "<action>:<person>"
#: These are counted by day and month only: they have many values.
NOT_HOURLY = (REASON, WORK)

HOUR_SECONDS = 3_600


class CountedEvent(NamedTuple):
    """`n` is -1 for an event that is counted back."""

    hour: int  # hours since 1970
    name: str
    n: int


def hour_of(at: datetime) -> int:
    return milliseconds(at) // (1000 * HOUR_SECONDS)


def _seconds_between(start: datetime, end: datetime) -> float:
    """Return the time between two moments as they are stored, in ms, so that a recount gets the same bucket."""
    return (milliseconds(end) - milliseconds(start)) / 1000


def count_events(comment: Comment) -> Counter[tuple[int, str]]:
    """Return everything that counts in the history of a comment: hour and name -> n, without zeros."""
    counts: Counter[tuple[int, str]] = Counter()
    for i in range(len(comment.decisions)):
        for event in _events(comment, i):
            counts[event.hour, event.name] += event.n
    return Counter({key: n for key, n in counts.items() if n})


def changed_events(before: Comment, after: Comment) -> list[CountedEvent]:
    """Return the events of one more decision."""
    if len(after.decisions) == len(before.decisions) + 1:
        return list(_events(after, len(before.decisions)))
    counts = count_events(after)
    counts.subtract(count_events(before))
    return [CountedEvent(hour, name, n) for (hour, name), n in counts.items() if n]


def page_change(before: Comment, after: Comment) -> int:
    """Return the change of the published comments of the page, in the hour in which the comment was received."""
    if after.draft_of:
        return 0
    return (after.status is Status.APPROVED) - (before.status is Status.APPROVED)


def _events(comment: Comment, i: int) -> Iterator[CountedEvent]:
    """Yield the events of decision number `i`, and those that it counts back."""
    decision, hour = comment.decisions[i], hour_of(comment.decisions[i].at)
    held = (decision.status is Status.HELD) - (_status_before(comment.decisions, i) is Status.HELD)
    if held:
        yield CountedEvent(hour, HELD_CHANGE, held)
    if decision.action is not Action.UNDO:
        yield from (CountedEvent(hour, name, 1) for name in _names(comment, i))
        return
    undone = _undone(comment.decisions[:i])
    if undone is None or comment.decisions[undone].role is not Role.MODERATOR:
        return  # a draft was undone: the event is counted for the draft
    back = hour_of(comment.decisions[undone].at)
    yield from (CountedEvent(back, name, -1) for name in _names(comment, undone))
    yield from (CountedEvent(hour, name, 1) for name in _people_names(decision))


def _names(comment: Comment, i: int) -> Iterator[str]:
    """Yield the names under which decision number `i` counts until it is undone."""
    decision = comment.decisions[i]
    if decision.role is Role.FILTERS:
        yield from _filter_names(comment, i)
    elif decision.role is Role.AUTHOR:
        yield from [WITHDRAWN] if decision.action is Action.WITHDRAW and not comment.draft_of else []
    elif decision.role not in (Role.IMPORT, Role.OPERATOR):
        yield from _people_names(decision)
        yield from _review_names(comment.decisions, i)


def _filter_names(comment: Comment, i: int) -> Iterator[str]:
    """Only the first decision counts, so that the outcomes add up to the comments."""
    decision, earlier = comment.decisions[i], comment.decisions[:i]
    if comment.draft_of or any(d.role is Role.FILTERS for d in earlier):
        return
    since = next((d.at for d in reversed(earlier) if d.action is Action.EDIT), comment.received)
    seconds = _seconds_between(since, decision.at)
    yield f"{JUDGED}{decision.status}"
    yield f"{FILTER_TIME}{bisect_left(FILTER_BOUNDS, seconds)}"
    if decision.status is not Status.APPROVED:
        yield from (f"{REASON}{name}" for name in top_reasons(decision))


def top_reasons(decision: Decision) -> list[str]:
    """Return the signals that spoke most against the comment."""
    against = [s for s in decision.signals if s.points > 0 or s.holds]
    return [s.name for s in sorted(against, key=lambda s: (not s.holds, -s.points, s.name))[:REASONS_COUNTED]]


def _people_names(decision: Decision) -> Iterator[str]:
    yield f"{BY_PEOPLE}{decision.action}"
    yield f"{WORK}{decision.action}:{decision.by}"


def _review_names(decisions: Sequence[Decision], i: int) -> Iterator[str]:
    seconds = review_seconds(decisions, i)
    if seconds is not None:
        yield f"{REVIEW_TIME}{bisect_left(REVIEW_BOUNDS, seconds)}"
    if (corrected := correction(decisions, i)) is not None:
        yield f"{CORRECTED}{corrected[0]}:{corrected[1]}"


def reviewed(comment: Comment) -> float | None:
    """Return the time for which a comment needed review until its last decision; None if it does not end a review."""
    return review_seconds(comment.decisions, len(comment.decisions) - 1)


def bound_name(bounds: Sequence[float], seconds: float) -> str:
    """Return the upper bound of the bucket as text."""
    i = bisect_left(bounds, seconds)
    return f"{bounds[i]:g}" if i < len(bounds) else "inf"


def review_seconds(decisions: Sequence[Decision], i: int) -> float | None:
    """Return the time for which the comment needed review before a person's decision number `i` took it away."""
    decision = decisions[i]
    is_final = decision.role is Role.MODERATOR and decision.action is not Action.UNDO
    if not is_final or _status_before(decisions, i) is not Status.HELD or decision.status is Status.HELD:
        return None
    since = decision.at
    for n in range(i - 1, -1, -1):
        if decisions[n].status is not Status.HELD:
            break
        since = decisions[n].at
    return max(0.0, _seconds_between(since, decision.at))


def correction(decisions: Sequence[Decision], i: int) -> tuple[Status, Status] | None:
    """Return the filters' status and the person's, if decision number `i` reverses the filters."""
    if decisions[i].role is not Role.MODERATOR or decisions[i].action is Action.UNDO:
        return None
    last = _effective(decisions[:i])
    if not last or decisions[last[-1]].role is not Role.FILTERS:
        return None
    pair = (decisions[last[-1]].status, decisions[i].status)
    return pair if pair in CORRECTIONS else None


def _status_before(decisions: Sequence[Decision], i: int) -> Status:
    return decisions[i - 1].status if i else decisions[i].before


def _effective(decisions: Sequence[Decision]) -> list[int]:
    """Return the positions of the decisions that were not undone."""
    stack: list[int] = []
    for n, decision in enumerate(decisions):
        if decision.action is not Action.UNDO:
            stack.append(n)
        elif stack:
            stack.pop()
    return stack


def _undone(decisions: Sequence[Decision]) -> int | None:
    return next(reversed(_effective(decisions)), None)


def histogram(counts: Mapping[str, int], kind: str, bounds: Sequence[float]) -> list[int]:
    """Return the number of times in each bucket. The last one is above every bound."""
    return [max(0, counts.get(f"{kind}{i}", 0)) for i in range(len(bounds) + 1)]


def percentile_of(buckets: Sequence[int], bounds: Sequence[float], share: float) -> float | None:
    """Return the seconds within which `share` of the times lie, interpolated in a bucket; None without any.

    A time above the last bound counts as the last bound.
    """
    wanted, below = share * sum(buckets), 0
    if not wanted:
        return None
    for i, n in enumerate(buckets):
        if n and below + n >= wanted:
            if i == len(bounds):
                break
            low = bounds[i - 1] if i else 0.0
            return low + (wanted - below) / n * (bounds[i] - low)
        below += n
    return float(bounds[-1])
