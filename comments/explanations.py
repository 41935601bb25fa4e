"""Find the smallest change that would have approved a comment, from the signals of its decision."""

from collections.abc import Iterator
from dataclasses import dataclass

from .model import Decision, Signal
from .signals import UNDECLARED, SignalCatalogue

#: Points are stored with three digits. A smaller difference does not count.
SAME_POINTS = 0.0005


@dataclass(frozen=True, slots=True)
class Change:
    """One necessary change. `below` is the number of points that the signal must stay below."""

    signal: str
    text: str
    below: float | None = None  # None: the signal must be absent


def smallest_changes(decision: Decision, signals: SignalCatalogue) -> tuple[Change, ...]:
    """Changes that together would have approved the comment; empty for an approved one.

    Every signal that holds must be absent. Then points are removed, beginning with the strongest signal. A signal is
    weakened just enough. It must be absent if that is not enough, or if it cannot be weaker.
    """
    absent = tuple(_without(signal, signals) for signal in decision.signals if signal.holds)
    return (*absent, *_with_fewer_points(decision, signals))


def explanation(decision: Decision, signals: SignalCatalogue) -> str:
    """The changes as one sentence; empty for an approved comment."""
    found = [change.text for change in smallest_changes(decision, signals)]
    if not found:
        return ""
    *first, last = found
    return f"Approved if {', '.join(first)} and if {last}." if first else f"Approved if {last}."


def _without(signal: Signal, signals: SignalCatalogue) -> Change:
    text = signals.get(signal.name, UNDECLARED).avoided_by or "the signal {name} were absent"
    return Change(signal.name, _filled(text, signal))


def _with_fewer_points(decision: Decision, signals: SignalCatalogue) -> Iterator[Change]:
    """Take points away, from the strongest signal on, until the score is below the site's threshold."""
    excess = decision.score - decision.hold_at
    for signal in sorted(decision.signals, key=lambda s: -s.points):
        if excess < -SAME_POINTS or signal.points <= 0:
            return
        yield _weakened(signal, signal.points - excess, signals)
        excess -= signal.points


def _weakened(signal: Signal, below: float, signals: SignalCatalogue) -> Change:
    info = signals.get(signal.name)
    if info and not info.gradual:
        return _without(signal, signals)
    text = _filled(info.avoided_by if info else "the signal {name} were weaker", signal)
    before = _number(signal.points)
    if below <= SAME_POINTS:
        return Change(signal.name, f"{text} (no points instead of {before})")
    return Change(signal.name, f"{text} (below {_number(below)} points instead of {before})", below)


def _filled(text: str, signal: Signal) -> str:
    return text.format(evidence=signal.evidence or signal.name, name=signal.name)


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
