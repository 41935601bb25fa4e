"""Find the smallest change that would have published a comment, from the signals of its decision."""

from collections.abc import Iterator
from dataclasses import dataclass

from .model import Decision, Signal
from .signals import UNDECLARED, SignalCatalogue, signal_title

#: Points are stored with three digits. A smaller difference does not count.
SAME_POINTS = 0.0005
#: Changes that the sentence names. More are summed up, because nobody reads a chain of them.
MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One necessary change. `below` is the number of points that the signal must stay below."""

    signal: str
    text: str
    below: float | None = None  # None: the signal must be absent


def smallest_changes(decision: Decision, signals: SignalCatalogue) -> tuple[Change, ...]:
    """Changes that together would have published the comment; empty for a published one.

    Every signal that holds must be absent. Then points are removed, beginning with the strongest signal. A signal is
    weakened just enough. It must be absent if that is not enough, or if it cannot be weaker.
    """
    absent = tuple(_without(signal, signals) for signal in decision.signals if signal.holds)
    return (*absent, *_with_fewer_points(decision, signals))


def explanation(decision: Decision, signals: SignalCatalogue) -> str:
    """The changes as one short sentence; empty for a published comment."""
    found = list(dict.fromkeys(change.text for change in smallest_changes(decision, signals)))
    if len(found) > MAX_NAMED:
        found = [*found[: MAX_NAMED - 1], "nothing else spoke against it"]
    *first, last = found or [""]
    return f"Would be published if {' and '.join(filter(None, (', '.join(first), last)))}." if last else ""


def _without(signal: Signal, signals: SignalCatalogue) -> Change:
    info = signals.get(signal.name, UNDECLARED)
    text = info.avoided_by or f"“{signal_title(signals, signal.name)}” were not among the reasons"
    return Change(signal.name, text.replace("{evidence}", signal.evidence.rstrip(".") or "it"))


def _with_fewer_points(decision: Decision, signals: SignalCatalogue) -> Iterator[Change]:
    """Take points away, from the strongest signal on, until the score is below the site's threshold."""
    excess = decision.score - decision.hold_at
    for signal in sorted(decision.signals, key=lambda s: -s.points):
        if excess < -SAME_POINTS or signal.points <= 0:
            return
        yield _weakened(signal, signal.points - excess, signals)
        excess -= signal.points


def _weakened(signal: Signal, below: float, signals: SignalCatalogue) -> Change:
    absent, info = _without(signal, signals), signals.get(signal.name)
    can_be_weaker = (info is None or info.gradual) and below > SAME_POINTS
    return Change(signal.name, absent.text, below) if can_be_weaker else absent
