"""Numbers of the Akismet API for each site and month, and the reports made of them."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comments.errors import StorageDown
from comments.site import Site
from comments.storage.check_records import AkismetEvent
from comments.storage.number_periods import Unit, latest_range
from service.deps import deps

log = logging.getLogger(__name__)


def count_event(site: Site, event: AkismetEvent, n: int = 1, at: datetime | None = None) -> None:
    """Count an answer. It is given even if it cannot be counted."""
    try:
        deps().storage.check_records.count(site.id, event, at or deps().now(), n)
    except StorageDown:
        log.warning("could not count an answer of the Akismet API", extra={"site": site.id})


def counts_of(site: Site) -> Mapping[str, Counter[str]]:
    return deps().storage.check_records.counts(site.id)


def this_month() -> str:
    return f"{deps().now():%Y-%m}"


def checks_in(counts: Counter[str]) -> int:
    return counts[AkismetEvent.SPAM] + counts[AkismetEvent.HAM]


def usage_report(site: Site, is_extended: bool) -> dict[str, Any]:
    """Return the answer to usage-limit. There is no limit."""
    report: dict[str, Any] = {
        "limit": "none",
        "usage": checks_in(counts_of(site).get(this_month(), Counter())),
        "percentage": "0.00",
        "throttled": False,
    }
    return {**report, "notice_level": "NOTICE_NONE", "upgrade": False} if is_extended else report


def site_row(site: Site, counts: Counter[str]) -> dict[str, Any]:
    """Return the row of key-sites. A key belongs to one site, so that this is the only one."""
    return {
        "site": site.origins[0] if site.origins else site.id,
        "api_calls": checks_in(counts),
        **{event.value: counts[event] for event in AkismetEvent},
        "is_revoked": False,
    }


def statistics_report(site: Site, months: int | None) -> dict[str, Any]:
    """Return the answer to get-stats for the last `months`; None for all."""
    first = f"{latest_range(Unit.MONTH, months, deps().now()).start:%Y-%m}" if months else ""
    by_month = [row for row in sorted(counts_of(site).items()) if row[0] >= first]
    total: Counter[str] = Counter()
    for _, counts in by_month:
        total.update(counts)
    checked, wrong = checks_in(total), total[AkismetEvent.MISSED_SPAM] + total[AkismetEvent.FALSE_POSITIVE]
    return {
        **{event.value: total[event] for event in AkismetEvent},
        "accuracy": round(100 * max(0, checked - wrong) / checked, 2) if checked else 100,
        "time_saved": 0,
        "breakdown": {
            month: {**{event.value: counts[event] for event in AkismetEvent}, "da": f"{month}-01"}
            for month, counts in by_month
        },
    }
