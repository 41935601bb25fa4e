"""Turn signals into a decision: weigh them, add the points, compare the sum with two thresholds."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self

from comments.errors import SettingsInvalid
from comments.lifecycle import RESULT, Action, Role
from comments.model import Decision, Signal
from comments.report_rules import REPORTED
from comments.signals import Override, SignalCatalogue, SignalInfo, Weight
from comments.site import Site
from workers.filters import Filter

FILTER_FAILED, NEEDS_HUMAN = "filter.failed", "needs-human"
SPOT_CHECK, HELD_BEFORE = "audit.sample", "held-before"
#: Signals of the judge itself.
JUDGE_SIGNALS: SignalCatalogue = {
    # Evidence is incomplete, so the comment is never approved automatically.
    FILTER_FAILED: SignalInfo(
        Override.PERSON,
        "a filter failed, or gave a signal that it does not declare",
        "no filter had failed ({evidence})",
        label="Filter failed",
    ),
    SPOT_CHECK: SignalInfo(
        Override.PERSON,
        "one of the 2 % (`audit_share` of the site) of automatic decisions that go to a moderator, once the site has "
        "fifteen lessons of spam and fifteen of ham",
        "it had not been chosen as a spot check",
        label="Spot check",
    ),
    NEEDS_HUMAN: SignalInfo(
        Override.PERSON,
        "judging was started five times and never finished",
        "the filters had finished with it",
        label="Could not be judged",
    ),
    HELD_BEFORE: SignalInfo(
        Override.HOLD,
        "it was held when its author edited it: no edit publishes a comment that waits for a moderator",
        "it had not been held before its author edited it",
        label="Edited while in review",
    ),
    # Added after judging, and never weighed with the other signals.
    REPORTED: SignalInfo(
        Override.HOLD,
        "readers of as many networks as the site's `reports_hold` reported it after it was published, and no moderator "
        "had approved it",
        "readers had not reported it",
        harm=3.0,
        label="Reported by readers",
    ),
}

#: Default thresholds of a site.
DEFAULT_THRESHOLDS = {f.name: f.default for f in fields(Site) if f.name in ("hold_at", "spam_at")}


@dataclass(frozen=True)
class Policy:
    """Weight of each signal, and the points from which a comment is held or is spam.

    An override adds no points, except REJECT, which makes every comment spam. So a signal with HOLD cannot make a
    comment spam, alone or with others.
    """

    hold_at: float = 3.0
    spam_at: float = 8.0
    weights: Mapping[str, Weight] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """A hash of all numbers in the policy, stored with every decision."""
        weights = sorted((name, str(weight)) for name, weight in self.weights.items())
        return blake2b(repr((self.hold_at, self.spam_at, weights)).encode(), digest_size=6).hexdigest()

    def for_site(self, site: Site) -> Self:
        """Return this policy with the thresholds that the site sets."""
        hold_at = self.hold_at if site.hold_at == DEFAULT_THRESHOLDS["hold_at"] else site.hold_at
        spam_at = self.spam_at if site.spam_at == DEFAULT_THRESHOLDS["spam_at"] else site.spam_at
        same = (hold_at, spam_at) == (self.hold_at, self.spam_at)
        return self if same else replace(self, hold_at=hold_at, spam_at=spam_at)

    def points(self, signal: Signal) -> float:
        """Return the points of a signal. Raise KeyError for a signal that no filter declares."""
        weight = self.weights[signal.name]
        if weight is Override.REJECT:
            weight = self.spam_at
        return 0.0 if isinstance(weight, Override) else round(weight * signal.strength, 3)

    def decide(self, signals: Iterable[Signal], at: datetime) -> Decision:
        weighed = tuple(
            [Signal(s.name, round(s.strength, 3), s.evidence, self.points(s), self.holds(s)) for s in signals]
        )
        score = round(sum(s.points for s in weighed), 3)
        action = self._action(score, {self.weights[s.name] for s in weighed})
        return Decision(
            action=action,
            status=RESULT[action],
            role=Role.FILTERS,
            by="filters",
            at=at,
            policy=self.version,
            score=score,
            signals=weighed,
            hold_at=self.hold_at,
            spam_at=self.spam_at,
        )

    def holds(self, signal: Signal) -> bool:
        return self.weights[signal.name] in (Override.HOLD, Override.PERSON)

    def _action(self, score: float, seen: set[Weight]) -> Action:
        if Override.PERSON in seen:
            return Action.HOLD
        if Override.REJECT in seen or score >= self.spam_at:
            return Action.SPAM
        return Action.HOLD if score >= self.hold_at or Override.HOLD in seen else Action.APPROVE


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
    declared = {name: info.weight for name, info in catalogue(filters).items()}
    weights, thresholds = overrides.get("weights", {}), overrides.get("thresholds", {})
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
    )
    if not 0 < policy.hold_at <= policy.spam_at:
        raise SettingsInvalid("the policy needs 0 < hold_at <= spam_at")
    return policy
