"""The rows of docs/performance.md: what is measured, and the goal of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Figures = Mapping[str, float]

REACHED, MISSED, NO_GOAL = "reached", "**missed**", ""


@dataclass(frozen=True, slots=True)
class Goal:
    """The most that a figure may be, in words and as a number that may depend on other figures."""

    words: str
    most: Callable[[Figures], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `figure` is a key of the figures."""

    name: str
    figure: str
    unit: str = "µs"
    goal: Goal | None = None
    charted: bool = False

    def cells(self, found: Figures) -> tuple[str, str, str, str]:
        """Return name, figure, goal and result as text."""
        value = f"{shown(found[self.figure])} {self.unit}".strip()
        if self.goal is None:
            return self.name, value, "", NO_GOAL
        most = self.goal.most(found)
        goal = f"{self.goal.words}: at most {shown(most)}"
        return self.name, value, goal, REACHED if found[self.figure] <= most else MISSED


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(factor: float, figure: str) -> Callable[[Figures], float]:
    return lambda found: factor * found[figure]


def constant(most: float) -> Callable[[Figures], float]:
    return lambda found: most


SUSTAINED = Goal("640 comments a second and core", constant(1e6 / 640))
GROWTH = Goal("a fifth more", constant(1.2))

ROWS = (
    Row("Accept: bare Flask route with one Lua call, this server", "bare accept", charted=True),
    Row("Accept: the same on Granian's WSGI", "bare accept, WSGI", charted=True),
    Row(
        "Accept a comment with a site key",
        "accept",
        goal=Goal("1.25 times the bare route", times(1 / 0.8, "bare accept")),
        charted=True,
    ),
    Row(
        "Accept, against Granian's WSGI",
        "accept",
        goal=Goal("1.67 times the bare route there", times(1 / 0.6, "bare accept, WSGI")),
    ),
    Row("Accept, against Isso", "accept", goal=Goal("an eighth of Isso's", times(1 / 8, "Isso accept"))),
    Row("Accept a plain form", "form", charted=True),
    Row("Accept: Isso", "Isso accept", charted=True),
    Row("Read: bare Flask route with one GET, the same bytes", "bare read", charted=True),
    Row(
        "Read a thread of 50, cached",
        "read",
        goal=Goal("the bare route", times(1, "bare read")),
        charted=True,
    ),
    Row(
        "Read: the reader has it already (304)",
        "304",
        goal=Goal("half a cached read", times(0.5, "read")),
        charted=True,
    ),
    Row("Read: counts of 50 threads", "counts", goal=Goal("a cached read", times(1, "read")), charted=True),
    Row("Read: through Flask alone", "read by Flask", charted=True),
    Row("Read a thread of 50, nothing cached", "cold read", charted=True),
    Row("Read: Isso", "Isso read"),
    Row("Accept, judge, learn and deliver a comment", "sustained", goal=SUSTAINED, charted=True),
    Row("From sending to the decision, median", "decision", "ms"),
    Row("From sending to the decision, 99th percentile", "decision p99", "ms"),
    Row("Memory of a decided comment of 200 characters", "memory", "bytes", Goal("1.5 kB", constant(1500))),
    Row("Memory of an idle event stream", "stream memory", "bytes"),
    Row("Processor time of an idle event stream, each second", "stream time"),
    Row("Growth: accept", "growth of accept", "times", GROWTH),
    Row("Growth: judge", "growth of judge", "times", GROWTH),
    Row("Growth: cached read", "growth of read", "times", GROWTH),
    Row("Growth: counts", "growth of counts", "times", GROWTH),
    Row("Growth: read with nothing cached", "growth of cold read", "times", GROWTH),
)
