"""Write docs/performance.md and its chart from figures."""

import os
from html import escape
from pathlib import Path

from bench.performance_rows import MISSED, REACHED, ROWS, Figures, Row, shown

DOCS = Path(__file__).parents[1] / "docs"
PAGE, CHART = DOCS / "performance.md", DOCS / "images" / "performance.svg"
HEADINGS = ("What", "Measured", "Goal", "Result")

TEXT = """# Performance

Measured as shipped: `replygate web` with its defaults, two processes, all comments written to disk before the answer.
`python -m bench.performance` writes this page; it needs `wrk`. Costs are microseconds of processor time of the server
and of Valkey for one request, medians of alternating rounds. The texts are sentences of the demo and of the tests, and
each comment differs from all others. Absolute figures depend on the machine, so goals are ratios where they can be.
This was a machine with {cores} cores and a load average of {load:.1f} at the start.

{reached} of {goals} goals are reached. These are missed: {missed}.

{table}

![Processor time of each request](images/performance.svg)

- *Through Flask alone* is a cached read without the shortcut in front of Flask. It stays while it is worth 1.3 times or
  more: here it is {read:.2f} times. One for submissions was worth 1.27 times in 28
  pairs, and is gone.
- *Nothing cached* is a service whose cache keeps nothing, so every answer is loaded and rendered.
- *Accept, judge, learn and deliver* is the time of all processes and of Valkey for a comment: two judges, the learner,
  the sweep, and a webhook for each published comment.
- *Memory* counts all keys of a comment after everything that expires has gone. A quarter of the comments is held.
- *Growth* compares a store of {most:,} comments with one of 1,000, both at work at the same time.
- Remark42 is not measured here. Where it was measured beside Replygate, on another machine and with an earlier version,
  it took 2,899 µs to accept a comment (Replygate 1,103) and 185 µs for a cached read (Replygate 301).

## Why goals are missed

- *Accept, against Isso.* An eighth of Isso's time is {isso:.0f} µs. The bare route on this server checks nothing, and
  takes {bare:.0f} µs. Isso has no queue, and its limits and its moderation are switched off here.
- *Accept, against the bare routes.* A submission goes through Flask like every other request. Each then pays for what
  the bare routes leave out: its key or its origin, the check of each field, the pseudonyms of its networks and its
  author, limits and repeats, a line of the log, and a script with about 25 commands instead of one.
- *304.* It saves only the body of a cached answer. Both receive the request, ask Valkey for the version of the thread,
  in one round trip for all requests that wait, and write a line of the log. Without the question to Valkey, readers
  could see a comment after its removal. The goal falls with the cost of a cached read: a 304 takes {unchanged:.2f} of
  the time of the bare route that sends the page.
"""


def write_page(found: Figures, most: int) -> None:
    PAGE.write_text(page(found, most))
    CHART.write_text(chart(found))


def page(found: Figures, most: int) -> str:
    results = [(row, row.cells(found)) for row in ROWS]
    missed = [row.name for row, cells in results if cells[-1] == MISSED]
    reached = sum(cells[-1] == REACHED for _, cells in results)
    return TEXT.format(
        reached=reached,
        goals=reached + len(missed),
        missed="; ".join(name[0].lower() + name[1:] for name in missed) or "none",
        table=table([cells for _, cells in results]),
        read=found["read by Flask"] / found["read"],
        isso=found["Isso accept"] / 8,
        bare=found["bare accept"],
        unchanged=found["304"] / found["bare read"],
        most=most,
        cores=os.cpu_count(),
        load=found["load"],
    )


def table(rows: list[tuple[str, str, str, str]]) -> str:
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)


BAR, GAP, LEFT, WIDTH = 16, 8, 400, 900


def chart(found: Figures) -> str:
    """Draw a bar for each charted row. Colours suit light and dark pages."""
    rows = [row for row in ROWS if row.charted]
    largest = max(found[row.figure] for row in rows)
    height = len(rows) * (BAR + GAP) + GAP
    bars = "".join(_bar(row, found[row.figure], largest, GAP + n * (BAR + GAP)) for n, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="#777">'
        f"<title>Microseconds of processor time of each request</title>{bars}</svg>\n"
    )


def _bar(row: Row, value: float, largest: float, top: int) -> str:
    width = max(1, round((WIDTH - LEFT - 70) * value / largest))
    middle, colour = top + BAR - 4, "#2a7" if row.goal else "#999"
    return (
        f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(row.name)}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{width}" height="{BAR}" fill="{colour}"/>'
        f'<text x="{LEFT + width + 6}" y="{middle}">{shown(value)} µs</text>'
    )
