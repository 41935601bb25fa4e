"""Arguments of scripts that count numbers, as lib/numbers.lua takes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from comments.counted_events import (
    NOT_HOURLY,
    REVIEW_BOUNDS,
    CountedEvent,
    bound_name,
    changed_events,
    correction,
    count_events,
    hour_of,
    page_change,
    reviewed,
)
from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.number_periods import MAX_PAGES, periods_of

NUMBER_CONSTANTS: Mapping[str, Any] = {"not_hourly": NOT_HOURLY, "max_pages": MAX_PAGES}


def numbers_named(before: Comment, after: Comment) -> dict[str, Any]:
    """Return what one change counts."""
    is_queued_again = any(decision.action in (Action.EDIT, Action.RETRY) for decision in after.decisions)
    return {
        "counts": changed_events(before, after),
        "history": counts_named(count_events(before)) if is_queued_again else [],
        "page": page_change(before, after),
        "received_hour": hour_of(after.received),
        "address": after.thread,
        **_review_named(after),
    }


def _review_named(after: Comment) -> dict[str, Any]:
    """Return the time to a person's decision, and the decision of the filters that it reverses."""
    review, i = reviewed(after), len(after.decisions) - 1
    return {
        "review_bound": "" if review is None else bound_name(REVIEW_BOUNDS, review),
        "review_seconds": review or 0,
        "corrected": ":".join(correction(after.decisions, i) or ()),
    }


def periods_named(changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the places of every hour in the changes, and the constants."""
    hours = {hour for c in changes for hour in (c["received_hour"], *(e[0] for e in (*c["counts"], *c["history"])))}
    return {**NUMBER_CONSTANTS, "periods": places(hours)}


def counts_named(counts: Mapping[tuple[int, str], int]) -> list[CountedEvent]:
    return [CountedEvent(hour, name, n) for (hour, name), n in counts.items()]


def places(hours: Iterable[int]) -> dict[str, Any]:
    return {str(hour): periods_of(hour) for hour in hours}
