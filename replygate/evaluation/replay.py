"""Judge labelled comments as a site would: with fixed lessons, or learning from simulated moderators."""

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from comments.lifecycle import RESULT, Action, Label, Role
from comments.model import Comment, Decision
from comments.site import Site
from comments.storage.corpus_lessons import CEILING_LESSONS, Lesson, lesson_of
from comments.storage.interfaces import EvidenceStore
from comments.storage.memory import open_memory
from comments.storage.values import TokenCounts
from workers.filters import BUILT_IN
from workers.judging.judge import decision_for, evidence_query, facts_from, run_filters
from workers.judging.policy import SPOT_CHECK, Policy
from workers.learning.combined_model import combined_score
from workers.learning.copy_tokens import lesson_tokens
from workers.learning.lesson_quotas import lesson_quotas

from .labelled_comments import Example


@dataclass(frozen=True, slots=True)
class Verdict:
    """The filters' decision about one example, and its cost."""

    example: Example
    decision: Decision
    probability: float  # of spam, by the model alone
    microseconds: float  # CPU time
    lessons: int = 0  # of the site at that time

    @property
    def wrong(self) -> bool:
        """True if spam was published, or an honest comment was not."""
        return self.example.spam is (self.decision.action is Action.APPROVE)

    @property
    def by_chance(self) -> bool:
        """True for a spot check: the filters alone would have decided it."""
        return any(signal.name == SPOT_CHECK for signal in self.decision.signals)


@dataclass
class ReplayCorpus:
    """A copy of a site's lessons in memory, so that an evaluation does not change the site."""

    lessons: Counter[Label] = field(default_factory=Counter)
    seen: dict[Label, Counter[str]] = field(default_factory=lambda: {label: Counter() for label in Label})
    within: Counter[str] = field(default_factory=Counter)  # quota -> lessons
    bars: deque[float] = field(default_factory=lambda: deque([0.0], maxlen=CEILING_LESSONS))
    residual: int = 0

    @classmethod
    def of(cls, counts: TokenCounts) -> "ReplayCorpus":
        corpus = cls(Counter({Label.HAM: counts.ham, Label.SPAM: counts.spam}))
        corpus.bars.append(counts.ham_ceiling)
        corpus.residual = counts.residual
        for token, (ham, spam) in counts.tokens.items():
            corpus.seen[Label.HAM][token], corpus.seen[Label.SPAM][token] = ham, spam
        return corpus

    def about(self, comment: Comment) -> TokenCounts:
        ham, spam = self.seen[Label.HAM], self.seen[Label.SPAM]
        counts = {t: (ham[t], spam[t]) for t in lesson_tokens(comment) if ham[t] or spam[t]}
        return TokenCounts(self.lessons[Label.HAM], self.lessons[Label.SPAM], counts, max(self.bars), self.residual)

    def learn(self, lesson: Lesson) -> None:
        """Add a lesson, unless one of its quotas is full."""
        if lesson.label is Label.HAM:
            self.bars.append(lesson.log_odds)
        counts = all(self.within[quota.short] < quota.most for quota in lesson.quotas)
        self.within.update(quota.short for quota in lesson.quotas)
        if counts:
            self.lessons[lesson.label] += 1
            self.residual += lesson.residual
            self.seen[lesson.label].update(lesson.tokens)


def lesson(example: Example, verdict: Decision) -> Lesson:
    """Return the lesson from a moderator's correct decision after this decision of the filters."""
    comment, action = example.comment, Action.SPAM if example.spam else Action.APPROVE
    correct = Decision(action, RESULT[action], Role.MODERATOR, Role.MODERATOR, comment.received)
    taught = comment.with_decision(verdict).with_decision(correct)
    found = lesson_of(taught, frozenset(map(sys.intern, lesson_tokens(taught))), lesson_quotas(taught))
    assert found is not None  # noqa: S101 - every such decision teaches
    return found


def held(example: Example, log_odds: float) -> Decision:
    """Return a decision of the filters to hold the comment for review."""
    return Decision(
        Action.HOLD, RESULT[Action.HOLD], Role.FILTERS, Role.FILTERS, example.comment.received, log_odds=log_odds
    )


@dataclass(frozen=True, slots=True)
class Moderation:
    """Simulated moderators: they decide held comments, and published spam that readers report.

    They look at the queue after each `every` comments, and decide all that waits.
    """

    reported: float = 0.0
    every: int = 1

    def sees(self, verdict: Verdict) -> bool:
        if verdict.decision.action is Action.APPROVE and verdict.example.spam:
            draw = int.from_bytes(blake2b(verdict.example.comment.id.encode(), digest_size=3).digest()) / 2**24
            return draw < self.reported
        return verdict.decision.action is Action.HOLD


def verdicts(
    examples: Sequence[Example],
    site: Site,
    policy: Policy,
    corpus: ReplayCorpus,
    learning: Moderation | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> Iterator[Verdict]:
    """Judge the examples in the given order, which is by time."""
    weights = policy.for_site(site)
    moment = [examples[0].comment.received]
    evidence = open_memory(lambda: moment[0]).evidence
    waiting: list[Verdict] = []
    for n, example in enumerate(examples, 1):
        moment[0] = example.comment.received
        verdict = _verdict(example, site, weights, corpus, evidence, clock)
        yield verdict
        if learning and learning.sees(verdict):
            waiting.append(verdict)
        if learning and n % learning.every == 0:
            for reviewed in waiting:
                corpus.learn(lesson(reviewed.example, reviewed.decision))
            waiting.clear()


def across(examples: Sequence[Example], site: Site, policy: Policy) -> Iterator[Verdict]:
    """Judge each source on a site that learned from all other sources (cross-validation by source)."""
    lessons = [lesson(e, held(e, combined_score(e.comment, TokenCounts()).log_odds)) for e in examples]
    for source in dict.fromkeys(example.source for example in examples):
        corpus = ReplayCorpus()
        for example, taught in zip(examples, lessons, strict=True):
            if example.source != source:
                corpus.learn(taught)
        yield from verdicts([e for e in examples if e.source == source], site, policy, corpus)


def _verdict(
    example: Example,
    site: Site,
    policy: Policy,
    corpus: ReplayCorpus,
    evidence: EvidenceStore,
    clock: Callable[[], float],
) -> Verdict:
    comment = replace(example.comment, site=site.id)
    began = clock()
    asked = evidence_query(comment, 1, BUILT_IN)
    questioned = clock()
    answer = replace(evidence.look_up(site.id, [asked])[0], corpus=corpus.about(comment))
    evidence_facts = facts_from(site, answer, comment.received)
    answered = clock()
    decision = decision_for(comment, evidence_facts, run_filters(comment, evidence_facts, BUILT_IN), policy)
    spent = questioned - began + clock() - answered
    probability = combined_score(comment, evidence_facts.corpus).probability
    lessons = evidence_facts.corpus.ham + evidence_facts.corpus.spam
    return Verdict(example, decision, probability, spent * 1e6, lessons)
