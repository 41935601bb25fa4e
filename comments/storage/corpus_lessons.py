"""What a comment teaches, as the corpus keeps it, and which of all lessons count.

Near-duplicates, and whatever else must not teach as often as it comes, share a quota. Which of them count follows from
their ids alone and not from the order in which they were learned: so every lesson can be taken back exactly, and
counting everything anew comes to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comments.lifecycle import Label
from comments.model import Comment

#: Of the latest lessons of ham, so many raise the bar for refusing.
CEILING_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Quota:
    """Of all lessons with this name only `most` count: the first ones by comment id."""

    name: str
    most: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """One comment's lesson. It counts if it is within all of its quotas."""

    label: Label
    tokens: frozenset[str]
    quotas: tuple[Quota, ...] = ()
    at: int = 0  # ms when a person decided
    log_odds: float = 0.0  # of spam, that the filters gave it


def lesson_of(comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota]) -> Lesson | None:
    """What a comment teaches now; None for nothing."""
    taught, verdict = comment.lesson_decision, comment.filter_decision
    if taught is None or comment.lesson is None:
        return None
    at = round(taught.at.timestamp() * 1000)
    return Lesson(comment.lesson, tokens, tuple(quotas), at, round(verdict.log_odds, 2) if verdict else 0.0)


def counted_lessons(lessons: Mapping[str, Lesson]) -> set[str]:
    """Ids of those that count."""
    within: dict[str, int] = {}
    passed = set()
    for id in sorted(lessons):
        # Each quota counts who comes before, also who is beyond another quota: so one lesson moves two others at most.
        before = [within.get(quota.name, 0) for quota in lessons[id].quotas]
        within |= {quota.name: n + 1 for quota, n in zip(lessons[id].quotas, before, strict=True)}
        if all(n < quota.most for quota, n in zip(lessons[id].quotas, before, strict=True)):
            passed.add(id)
    return passed


def ham_ceiling(lessons: Mapping[str, Lesson]) -> float:
    """The highest log-odds among the latest lessons of ham, and 0 at least."""
    ham = sorted((lesson.at, id, lesson.log_odds) for id, lesson in lessons.items() if lesson.label is Label.HAM)
    return max((0.0, *(log_odds for _, _, log_odds in ham[-CEILING_LESSONS:])))
