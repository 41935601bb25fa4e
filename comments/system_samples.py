"""Read one sample of the whole system, from which the charts of the operations page are drawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from .lifecycle import Status
from .site import Site
from .storage.interfaces import Storage
from .storage.system_history import SystemSample
from .storage.values import WAIT_BUCKETS, Counters


def read_sample(storage: Storage, sites: Sequence[Site], at: datetime, now: datetime) -> SystemSample:
    """Read the sample of the minute `at`: a fixed number of keys for each site."""
    figures = storage.site_figures.read([site.id for site in sites])
    counters, depths = [of.counters for of in figures], [of.depth for of in figures]
    server, requests = storage.server.figures(), storage.system_history.request_errors()
    waited = [(now - depth.oldest).total_seconds() for depth in depths if depth.oldest]
    return SystemSample(
        at=at,
        accepted=sum(of.accepted for of in counters),
        published=_decided(counters, Status.APPROVED),
        held=_decided(counters, Status.HELD),
        spam=_decided(counters, Status.SPAM),
        moderated=sum(sum(of.moderated.values()) for of in counters),
        attempts=sum(of.attempts for of in counters),
        undelivered=sum(of.posted.results.get("failed", 0) + of.posted.mailed.get("failed", 0) for of in figures),
        waits=tuple(sum(of.wait_seconds.get(bound, 0) for of in counters) for bound in WAIT_BUCKETS),
        queued=sum(depth.queued for depth in depths),
        oldest_seconds=round(max(0.0, *waited), 3) if waited else 0.0,
        needs_review=sum(of.current.get(Status.HELD, 0) for of in counters),
        memory_bytes=_whole(server, "memory_bytes"),
        memory_limit_bytes=_whole(server, "memory_limit_bytes"),
        disk_bytes=_whole(server, "disk_bytes"),
        replicas=_whole(server, "replicas"),
        replica_lag_bytes=_whole(server, "replica_lag_bytes"),
        server_errors=requests.get(500, 0),
        unavailable=requests.get(503, 0),
    )


def _decided(counters: Sequence[Counters], status: Status) -> int:
    return sum(of.decided.get(status, 0) for of in counters)


def _whole(figures: Mapping[str, float], name: str) -> int:
    return round(figures.get(name, 0))
