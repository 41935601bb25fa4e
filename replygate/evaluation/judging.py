"""The filters at work on labelled comments: as they come, or learning from each that a moderator would see."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from comments.lifecycle import Action, Label
from comments.model import Comment, Decision, Site
from comments.storage import Evidence, TokenCounts
from comments.storage.memory import open_memory
from workers.filters import BUILT_IN
from workers.judge import ask, facts, question
from workers.learned import judged
from workers.learning import tokens
from workers.policy import Policy

from .examples import Example


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the filters decided, and what it took them."""

    example: Example
    decision: Decision
    probability: float  # of spam, by what is learned alone
    microseconds: float  # of processor time

    @property
    def wrong(self) -> bool:
        """Published spam, or an honest comment that was held or refused."""
        return self.example.spam is (self.decision.action is Action.APPROVE)


@dataclass
class Corpus:
    """A site's lessons, kept in memory, so that evaluating teaches the site nothing."""

    lessons: Counter[Label] = field(default_factory=Counter)
    seen: dict[Label, Counter[str]] = field(default_factory=lambda: {label: Counter() for label in Label})

    @classmethod
    def of(cls, known: TokenCounts) -> "Corpus":
        corpus = cls(Counter({Label.HAM: known.ham, Label.SPAM: known.spam}))
        for token, (ham, spam) in known.tokens.items():
            corpus.seen[Label.HAM][token], corpus.seen[Label.SPAM][token] = ham, spam
        return corpus

    def about(self, comment: Comment) -> TokenCounts:
        ham, spam = self.seen[Label.HAM], self.seen[Label.SPAM]
        known = {t: (ham[t], spam[t]) for t in tokens(comment) if ham[t] or spam[t]}
        return TokenCounts(self.lessons[Label.HAM], self.lessons[Label.SPAM], known)

    def learn(self, example: Example) -> None:
        label = Label.SPAM if example.spam else Label.HAM
        self.lessons[label] += 1
        self.seen[label].update(tokens(example.comment))


def verdicts(
    examples: Sequence[Example],
    site: Site,
    policy: Policy,
    corpus: Corpus,
    learning: bool = False,
    clock: Callable[[], float] = time.thread_time,
) -> Iterator[Verdict]:
    """In the order given, which is that of time. With `learning`, a held comment teaches its label."""
    weights = policy.for_site(site)
    moment = [examples[0].comment.received]
    evidence = open_memory(lambda: moment[0]).evidence
    for example in examples:
        moment[0] = example.comment.received
        verdict = _verdict(example, site, weights, corpus, evidence, clock)
        yield verdict
        if learning and verdict.decision.action is Action.HOLD:
            corpus.learn(example)


def _verdict(
    example: Example, site: Site, policy: Policy, corpus: Corpus, evidence: Evidence, clock: Callable[[], float]
) -> Verdict:
    comment = replace(example.comment, site=site.id)
    began = clock()
    asked = question(comment, 1, BUILT_IN)
    questioned = clock()
    answer = replace(evidence.look_up(site.id, [asked])[0], corpus=corpus.about(comment))
    known = facts(site, answer, comment.received)
    answered = clock()
    decision = policy.decide(ask(comment, known, BUILT_IN), comment.received)
    spent = questioned - began + clock() - answered
    return Verdict(example, decision, judged(comment, known.corpus).probability, spent * 1e6)
