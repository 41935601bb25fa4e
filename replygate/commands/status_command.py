"""`replygate status`: the figures of the ops page in a terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import click

from replygate.text_table import columns
from service.ops.dashboard import Figures, WorkerRow, figures, format_bytes, format_duration
from service.ops.health import SystemHealth, problems

#: Seconds between two looks at least: a look takes some milliseconds of storage for each site.
LEAST_SECONDS = 0.2


def status_report(earlier: SystemHealth, health: SystemHealth) -> str:
    """Describe the state in sentences and tables. Rates are measured since `earlier`."""
    shown = figures(health, {})
    sentences = (f"  - {sentence}" for sentence in (*shown.problems, *shown.warnings))
    blocks = ["\n".join([f"{shown.headline}{'.' if shown.well else ':'}", *sentences])]
    if not health.down:
        seconds = 0.0 if earlier.down else (health.at - earlier.at).total_seconds()
        blocks += [_totals(figures(earlier, {}), shown, seconds), *_tables(shown)]
    return "\n\n".join(blocks)


def watch(look: Callable[[], SystemHealth], seconds: float) -> None:
    """Print the state every `seconds` until Ctrl-C: over the state before on a terminal, below it anywhere else."""
    with suppress(KeyboardInterrupt):
        earlier = look()
        while True:
            time.sleep(max(LEAST_SECONDS, seconds))
            health = look()
            click.clear()  # does nothing without a terminal
            click.echo(f"{health.at:%Y-%m-%d %H:%M:%S} UTC\n\n{status_report(earlier, health)}\n")
            earlier = health


def is_ready(health: SystemHealth) -> bool:
    return not problems(health)


def _tables(shown: Figures) -> Iterator[str]:
    yield columns(
        ("SITE", "QUEUED", "OLDEST", "ACCEPTED", "PUBLISHED", "NEEDS REVIEW", "SPAM"),
        [
            (s.id, s.queued, format_duration(s.oldest_seconds), s.accepted, s.approved, s.held, s.spam)
            for s in shown.sites
        ],
    )
    yield columns(("PART", "PROCESSES"), [(part.name, part.processes) for part in shown.parts])
    yield columns(
        ("RQ QUEUE", "WORKERS", "QUEUED", "STARTED", "FAILED"),
        [(q.name, q.workers, q.queued, q.started, q.failed) for q in shown.queues],
    )
    if shown.workers:
        yield columns(
            ("WORKER", "QUEUE", "JOB", "SITE", "FOR", "DONE", "FAILED", "MEMORY"),
            list(map(_worker_cells, shown.workers)),
        )


def _worker_cells(worker: WorkerRow) -> tuple[object, ...]:
    name, since = worker.name, format_duration(worker.job_seconds)
    memory = format_bytes(worker.memory_bytes)
    return name, worker.queue, worker.job, worker.site, since, worker.done, worker.failed, memory


def _totals(earlier: Figures, shown: Figures, seconds: float) -> str:
    limit = f" of {format_bytes(shown.memory_limit_bytes)}" if shown.memory_limit_bytes else ""
    oldest = f", oldest {format_duration(shown.oldest_seconds)}" if shown.queued else ""
    times = f"median {format_duration(shown.median_seconds)}, p99 {format_duration(shown.slow_seconds)}"
    return columns(
        ("Queued", f"{shown.queued:,}{oldest}"),
        [
            ("Accepted", f"{shown.accepted:,}{_rate(shown.accepted - earlier.accepted, seconds)}"),
            ("Decided", f"{shown.decided:,}{_rate(shown.decided - earlier.decided, seconds)}"),
            ("Attempts", f"{shown.attempts:,}"),
            ("Decision time", times if shown.decided else "-"),
            ("Memory", format_bytes(shown.memory_bytes) + limit),
        ],
    )


def _rate(gained: int, seconds: float) -> str:
    return f", {gained / seconds:.1f} per second" if seconds else ""
