"""Writes the tables of costs and of needs into docs/sizing.md: `python -m docs.sizing_table`.

The needs are computed from the costs. To use figures of your own machine, change COSTS and run it again.
"""

import re
from dataclasses import dataclass
from math import ceil
from pathlib import Path

PAGE = Path(__file__).parent / "sizing.md"
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Cost:
    name: str
    value: float
    unit: str
    command: str  # that measures it


COSTS = {
    "accept": Cost("accept a comment, web", 1_520, "µs", "python -m bench.comment_cost"),
    "judge": Cost("judge it, one judge", 695, "µs", "python -m bench.comment_cost"),
    "store": Cost("accept and judge it, Valkey", 618, "µs", "python -m bench.comment_cost"),
    "read": Cost("read a thread from the cache, web", 280, "µs", "python -m bench.comment_cost"),
    "memory": Cost("a decided comment, in memory", 2_016, "bytes", "python -m bench.memory"),
    "index": Cost("a comment in the search index, in memory", 1_200, "bytes", "python -m bench.queue"),
    "fork": Cost("fork for a backup or a new file, for each GB of data", 220, "ms", "python -m bench.backup"),
}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The assumptions of the table about traffic, retention and machines."""

    peak: float = 4.0  # the busiest minute compared with the mean
    reads: float = 50.0  # cached pages read for each comment
    used: float = 0.6  # share of a core that may be in use at the peak
    days: int = 90  # comments of so many days are kept
    store_gb: float = 16.0  # data of one Valkey, so that a fork takes seconds at most


@dataclass(frozen=True, slots=True)
class Needs:
    per_second: float  # comments at the peak
    web_cores: float
    judge_cores: float
    store_share: float  # of Valkey's one thread
    memory_gb: float
    disk_gb: float
    stores: int  # installations, or sites on servers of their own
    fork_seconds: float  # of each store


def needs(per_day: float, of: Assumptions) -> Needs:
    """Return what so many comments a day need. The file on disk may grow to three times the data before a rewrite."""
    rate = per_day / SECONDS_PER_DAY * of.peak
    memory = per_day * of.days * (COSTS["memory"].value + COSTS["index"].value) / 1e9
    share = rate * COSTS["store"].value / 1e6
    stores = max(1, ceil(memory / of.store_gb), ceil(share / of.used))
    return Needs(
        per_second=rate,
        web_cores=_cores(rate, COSTS["accept"].value + of.reads * COSTS["read"].value, of),
        judge_cores=_cores(rate, COSTS["judge"].value, of),
        store_share=share,
        memory_gb=memory,
        disk_gb=3 * memory,
        stores=stores,
        fork_seconds=memory / stores * COSTS["fork"].value / 1000,
    )


def _cores(rate: float, microseconds: float, of: Assumptions) -> float:
    return rate * microseconds / 1e6 / of.used


def comments_per_core() -> float:
    """Return the comments a second that one core accepts and judges, with Valkey on the same core."""
    return 1e6 / sum(COSTS[name].value for name in ("accept", "judge", "store"))


def cost_table() -> str:
    rows = [f"| {cost.name} | {cost.value:,.0f} {cost.unit} | `{cost.command}` |" for cost in COSTS.values()]
    return "\n".join(["| Cost | Measured | Command |", "|---|---|---|", *rows]) + "\n"


def needs_table(of: Assumptions = Assumptions()) -> str:
    rows = [
        "| Comments a day | Peak | Web cores | Judge cores | Valkey's thread | Memory | Disk | Stores | Each fork |"
    ]
    rows.append("|---|---|---|---|---|---|---|---|---|")
    for per_day in (10_000, 100_000, 1_000_000, 10_000_000):
        n = needs(per_day, of)
        rows.append(
            f"| {per_day:,} | {n.per_second:,.1f}/s | {n.web_cores:,.2f} | {n.judge_cores:,.2f} | "
            f"{n.store_share:.1%} | {n.memory_gb:,.1f} GB | {n.disk_gb:,.0f} GB | {n.stores} | "
            f"{n.fork_seconds:,.1f} s |"
        )
    return "\n".join(rows) + "\n"


def with_tables(text: str) -> str:
    """Return the page with both tables as they should be."""
    for heading, table in (("## Costs", cost_table()), ("## Needs", needs_table())):
        before, found, after = text.partition(heading)
        text = before + found + re.sub(r"(?:^\|.*\n)+", lambda _, t=table: t, after, count=1, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
