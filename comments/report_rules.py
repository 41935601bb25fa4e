"""Reports by readers: which of them count, how they are summarized, and holding a comment because of them.

Reports can hold a comment for review, but never remove it and never train the filters. A comment that a moderator
approved stays published. Moderators see every report, also those that do not count towards a hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from .lifecycle import Action, Role, Status
from .model import Comment, Decision, Signal

#: Reasons that a reader can choose.
ReportReason = Literal["spam", "abuse", "other"]
#: Decided by, in histories. No moderator can have this name.
DECIDED_BY_READERS = "its readers"
#: Signal of a comment that was held because of reports.
REPORTED = "reported.readers"
#: Reports from one provider's network within this time count once: a provider has many customers, a robot many
#: addresses.
PROVIDER_WINDOW = timedelta(hours=1)
#: A machine often has an IPv4 and an IPv6 address. An IPv4 and an IPv6 report with the same User-Agent within this time
#: count once. Two readers with the same browser meet this seldom, and it costs no more than one further report.
BROWSER_WINDOW = timedelta(minutes=10)
#: A comment that readers have seen for this long needs one more report for each of these ages.
TRUSTED_AGES = (timedelta(days=1), timedelta(days=7))
#: One more report is needed for this many published replies. Together no more than `MAX_FACTOR` times the setting.
REPLIES_PER_REPORT, MAX_FACTOR = 5, 3
#: Holds by reports in an hour, on one site. Further comments stay published and are listed as reported.
MAX_REPORT_HOLDS, HOLDS_WINDOW = 20, 3600
LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class ReaderReport:
    """A reader's report. The networks are keyed hashes; see `Pseudonyms.reader_networks`."""

    reason: str
    network: str = ""  # one subscriber
    household: str = ""  # the addresses that one machine can have
    provider: str = ""
    at: datetime = LONG_AGO
    browser: str = ""  # see `Pseudonyms.user_agent`


def reports_by_reason(reports: Iterable[ReaderReport]) -> Mapping[str, int]:
    """Count reports by reason."""
    return Counter(report.reason for report in reports)


def plausible_reports(reports: Iterable[ReaderReport], comment: Comment) -> list[ReaderReport]:
    """Return the reports that count towards a hold.

    Each household counts once, each provider once in an hour, and a browser with both IPv4 and IPv6 once. What readers
    reported before a moderator approved the comment does not count again.
    """
    approvals = [step.at for step in comment.decisions if step.role is Role.MODERATOR and step.action is Action.APPROVE]
    since = max(approvals, default=None)
    counted: list[ReaderReport] = []
    households: set[str] = set()
    providers: dict[str, datetime] = {}
    for report in sorted(reports, key=lambda report: report.at):
        is_fresh = since is None or report.at > since
        provider_before = providers.get(report.provider)
        is_spread = provider_before is None or report.at - provider_before >= PROVIDER_WINDOW
        if not report.household and is_fresh:  # of an earlier version
            counted.append(report)
        elif is_fresh and is_spread and report.household not in households and not _is_repeated(report, counted):
            counted.append(report)
            households.add(report.household)
            providers[report.provider] = report.at
    return counted


def _is_repeated(report: ReaderReport, counted: Iterable[ReaderReport]) -> bool:
    """Return True if the same browser reported a short time before, over the other version of IP."""
    return any(
        report.browser[1:] == before.browser[1:] != ""
        and report.browser[0] != before.browser[0]
        and report.at - before.at < BROWSER_WINDOW
        for before in counted
    )


def reports_needed(setting: int, published_for: timedelta, replies: int) -> int:
    """Return the plausible reports that hold a comment. What many have read and answered needs more of them."""
    more = sum(published_for >= age for age in TRUSTED_AGES) + replies // REPLIES_PER_REPORT
    return min(setting + more, MAX_FACTOR * setting)


def report_summary(counts: Mapping[str, int]) -> str:
    """Summarize reports (reason -> networks): "reported by 3 readers as spam and abuse"; "" for none."""
    n = sum(counts.values())
    reasons = sorted((reason for reason in counts if reason != "other"), key=lambda reason: (-counts[reason], reason))
    suffix = f" as {' and '.join(reasons)}" if reasons else ""
    return f"reported by {n} reader{'' if n == 1 else 's'}{suffix}" if n else ""


def is_approved_by_moderator(comment: Comment, draft: Comment | None) -> bool:
    """Return True if a moderator approved the published text: the comment, or the edit it came from."""
    edited = draft is not None and draft.status is Status.APPLIED and draft.lesson_decision is not None
    return edited or comment.lesson_decision is not None


def held_for_reports(comment: Comment, counts: Mapping[str, int], at: datetime) -> Comment:
    """Hold a published comment because of its reports. The filters' signals and points stay.

    Raises ActionNotAllowed for a comment that is not published.
    """
    verdict = comment.filter_decision or Decision(Action.HOLD, Status.HELD, Role.FILTERS, DECIDED_BY_READERS, at)
    seen = tuple(signal for signal in verdict.signals if signal.name != REPORTED)
    return comment.with_decision(
        replace(
            verdict,
            action=Action.HOLD,
            by=DECIDED_BY_READERS,
            at=at,
            signals=(*seen, Signal(REPORTED, 1.0, report_summary(counts), holds=True)),
            masked=comment.public_content if comment.public_content != comment.content else "",
        )
    )
