"""Show which part of the service takes the processor time of a comment, and what it asks of Valkey.

    python -m bench.ingest_parts [--rounds 5] [--seconds 4]

In each round comments are accepted, judged, learned from and delivered. The medians of the rounds are printed: the
processor time of each part for a comment, the reads of Valkey from its connections, which are about as many as round
trips, and its commands, of which most are those that scripts call.
"""

import argparse
import statistics
from collections.abc import Mapping

from bench.ingest import RunningService, running_service, send_and_wait
from bench.processor_time import processor_seconds
from comments.storage.redis import connect

SHOWN_COMMANDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of load in each round")
    chosen = parser.parse_args()
    with running_service() as service:
        send_and_wait(service, 0, 1)  # the first round warms up
        rounds = [costs(service, 1 + n, chosen.seconds) for n in range(chosen.rounds)]
    for unit, digits, found in zip(("µs", "reads", "commands"), (0, 2, 2), zip(*rounds, strict=True), strict=True):
        names = {name for one in found for name in one}
        medians = {name: statistics.median(one.get(name, 0.0) for one in found) for name in names}
        total = statistics.median(sum(one.values()) for one in found)
        for name, value in [("all", total), *sorted(medians.items(), key=lambda both: -both[1])[:SHOWN_COMMANDS]]:
            print(f"{name:20} {value:8,.{digits}f} {unit}")


def costs(service: RunningService, seed: int, seconds: float) -> tuple[dict[str, float], ...]:
    """Return for a comment the microseconds of each part, the reads of Valkey, and its calls of each command."""
    before = figures(service)
    n = send_and_wait(service, seed, seconds)
    return tuple(
        {name: (value - was.get(name, 0)) / n for name, value in now.items()}
        for was, now in zip(before, figures(service), strict=True)
    )


def figures(service: RunningService) -> tuple[Mapping[str, float], ...]:
    times = {part: processor_seconds(pids) * 1e6 for part, pids in service.pids.items()}
    info = connect(service.settings).info("all")
    calls = {name.removeprefix("cmdstat_"): of["calls"] for name, of in info.items() if name.startswith("cmdstat_")}
    return times, {"reads": info["total_reads_processed"]}, calls


if __name__ == "__main__":
    main()
