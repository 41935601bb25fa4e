"""Preview of a change of settings: the filters judge the latest comments with the old and with the new settings."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from comments.lifecycle import Status
from comments.model import Comment
from comments.site import Site
from comments.storage.checks import MAX_CHECKED, CheckAnswer, CheckRequest, new_check_id
from service.deps import Deps
from service.web.asked_checks import queue_check

#: Statuses of the comments that are judged again: those that were decided.
STATUSES = (Status.APPROVED, Status.HELD, Status.SPAM, Status.REMOVED)
#: Outcomes that a change of settings can have, in the order of the page.
PREVIEW_OUTCOMES = (Status.APPROVED, Status.HELD, Status.SPAM)
#: Previews of one person in five minutes. Typing asks at most once a second.
MAX_SETTINGS_PREVIEWS, PREVIEW_WINDOW = 100, 300


@dataclass(frozen=True, slots=True)
class ChangedOutcome:
    """A comment that the new settings would treat differently."""

    comment: Comment
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class SettingsPreview:
    """The answer so far. `site` has the settings that the person tries, `stored` those at that time."""

    id: str
    stored: Site
    site: Site
    total: int
    is_complete: bool
    has_failed: bool
    before: Mapping[Status, int]
    after: Mapping[Status, int]
    changed: tuple[ChangedOutcome, ...] = ()


def ask_for_preview(deps: Deps, stored: Site, changed: Site, by: str) -> str:
    """Ask the judge twice, and return the id of the preview. Raises TooMany."""
    deps.storage.people.attempt(f"settings-preview:{by}", MAX_SETTINGS_PREVIEWS, PREVIEW_WINDOW)
    ids, now = _latest_ids(deps, stored.id), deps.now()
    asked = []
    for site in (stored, changed):
        asked.append(queue_check(deps, site.id, new_check_id(), CheckRequest(site, by, now, ids=ids)))
    return ".".join(asked)


def _latest_ids(deps: Deps, site: str) -> tuple[str, ...]:
    pages = [deps.storage.comments.by_status(site, status, MAX_CHECKED, newest=True).rows for status in STATUSES]
    latest = merge(*pages, key=lambda comment: comment.received, reverse=True)
    judged = (comment.id for comment in latest if comment.filter_decision and not comment.draft_of)
    return tuple(islice(judged, MAX_CHECKED))


def read_preview(deps: Deps, site: str, id: str, by: str) -> SettingsPreview | None:
    """Return the preview; None if it has expired or another person asked for it."""
    first, _, second = id.partition(".")
    before, after = (deps.storage.checks.answer(site, part) for part in (first, second))
    if before is None or after is None or not (before.request.site and after.request.site):
        return None
    if {before.request.by, after.request.by} != {by}:
        return None
    is_complete = before.is_complete and after.is_complete
    return SettingsPreview(
        id,
        before.request.site,
        after.request.site,
        total=len(after.results),
        is_complete=is_complete,
        has_failed=before.failed or after.failed,
        before=_counts(before),
        after=_counts(after),
        changed=_changed(deps, site, before, after) if is_complete else (),
    )


def _counts(answer: CheckAnswer) -> Mapping[Status, int]:
    counts = Counter(result.decision.status for result in answer.results)
    return {status: counts[status] for status in PREVIEW_OUTCOMES}


def _changed(deps: Deps, site: str, before: CheckAnswer, after: CheckAnswer) -> tuple[ChangedOutcome, ...]:
    """Return the comments with another outcome, the newest first."""
    old = {result.id: result.decision.status for result in before.results}
    new = {r.id: r.decision.status for r in after.results if old.get(r.id, r.decision.status) != r.decision.status}
    found = deps.storage.comments.load(site, list(new)) if new else []
    rows = [ChangedOutcome(comment, old[comment.id], new[comment.id]) for comment in found if comment]
    return tuple(sorted(rows, key=lambda row: row.comment.received, reverse=True))
