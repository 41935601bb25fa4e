"""Writes the table of signals into docs/signals.md: `python -m docs.signal_table`.

A test compares the page with the signals that the filters and the judge declare.
"""

import re
from pathlib import Path

from comments.signals import Override, SignalInfo
from workers.filters import BUILT_IN
from workers.judging.policy import JUDGE_SIGNALS, catalogue

PAGE = Path(__file__).parent / "signals.md"
ROW = re.compile(r"(?:^\| `[a-z-]+\.[a-z-]+` \|.*\n|^\| `needs-human` \|.*\n|^\| `held-before` \|.*\n)+", re.MULTILINE)


def row(name: str, info: SignalInfo) -> str:
    weight = info.weight.value if isinstance(info.weight, Override) else f"{info.weight:g}"
    return f"| `{name}` | {weight} | {info.meaning} |\n"


def markdown_rows() -> str:
    """One row per signal: the filters' in their order, then the judge's."""
    declared = catalogue(BUILT_IN)
    names = [*(name for name in declared if name not in JUDGE_SIGNALS), *JUDGE_SIGNALS]
    return "".join(row(name, declared[name]) for name in names)


def with_table(text: str) -> str:
    """The page with the table as it should be."""
    return ROW.sub(lambda _: markdown_rows(), text, count=1)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
