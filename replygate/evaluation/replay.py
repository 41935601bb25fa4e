"""The filters at work on labelled comments, as they would be on a site: alone, or taught by what moderators see."""

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
from workers.judging.judge import ask, decide, facts, question
from workers.judging.policy import AUDIT, Policy
from workers.learning.combined_model import judged
from workers.learning.lesson_quotas import quotas
from workers.learning.site_model import tokens

from .labelled_comments import Example


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the filters decided, and what it took them."""

    example: Example
    decision: Decision
    probability: float  # of spam, by what is learned alone
    microseconds: float  # of processor time
    lessons: int = 0  # that the site had by then

    @property
    def wrong(self) -> bool:
        """Published spam, or an honest comment that was held or refused."""
        return self.example.spam is (self.decision.action is Action.APPROVE)

    @property
    def by_chance(self) -> bool:
        """Shown to a person although the filters would have settled it."""
        return any(signal.name == AUDIT for signal in self.decision.signals)


@dataclass
class Corpus:
    """A site's lessons, kept in memory, so that evaluating teaches the site nothing."""

    lessons: Counter[Label] = field(default_factory=Counter)
    seen: dict[Label, Counter[str]] = field(default_factory=lambda: {label: Counter() for label in Label})
    within: Counter[str] = field(default_factory=Counter)  # quota -> lessons
    bars: deque[float] = field(default_factory=lambda: deque([0.0], maxlen=CEILING_LESSONS))

    @classmethod
    def of(cls, known: TokenCounts) -> "Corpus":
        corpus = cls(Counter({Label.HAM: known.ham, Label.SPAM: known.spam}))
        corpus.bars.append(known.ham_ceiling)
        for token, (ham, spam) in known.tokens.items():
            corpus.seen[Label.HAM][token], corpus.seen[Label.SPAM][token] = ham, spam
        return corpus

    def about(self, comment: Comment) -> TokenCounts:
        ham, spam = self.seen[Label.HAM], self.seen[Label.SPAM]
        known = {t: (ham[t], spam[t]) for t in tokens(comment) if ham[t] or spam[t]}
        return TokenCounts(self.lessons[Label.HAM], self.lessons[Label.SPAM], known, max(self.bars))

    def learn(self, lesson: Lesson) -> None:
        """What comes first fills the quotas."""
        if lesson.label is Label.HAM:
            self.bars.append(lesson.log_odds)
        counts = all(self.within[quota.name] < quota.most for quota in lesson.quotas)
        self.within.update(quota.name for quota in lesson.quotas)
        if counts:
            self.lessons[lesson.label] += 1
            self.seen[lesson.label].update(lesson.tokens)


def lesson(example: Example, verdict: Decision) -> Lesson:
    """A moderator's word on a comment of which the filters said that."""
    comment, action = example.comment, Action.SPAM if example.spam else Action.APPROVE
    said = Decision(action, RESULT[action], Role.MODERATOR, Role.MODERATOR, comment.received)
    taught = comment.with_decision(verdict).with_decision(said)
    found = lesson_of(taught, frozenset(map(sys.intern, tokens(taught))), quotas(taught))
    assert found is not None  # noqa: S101 - a person who says either teaches it
    return found


def held(example: Example, log_odds: float) -> Decision:
    """What the filters say where they only ask."""
    return Decision(
        Action.HOLD, RESULT[Action.HOLD], Role.FILTERS, Role.FILTERS, example.comment.received, log_odds=log_odds
    )


@dataclass(frozen=True, slots=True)
class Moderation:
    """Who teaches: moderators label whatever is held, and readers report some of the spam that was published."""

    reported: float = 0.0

    def sees(self, verdict: Verdict) -> bool:
        if verdict.decision.action is Action.APPROVE and verdict.example.spam:
            draw = int.from_bytes(blake2b(verdict.example.comment.id.encode(), digest_size=3).digest()) / 2**24
            return draw < self.reported
        return verdict.decision.action is Action.HOLD


def verdicts(
    examples: Sequence[Example],
    site: Site,
    policy: Policy,
    corpus: Corpus,
    learning: Moderation | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> Iterator[Verdict]:
    """In the order given, which is that of time."""
    weights = policy.for_site(site)
    moment = [examples[0].comment.received]
    evidence = open_memory(lambda: moment[0]).evidence
    for example in examples:
        moment[0] = example.comment.received
        verdict = _verdict(example, site, weights, corpus, evidence, clock)
        yield verdict
        if learning and learning.sees(verdict):
            corpus.learn(lesson(example, verdict.decision))


def across(examples: Sequence[Example], site: Site, policy: Policy) -> Iterator[Verdict]:
    """Each source judged by a site that all the others taught, and that has seen nothing of it."""
    lessons = [lesson(e, held(e, judged(e.comment, TokenCounts()).log_odds)) for e in examples]
    for source in dict.fromkeys(example.source for example in examples):
        corpus = Corpus()
        for example, taught in zip(examples, lessons, strict=True):
            if example.source != source:
                corpus.learn(taught)
        yield from verdicts([e for e in examples if e.source == source], site, policy, corpus)


def _verdict(
    example: Example, site: Site, policy: Policy, corpus: Corpus, evidence: EvidenceStore, clock: Callable[[], float]
) -> Verdict:
    comment = replace(example.comment, site=site.id)
    began = clock()
    asked = question(comment, 1, BUILT_IN)
    questioned = clock()
    answer = replace(evidence.look_up(site.id, [asked])[0], corpus=corpus.about(comment))
    known = facts(site, answer, comment.received)
    answered = clock()
    decision = decide(comment, known, ask(comment, known, BUILT_IN), policy)
    spent = questioned - began + clock() - answered
    probability = judged(comment, known.corpus).probability
    return Verdict(example, decision, probability, spent * 1e6, known.corpus.ham + known.corpus.spam)
