"""From signals to a decision: weigh, add, compare with two thresholds."""

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
from comments.reports import REPORTED
from comments.site import Site
from workers.filters import Filter, Mark, Weight

FAILED = "filter.failed"  # a filter broke: never approve on partial evidence
NEEDS_HUMAN = "needs-human"  # judging this comment was tried too often
AUDIT = "audit.sample"  # chosen by chance, so that a person sees what the filters settle alone
HELD_BEFORE = "held-before"  # and changed by its author since
OWN: Mapping[str, Weight] = {
    FAILED: Mark.PERSON,
    NEEDS_HUMAN: Mark.PERSON,
    AUDIT: Mark.PERSON,
    HELD_BEFORE: Mark.HOLD,
    REPORTED: Mark.HOLD,  # seen later than all others, and never weighed with them
}

#: What a site has that chose nothing.
UNCHOSEN = {f.name: f.default for f in fields(Site) if f.name in ("hold_at", "spam_at")}


@dataclass(frozen=True)
class Policy:
    """What each signal weighs, and the points at which a comment is held for a person or is spam.

    A mark adds no points, except REJECT, which makes a comment spam whoever wrote it: so a signal marked HOLD cannot
    make a comment spam, alone or with others.
    """

    hold_at: float = 3.0
    spam_at: float = 8.0
    weights: Mapping[str, Weight] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Changes when any number in the policy changes; stored with every decision."""
        weights = sorted((name, str(weight)) for name, weight in self.weights.items())
        return blake2b(repr((self.hold_at, self.spam_at, weights)).encode(), digest_size=6).hexdigest()

    def for_site(self, site: Site) -> Self:
        """This policy with the site's thresholds, where the site chose any."""
        hold_at = self.hold_at if site.hold_at == UNCHOSEN["hold_at"] else site.hold_at
        spam_at = self.spam_at if site.spam_at == UNCHOSEN["spam_at"] else site.spam_at
        same = (hold_at, spam_at) == (self.hold_at, self.spam_at)
        return self if same else replace(self, hold_at=hold_at, spam_at=spam_at)

    def points(self, signal: Signal) -> float:
        """Raises KeyError for a signal that no filter declared."""
        weight = self.weights[signal.name]
        if weight is Mark.REJECT:
            weight = self.spam_at
        return 0.0 if isinstance(weight, Mark) else round(weight * signal.strength, 3)

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
        return self.weights[signal.name] in (Mark.HOLD, Mark.PERSON)

    def _action(self, score: float, seen: set[Weight]) -> Action:
        if Mark.PERSON in seen:
            return Action.HOLD
        if Mark.REJECT in seen or score >= self.spam_at:
            return Action.SPAM
        return Action.HOLD if score >= self.hold_at or Mark.HOLD in seen else Action.APPROVE


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsInvalid(f"{name} must be a number, not {value!r}")
    return float(value)


def _declared(filters: Iterable[Filter]) -> dict[str, Weight]:
    """Raises SettingsInvalid when two filters give a signal the same name."""
    pairs = [*OWN.items(), *(pair for f in filters for pair in f.weights.items())]
    if twice := [name for name, n in Counter(name for name, _ in pairs).items() if n > 1]:
        raise SettingsInvalid(f"more than one filter gives these signals: {sorted(twice)}")
    return dict(pairs)


def build(filters: Iterable[Filter], overrides: Mapping[str, Any]) -> Policy:
    """The filters' own weights and the default thresholds, overridden by a policy file's two tables.

    Raises SettingsInvalid for what is not there to be set: other tables, signals that no filter gives, marks.
    """
    declared = _declared(filters)
    weights, thresholds = overrides.get("weights", {}), overrides.get("thresholds", {})
    wrong = [f"[{table}]" for table in overrides if table not in ("weights", "thresholds")]
    wrong += [f"thresholds.{name}" for name in thresholds if name not in UNCHOSEN]
    wrong += [f"weights.{name}: no filter gives it" for name in weights if name not in declared]
    wrong += [f"weights.{name}: it has no points" for name in weights if isinstance(declared.get(name), Mark)]
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
