"""Turn signals into a decision: weigh them, add the points, compare the sum with two thresholds."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple, Self

from comments.errors import SettingsInvalid
from comments.given_up import GIVEN_UP
from comments.lifecycle import RESULT, Action, Role
from comments.model import Decision, Signal
from comments.report_rules import REPORTED
from comments.signals import LINKS_TRUSTED, Override, SignalCatalogue, SignalInfo, Weight
from comments.site import Site
from workers.filters import Filter

FILTER_FAILED, NEEDS_HUMAN = "filter.failed", GIVEN_UP
SPOT_CHECK, HELD_BEFORE, CERTAIN = "audit.sample", "held-before", "learned.certain"
#: Probability of spam, by the shipped model and the site's lessons, from which no comment is published unseen.
CERTAIN_PROBABILITY = 0.95
#: Points that all signals about earlier comments can take away together.
MAX_HISTORY = 1.0
#: Signals of the judge itself.
JUDGE_SIGNALS: SignalCatalogue = {
    # Evidence is incomplete, so the comment is never approved automatically.
    FILTER_FAILED: SignalInfo(
        Override.PERSON,
        "a filter failed, or gave a signal that it does not declare",
        "no filter had failed",
        title="A filter failed",
        sentence="A filter failed, so a moderator decides ({evidence}).",
        tone="warn",
    ),
    SPOT_CHECK: SignalInfo(
        Override.PERSON,
        "one of the 2 % (`audit_share` of the site) of automatic decisions that go to a moderator, once the site has "
        "fifteen lessons of spam and fifteen of ham",
        "it had not been chosen as a spot check",
        title="Spot check",
        sentence="{evidence}.",
        tone="warn",
    ),
    NEEDS_HUMAN: SignalInfo(
        Override.PERSON,
        "judging was started five times and never finished",
        "the filters had finished with it",
        title="Could not be judged",
        sentence="{evidence}.",
        tone="warn",
    ),
    HELD_BEFORE: SignalInfo(
        Override.HOLD,
        "it was held when its author edited it: no edit publishes a comment that waits for a moderator",
        "it had not waited for a moderator before the edit",
        momentary=True,
        title="Edited during review",
        sentence="{evidence}.",
        tone="warn",
    ),
    CERTAIN: SignalInfo(
        Override.HOLD,
        "the shipped model and the site's lessons say that it is spam with 95 % or more, and other signals would have "
        "published it",
        "the text looked less like advertising",
        title="Almost certainly spam",
        sentence="{evidence}.",
        tone="bad",
    ),
    # Added after judging, and never weighed with the other signals.
    REPORTED: SignalInfo(
        Override.HOLD,
        "readers of as many networks as the site's `reports_hold` reported it after it was published, and no moderator "
        "had approved it",
        "readers had not reported it",
        harm=3.0,
        title="Reported by readers",
        sentence="It was {evidence}.",
        tone="bad",
        brief="{evidence}",
    ),
}

#: Default thresholds of a site.
DEFAULT_THRESHOLDS = {f.name: f.default for f in fields(Site) if f.name in ("hold_at", "spam_at")}


class Weighing(NamedTuple):
    """The action that the signals give, the sum of their points, and the weighed signals."""

    action: Action
    score: float
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Policy:
    """Weight of each signal, and the points from which a comment is held or is spam.

    An override adds no points, except REJECT, which makes every comment spam. So a signal with HOLD cannot make a
    comment spam, alone or with others. `firm` and `history` are the signals with these properties of `SignalInfo`,
    and `of_links` those that give no points if a rule trusts every link.
    """

    hold_at: float = 3.0
    spam_at: float = 8.0
    weights: Mapping[str, Weight] = field(default_factory=dict)
    firm: frozenset[str] = frozenset()
    history: frozenset[str] = frozenset()
    of_links: frozenset[str] = frozenset()

    @cached_property
    def version(self) -> str:
        """A hash of all numbers in the policy, stored with every decision."""
        weights = sorted((name, str(weight)) for name, weight in self.weights.items())
        kinds = [sorted(names) for names in (self.firm, self.history, self.of_links)]
        numbers = (self.hold_at, self.spam_at, weights, *kinds, MAX_HISTORY)
        return blake2b(repr(numbers).encode(), digest_size=6).hexdigest()

    def for_site(self, site: Site) -> Self:
        """Return this policy with the thresholds that the site sets."""
        hold_at = self.hold_at if site.hold_at == DEFAULT_THRESHOLDS["hold_at"] else site.hold_at
        spam_at = self.spam_at if site.spam_at == DEFAULT_THRESHOLDS["spam_at"] else site.spam_at
        same = (hold_at, spam_at) == (self.hold_at, self.spam_at)
        return self if same else replace(self, hold_at=hold_at, spam_at=spam_at)

    @cached_property
    def _only_holding(self) -> frozenset[str]:
        """The signals that hold a comment whatever their strength is. Members of an enum take long to hash."""
        return frozenset(name for name, weight in self.weights.items() if weight in (Override.HOLD, Override.PERSON))

    def points(self, signal: Signal) -> float:
        """Return the points of a signal. Raise KeyError for a signal that no filter declares."""
        weight = self.weights[signal.name]
        if weight is Override.REJECT:
            weight = self.spam_at
        return 0.0 if isinstance(weight, Override) else round(weight * signal.strength, 3)

    def decide(
        self, signals: Iterable[Signal], at: datetime, may_refuse: bool = True, log_odds: float = 0.0
    ) -> Decision:
        """Weigh the signals and decide. `log_odds` are those of the model, which the decision stores."""
        return self.decision(self.weigh(signals, may_refuse), at, log_odds)

    def weigh(self, signals: Iterable[Signal], may_refuse: bool = True) -> Weighing:
        """Weigh the signals. Without `may_refuse`, points only hold."""
        given = list(signals)
        points = [self.points(s) for s in given]
        names = frozenset([s.name for s in given])
        if LINKS_TRUSTED in names or not self.history.isdisjoint(names):
            points = self._limited(given, points, self.of_links if LINKS_TRUSTED in names else frozenset())
        weighed = tuple(
            [
                Signal(s.name, round(s.strength, 3), s.evidence, worth, self.holds(s, worth))
                for s, worth in zip(given, points, strict=True)
            ]
        )
        score = round(sum(points), 3)
        return Weighing(self._action(score, weighed, may_refuse), score, weighed)

    def decision(
        self, weighing: Weighing, at: datetime, log_odds: float = 0.0, masked: str = "", wave: str = ""
    ) -> Decision:
        return Decision(
            action=weighing.action,
            status=RESULT[weighing.action],
            role=Role.FILTERS,
            by="filters",
            at=at,
            policy=self.version,
            score=weighing.score,
            signals=weighing.signals,
            hold_at=self.hold_at,
            spam_at=self.spam_at,
            log_odds=log_odds,
            masked=masked,
            wave=wave,
        )

    def holds(self, signal: Signal, points: float) -> bool:
        """Decide if a signal holds a comment: by its override, or as a firm one at full strength that gives points."""
        return signal.name in self._only_holding or (signal.name in self.firm and signal.strength >= 1 and points > 0)

    def _limited(self, given: Sequence[Signal], points: Sequence[float], no_points: frozenset[str]) -> list[float]:
        """Return the points without those of trusted links, and with the limit for signals about earlier comments."""
        total = sum([worth for s, worth in zip(given, points, strict=True) if s.name in self.history])
        kept = min(1.0, MAX_HISTORY / -total) if total < 0 else 1.0
        shares = [0.0 if s.name in no_points else kept if s.name in self.history else 1.0 for s in given]
        return [round(worth * share, 3) for worth, share in zip(points, shares, strict=True)]

    def _action(self, score: float, weighed: Iterable[Signal], may_refuse: bool) -> Action:
        weights = [self.weights[s.name] for s in weighed]
        if Override.PERSON in weights:
            return Action.HOLD
        is_rejected = Override.REJECT in weights
        if is_rejected or (may_refuse and score >= self.spam_at and not self._is_one_firm_signal(weighed)):
            return Action.SPAM
        return Action.HOLD if score >= self.hold_at or any(s.holds for s in weighed) else Action.APPROVE

    def _is_one_firm_signal(self, weighed: Iterable[Signal]) -> bool:
        against = [s.name for s in weighed if s.points > 0]
        return len(against) == 1 and against[0] in self.firm


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsInvalid(f"{name} must be a number, not {value!r}")
    return float(value)


def catalogue(filters: Iterable[Filter]) -> dict[str, SignalInfo]:
    """Return the signals of these filters and of the judge. Raise SettingsInvalid if two have the same name."""
    pairs = [*JUDGE_SIGNALS.items(), *(pair for f in filters for pair in f.signals.items())]
    if repeated := [name for name, n in Counter(name for name, _ in pairs).items() if n > 1]:
        raise SettingsInvalid(f"more than one filter declares these signals: {sorted(repeated)}")
    return dict(pairs)


def build_policy(filters: Iterable[Filter], overrides: Mapping[str, Any]) -> Policy:
    """Return the filters' weights and the default thresholds, changed by the two tables of a policy file.

    Raise SettingsInvalid for other tables, unknown signals and signals without points.
    """
    signals = catalogue(filters)
    declared = {name: info.weight for name, info in signals.items()}
    weights, thresholds = overrides.get("weights", {}), overrides.get("thresholds", {})
    if not (isinstance(weights, Mapping) and isinstance(thresholds, Mapping)):
        raise SettingsInvalid("weights and thresholds must be tables, written as [weights] and [thresholds]")
    wrong = [f"[{table}]" for table in overrides if table not in ("weights", "thresholds")]
    wrong += [f"thresholds.{name}" for name in thresholds if name not in DEFAULT_THRESHOLDS]
    wrong += [f"weights.{name}: no filter gives this signal" for name in weights if name not in declared]
    wrong += [f"weights.{name}: has no points" for name in weights if isinstance(declared.get(name), Override)]
    if wrong:
        raise SettingsInvalid(f"the policy cannot set {'; '.join(sorted(wrong))}")
    numbers = {name: _number(f"weights.{name}", value) for name, value in weights.items()}
    policy = Policy(
        **{name: _number(f"thresholds.{name}", value) for name, value in thresholds.items()},
        weights=declared | numbers,
        firm=frozenset(name for name, info in signals.items() if info.firm),
        history=frozenset(name for name, info in signals.items() if info.history),
        of_links=frozenset(name for name, info in signals.items() if info.of_links),
    )
    if not 0 < policy.hold_at <= policy.spam_at:
        raise SettingsInvalid("the policy needs 0 < hold_at <= spam_at")
    return policy
