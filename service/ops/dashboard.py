"""Figures of the operations page, also available as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from comments.job_queue import (
    DELIVER,
    ERASE,
    IMPORT_UPLOAD,
    INDEX,
    JUDGE,
    LEARN,
    MOVED_THREADS,
    NOTIFY,
    NUMBERS,
    REMOVE_SITE,
    RETENTION,
)
from comments.rq_stats import RQWorkerStats
from comments.storage.site_figures import SiteFigures
from service.web.request_counters import DurationHistogram, RequestLabels
from service.web.site_lists import SITES_SHOWN

from .health import (
    PARTS,
    SystemHealth,
    decision_times,
    full_queue_warnings,
    pause_warnings,
    percentile,
    problems,
    wait_seconds,
)

WELL = "All is well"

#: Routes that monitors and the operations page request all the time. Their 503 is not a failed request.
PROBES = ("/ops", "/healthz", "/readyz", "/metrics", "/ops/figures")

#: Labels of process types.
PART_NAMES = {"judge": "Judge", "background": "Background", "delivery": "Delivery", "sweep": "Sweep"}

#: Labels of jobs.
JOB_LABELS = {
    JUDGE: "Judging comments",
    LEARN: "Learning",
    DELIVER: "Sending webhooks and mail",
    INDEX: "Indexing for search",
    MOVED_THREADS: "Joining threads",
    NOTIFY: "Sending notices",
    NUMBERS: "Counting numbers",
    REMOVE_SITE: "Removing a deleted site",
    IMPORT_UPLOAD: "Importing",
    RETENTION: "Deleting expired data",
    ERASE: "Erasing a person",
}


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


class WorkerRow(BaseModel):
    name: str
    queue: str
    job: str = Field(description='The current job, or "Waiting".')
    site: str = Field(description="Site of the job; empty for a job of all sites.")
    job_seconds: float | None = Field(description="Time since the job began.")
    done: int = Field(description="Jobs since the start of the process, without those that failed.")
    failed: int
    memory_bytes: float = Field(description="Memory of the process; 0 if it is not recorded.")


class PartRow(BaseModel):
    name: str
    processes: int
    needed: bool = Field(description="True if comments wait while no such process runs.")


class Figures(BaseModel):
    """All figures of the operations page. Counts are totals since the first start."""

    at: str = Field(description="Time of these figures; UTC.")
    well: bool
    headline: str
    problems: list[str] = Field(description="Problems, each with its solution.")
    warnings: list[str] = Field(
        description="Pauses, full queues, and settings that should be changed, although the service works."
    )
    queued: int
    oldest_seconds: float | None = Field(description="Waiting time of the oldest queued comment.")
    accepted: int
    decided: int
    attempts: int
    median_seconds: float | None = Field(description="Median time from acceptance to decision.")
    slow_seconds: float | None = Field(description="99th percentile of that time.")
    memory_bytes: float
    memory_limit_bytes: float = Field(description="0 without a limit.")
    requests: int
    faults: int = Field(description="Requests answered with 500.")
    refused: int = Field(description="Requests answered with 503: overloaded, or storage does not answer.")
    parts: list[PartRow]
    queues: list[QueueRow]
    workers: list[WorkerRow]
    sites: list[SiteRow]


def figures(health: SystemHealth, totals: Mapping[RequestLabels, DurationHistogram]) -> Figures:
    wrong = problems(health)
    cumulative = decision_times(health.sites)
    return Figures(
        at=health.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        well=not wrong,
        headline=headline(wrong),
        problems=wrong,
        warnings=[*full_queue_warnings(health), *pause_warnings(health), *health.warnings],
        queued=health.queued,
        oldest_seconds=health.oldest if health.queued else None,
        accepted=sum(site.counters.accepted for site in health.sites),
        decided=sum(sum(site.counters.decided.values()) for site in health.sites),
        attempts=sum(site.counters.attempts for site in health.sites),
        median_seconds=percentile(cumulative, 0.5),
        slow_seconds=percentile(cumulative, 0.99),
        memory_bytes=health.server.get("memory_bytes", 0.0),
        memory_limit_bytes=health.server.get("memory_limit_bytes", 0.0),
        requests=_answered(totals),
        faults=_answered(totals, 500),
        refused=_answered(totals, 503),
        parts=_parts(health),
        queues=_queues(health),
        workers=[_worker(queue.name, w, health.at) for queue in health.queues for w in queue.workers],
        sites=[_site(site, health) for site in health.sites],
    )


def busiest_sites(sites: Sequence[SiteRow]) -> list[SiteRow]:
    """Sites of the table, which is fetched again every few seconds. Other pages have all of them, with a search."""
    return sorted(sites, key=lambda site: (-site.queued, -site.accepted, site.id))[:SITES_SHOWN]


def headline(wrong: list[str]) -> str:
    if not wrong:
        return WELL
    return "1 problem" if len(wrong) == 1 else f"{len(wrong)} problems"


def _answered(totals: Mapping[RequestLabels, DurationHistogram], status: int | None = None) -> int:
    """Number of requests, or of those with this status, without probes."""
    return sum(
        int(sum(row.buckets))
        for answer, row in totals.items()
        if answer.route not in PROBES and status in (None, answer.status)
    )


def _parts(health: SystemHealth) -> list[PartRow]:
    return [
        PartRow(name=PART_NAMES[part], processes=len(names), needed=bool(PARTS[part]))
        for part, names in health.alive.items()
    ]


def _queues(health: SystemHealth) -> list[QueueRow]:
    return [
        QueueRow(
            name=queue.name,
            workers=len(queue.workers),
            queued=queue.jobs["queued"],
            started=queue.jobs["started"],
            failed=queue.jobs["failed"],
        )
        for queue in health.queues
    ]


def _worker(queue: str, worker: RQWorkerStats, now: datetime) -> WorkerRow:
    return WorkerRow(
        name=worker.name.removesuffix(f".{queue}"),
        queue=queue,
        job=JOB_LABELS.get(worker.job, worker.job) or "Waiting",
        site=worker.site,
        job_seconds=max(0.0, (now - worker.since).total_seconds()) if worker.since else None,
        done=worker.done,
        failed=worker.failed,
        memory_bytes=worker.memory_bytes,
    )


def _site(site: SiteFigures, health: SystemHealth) -> SiteRow:
    counts = site.counters.current
    return SiteRow(
        id=site.id,
        queued=site.depth.queued,
        oldest_seconds=wait_seconds(site.depth.oldest, health.at) if site.depth.oldest else None,
        accepted=site.counters.accepted,
        approved=counts.get("approved", 0),
        held=counts.get("held", 0),
        spam=counts.get("spam", 0),
    )


def format_duration(seconds: float | None) -> str:
    """A duration for people: "40 ms", "3.2 s", "4 min", "2 h"."""
    if seconds is None:
        return "–"
    for limit, unit, size in ((1, "ms", 0.001), (120, "s", 1), (7200, "min", 60)):
        if seconds < limit:
            return f"{seconds / size:.1f} {unit}" if unit == "s" and seconds < 10 else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:.0f} h"


def format_bytes(n: float) -> str:
    """Bytes as "3.4 MB"."""
    return f"{n / 1e6:.1f} MB" if n < 1e9 else f"{n / 1e9:.2f} GB"
