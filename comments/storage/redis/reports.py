"""Reports by readers on Redis: one hash for each comment, and a list of the comments reported last."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from comments.counted_events import READER_REPORTS, CountedEvent, hour_of
from comments.errors import TooMany
from comments.model import Comment
from comments.report_rules import ReaderReport, reports_by_reason
from comments.setting_values import MAX_REPORTS
from comments.storage.keys import Keys, value_name
from comments.storage.reports import KEPT

from .client import Client, guarded, text
from .number_arguments import NUMBER_CONSTANTS, places
from .paging import page
from .scripts import Script


@guarded
class RedisReports:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._report = Script(client, "review/report")

    def add(self, comment: Comment, report: ReaderReport, per_minute: int) -> list[ReaderReport]:
        k, site, hour = self._keys, comment.site, hour_of(datetime.now(UTC))
        wait, *found = self._report(
            [k.rate(site, report.network), k.reports(site, comment.id), k.reported(site), k.counters(site)],
            {
                "comment": comment.id,
                "report": _stored(report),
                "per_minute": per_minute,
                "kept_seconds": KEPT,
                "max_reports": MAX_REPORTS,
                **NUMBER_CONSTANTS,
                "numbers": k.numbers(site, ""),
                "periods": places([hour]),
                "counts": [CountedEvent(hour, READER_REPORTS, 1)],
            },
            value_name(report.network),
        )
        if wait:
            raise TooMany("Too many reports from your network. Try again in a minute.", int(wait))
        return [_report(text(stored)) for stored in found]

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        pipe = self._client.pipeline(transaction=False)
        for id in ids:
            pipe.hvals(self._keys.reports(site, id))
        return [reports_by_reason(_report(text(stored)) for stored in found) for found in pipe.execute()]

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        return page(self._client, self._keys.reported(site), cursor, limit, newest=True)


def _stored(report: ReaderReport) -> str:
    return f"{report.reason} {report.household} {report.provider} {int(report.at.timestamp() * 1000)} {report.browser}"


def _report(stored: str) -> ReaderReport:
    """Read a stored report. Up to 0.1.0 it was the reason alone."""
    reason, *rest = stored.split(" ")
    if not rest:
        return ReaderReport(reason)
    household, provider, ms, *browser = rest
    return ReaderReport(reason, "", household, provider, datetime.fromtimestamp(int(ms) / 1000, UTC), "".join(browser))
