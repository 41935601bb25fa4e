"""Measure the shipped service beside a bare Flask route and Isso, and write docs/performance.md with its chart.

    python -m bench.performance [--rounds 5] [--seconds 2] [--most 100000] [--dry-run]

Needs `wrk` and takes seven minutes with two idle cores. Costs are processor time of the server's processes and of
Valkey for one request, because it depends less on what else runs than the clock does. Valkey writes to disk before
each answer. Growth compares a store of a thousand comments with one of `--most`.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import TypeVar

from bench.growth import growth
from bench.idle_streams import idle_stream_costs
from bench.ingest import decision_seconds, running_service, sustained_cost
from bench.memory import comment_memory
from bench.performance_page import write_page
from bench.performance_rows import ROWS
from bench.request_costs import request_costs

T = TypeVar("T")

DECISIONS, STORED = 300, 10_000


def measure(rounds: int, seconds: float, most: int) -> dict[str, float]:
    """Return every figure that the rows name."""
    found = {"load": os.getloadavg()[0]} | part("requests", lambda: request_costs(rounds, seconds))
    with running_service() as service:
        median, p99 = part("decisions", lambda: decision_seconds(service, DECISIONS))
        found |= {"decision": median * 1000, "decision p99": p99 * 1000}
        found["sustained"] = part("sustained ingest", lambda: sustained_cost(service, 2 * seconds))
    found["stream memory"], found["stream time"] = part("idle streams", idle_stream_costs)
    found["memory"] = part("memory", lambda: comment_memory(STORED).later)
    grown = part(f"growth to {most:,}", lambda: growth(most, rounds, 1))
    return found | {f"growth of {name}": ratio for name, ratio in grown.items()}


def part(name: str, measured: Callable[[], T]) -> T:
    """Print how long a part of the measurement took."""
    begun = time.monotonic()
    result = measured()
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load, for each kind of request in each round")
    parser.add_argument("--most", type=int, default=100_000, help="stored comments, for example 1000000")
    parser.add_argument("--dry-run", action="store_true", help="print the table, but do not write the page")
    chosen = parser.parse_args()
    found = measure(chosen.rounds, chosen.seconds, chosen.most)
    for row in ROWS:
        print(" | ".join(row.cells(found)))
    if not chosen.dry_run:
        write_page(found, chosen.most)


if __name__ == "__main__":
    main()
