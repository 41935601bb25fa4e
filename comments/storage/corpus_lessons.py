"""Lessons of the corpus, and the quotas that decide which of them count.

Near-duplicates share a quota, so that a campaign does not teach once per copy. The ids alone decide which lessons
count, not the order in which they were learned. So every lesson can be removed exactly, and a rebuild gives the same
counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

from comments.lifecycle import Action, Label
from comments.model import Comment, Decision
from comments.probability import probability
from comments.report_rules import DECIDED_BY_READERS

from .values import TokenCounts

#: Number of the latest ham lessons that set the ham ceiling.
CEILING_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits the lessons with this name that count to `most`: the first ones by comment id.

    The name has words of a text. `short` is its digest, which is all that is stored.
    """

    name: str = field(compare=False)
    most: int
    short: str = ""

    def __post_init__(self) -> None:
        if not self.short:
            object.__setattr__(self, "short", blake2b(self.name.encode(), digest_size=8).hexdigest())


@dataclass(frozen=True, slots=True)
class Lesson:
    """One comment's lesson. It counts if it is within all of its quotas."""

    label: Label
    tokens: frozenset[str]
    quotas: tuple[Quota, ...] = ()
    at: int = 0  # ms of the moderator's decision
    log_odds: float = 0.0  # of spam, by the filters
    residual: int = 0


def lesson_of(comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota]) -> Lesson | None:
    """Return the current lesson of a comment; None if it has none."""
    taught, verdict = comment.lesson_decision, comment.filter_decision
    if taught is None or comment.lesson is None:
        return None
    at = round(taught.at.timestamp() * 1000)
    log_odds = round(verdict.log_odds, 2) if verdict else 0.0
    return Lesson(comment.lesson, tokens, tuple(quotas), at, log_odds, _residual(comment.lesson, verdict))


def _residual(label: Label, verdict: Decision | None) -> int:
    """Return how much likelier than the filters' probability of spam the label is, in hundredths; below 0 for ham.

    Only comments that the filters gave to a moderator count. Those that a moderator or readers chose to correct would
    make every site look worse than it is.
    """
    if verdict is None or not verdict.log_odds or verdict.action is not Action.HOLD or verdict.by == DECIDED_BY_READERS:
        return 0
    return round(100 * ((label is Label.SPAM) - probability(verdict.log_odds)))


def counted_lessons(lessons: Mapping[str, Lesson]) -> set[str]:
    """Return the ids of the lessons that count."""
    within: dict[str, int] = {}
    passed = set()
    for id in sorted(lessons):
        # A quota also counts lessons that are beyond another quota, so that one lesson moves at most two others.
        before = [within.get(quota.short, 0) for quota in lessons[id].quotas]
        within |= {quota.short: n + 1 for quota, n in zip(lessons[id].quotas, before, strict=True)}
        if all(n < quota.most for quota, n in zip(lessons[id].quotas, before, strict=True)):
            passed.add(id)
    return passed


def ham_ceiling(lessons: Mapping[str, Lesson]) -> float:
    """Return the highest log-odds among the latest ham lessons, at least 0."""
    ham = sorted((lesson.at, id, lesson.log_odds) for id, lesson in lessons.items() if lesson.label is Label.HAM)
    return max((0.0, *(log_odds for _, _, log_odds in ham[-CEILING_LESSONS:])))


class Corpus(Protocol):
    """The lessons of a site's moderators. Sites that learn together (`comments.shared_learning`) share one corpus."""

    def due(self, site: str, n: int) -> list[str]:
        """Return ids of comments whose lesson may have changed."""

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        """Make the counts agree with `comment.lesson`; return False if they did already.

        A new label replaces the old lesson. The counts depend on the lessons and not on their order. The id stays due
        if the comment changed since it was read.
        """

    def forget_lesson(self, site: str, id: str) -> None:
        """Remove the lesson of one comment or check, whatever its state is."""

    def totals(self, site: str) -> tuple[int, int]:
        """Return the number of ham lessons and of spam lessons."""

    def snapshot(self, site: str) -> TokenCounts:
        """Return the whole corpus, for tests and rebuilds."""

    def forget(self, site: str, due: Mapping[str, Sequence[str]]) -> None:
        """Delete the corpus and make the given comments of each site due, in one step."""
