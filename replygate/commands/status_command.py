"""`replygate status`: the ops page in a terminal."""

from collections.abc import Iterator

from replygate.text_table import columns
from service.ops.dashboard import Figures, duration, figures, memory
from service.ops.health import Condition, problems


def report(earlier: Condition, condition: Condition) -> str:
    """The state in words, then figures in tables; rates are what was gained since `earlier`."""
    told = figures(condition, {})
    sentences = (f"  - {sentence}" for sentence in (*told.problems, *told.warnings))
    blocks = ["\n".join([f"{told.headline}{'.' if told.well else ':'}", *sentences])]
    if not condition.down:
        seconds = 0.0 if earlier.down else (condition.at - earlier.at).total_seconds()
        blocks += [_totals(figures(earlier, {}), told, seconds), *_tables(told)]
    return "\n\n".join(blocks)


def is_ready(condition: Condition) -> bool:
    return not problems(condition)


def _tables(told: Figures) -> Iterator[str]:
    yield columns(
        ("SITE", "WAITING", "OLDEST", "ACCEPTED", "APPROVED", "HELD", "SPAM"),
        [(s.id, s.queued, duration(s.oldest_seconds), s.accepted, s.approved, s.held, s.spam) for s in told.sites],
    )
    yield columns(("PART", "ALIVE"), [(part.name, part.processes) for part in told.parts])
    yield columns(
        ("RQ QUEUE", "WORKERS", "QUEUED", "STARTED", "FAILED"),
        [(q.name, q.workers, q.queued, q.started, q.failed) for q in told.queues],
    )


def _totals(earlier: Figures, told: Figures, seconds: float) -> str:
    limit = f" of {memory(told.memory_limit_bytes)}" if told.memory_limit_bytes else ""
    oldest = f", the oldest for {duration(told.oldest_seconds)}" if told.queued else ""
    times = f"half within {duration(told.median_seconds)}, 99 % within {duration(told.slow_seconds)}"
    return columns(
        ("Waiting", f"{told.queued:,}{oldest}"),
        [
            ("Accepted", f"{told.accepted:,}{_rate(told.accepted - earlier.accepted, seconds)}"),
            ("Decided", f"{told.decided:,}{_rate(told.decided - earlier.decided, seconds)}"),
            ("Attempts", f"{told.attempts:,}"),
            ("Decision time", times if told.decided else "-"),
            ("Memory", memory(told.memory_bytes) + limit),
        ],
    )


def _rate(gained: int, seconds: float) -> str:
    return f", {gained / seconds:.1f} a second now" if seconds else ""
