"""What the ops page shows: a Condition, told for people, and the same as JSON for the page's own refreshing."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from service.web.request_counters import DurationHistogram, RequestLabels

from .health import PARTS, Condition, SiteFigures, age, percentile, problems, waits

WELL = "All is well"

#: Routes that monitors ask all day long, and whose 503 is an answer.
PROBES = ("/healthz", "/readyz", "/metrics", "/ops/figures")

#: Parts as people call them.
PART_NAMES = {"judge": "Judges", "background": "Background", "delivery": "Delivery", "sweep": "Sweep"}


class SiteRow(BaseModel):
    id: str
    queued: int
    oldest_seconds: float | None
    accepted: int
    approved: int
    held: int
    spam: int


class QueueRow(BaseModel):
    name: str
    workers: int
    queued: int
    started: int
    failed: int


class PartRow(BaseModel):
    name: str
    processes: int
    needed: bool = Field(description="Whether comments wait without it.")


class Figures(BaseModel):
    """Everything on the ops page. Counts are totals since the first start; a rate is the difference of two looks."""

    at: str = Field(description="When it was gathered; UTC.")
    well: bool
    headline: str
    problems: list[str] = Field(description="What is wrong and what to do about it, in sentences.")
    warnings: list[str] = Field(description="What works for now and should be set otherwise, in sentences.")
    queued: int
    oldest_seconds: float | None = Field(description="How long the oldest of them has waited.")
    accepted: int
    decided: int
    attempts: int
    median_seconds: float | None = Field(description="Half of all comments were decided within this time.")
    slow_seconds: float | None = Field(description="99 of 100 were.")
    memory_bytes: float
    memory_limit_bytes: float = Field(description="0 without a limit.")
    requests: int
    faults: int = Field(description="Requests answered with a status of 500.")
    refused: int = Field(description="Requests put off with 503, because we are too busy or storage is away.")
    parts: list[PartRow]
    queues: list[QueueRow]
    sites: list[SiteRow]


def figures(condition: Condition, totals: Mapping[RequestLabels, DurationHistogram]) -> Figures:
    wrong = problems(condition)
    cumulative = waits(condition.sites)
    return Figures(
        at=condition.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        well=not wrong,
        headline=headline(wrong),
        problems=wrong,
        warnings=list(condition.warnings),
        queued=condition.queued,
        oldest_seconds=condition.oldest if condition.queued else None,
        accepted=sum(site.counters.accepted for site in condition.sites),
        decided=sum(sum(site.counters.decided.values()) for site in condition.sites),
        attempts=sum(site.counters.attempts for site in condition.sites),
        median_seconds=percentile(cumulative, 0.5),
        slow_seconds=percentile(cumulative, 0.99),
        memory_bytes=condition.server.get("memory_bytes", 0.0),
        memory_limit_bytes=condition.server.get("memory_limit_bytes", 0.0),
        requests=_answered(totals),
        faults=_answered(totals, 500),
        refused=_answered(totals, 503),
        parts=_parts(condition),
        queues=_queues(condition),
        sites=[_site(site, condition) for site in condition.sites],
    )


def headline(wrong: list[str]) -> str:
    if not wrong:
        return WELL
    return "Something is wrong" if len(wrong) == 1 else f"{len(wrong)} things are wrong"


def _answered(totals: Mapping[RequestLabels, DurationHistogram], status: int | None = None) -> int:
    """Requests, or only those with this status; questions about health are no work done."""
    return sum(
        int(sum(row.buckets))
        for answer, row in totals.items()
        if answer.route not in PROBES and status in (None, answer.status)
    )


def _parts(condition: Condition) -> list[PartRow]:
    return [
        PartRow(name=PART_NAMES[part], processes=len(names), needed=bool(PARTS[part]))
        for part, names in condition.alive.items()
    ]


def _queues(condition: Condition) -> list[QueueRow]:
    return [
        QueueRow(
            name=queue.name,
            workers=queue.workers,
            queued=queue.jobs["queued"],
            started=queue.jobs["started"],
            failed=queue.jobs["failed"],
        )
        for queue in condition.queues
    ]


def _site(site: SiteFigures, condition: Condition) -> SiteRow:
    standing = site.counters.standing
    return SiteRow(
        id=site.id,
        queued=site.depth.queued,
        oldest_seconds=age(site.depth, condition.at) if site.depth.oldest else None,
        accepted=site.counters.accepted,
        approved=standing.get("approved", 0),
        held=standing.get("held", 0),
        spam=standing.get("spam", 0),
    )


def duration(seconds: float | None) -> str:
    """As people say it: "40 ms", "3.2 s", "4 min", "2 h"."""
    if seconds is None:
        return "–"
    for limit, unit, size in ((1, "ms", 0.001), (120, "s", 1), (7200, "min", 60)):
        if seconds < limit:
            return f"{seconds / size:.1f} {unit}" if unit == "s" and seconds < 10 else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:.0f} h"


def memory(n: float) -> str:
    """Bytes as "3.4 MB"."""
    return f"{n / 1e6:.1f} MB" if n < 1e9 else f"{n / 1e9:.2f} GB"
