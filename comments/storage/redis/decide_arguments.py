"""Arguments of the script comments/decide."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from comments.audit import decision_entry
from comments.drafts import waited_since
from comments.lifecycle import Status
from comments.model import STAFF
from comments.storage.codec import dump_state, dump_submission, milliseconds
from comments.storage.draft_changes import is_outbox_event, is_published_unseen, rewrites_submission
from comments.storage.keys import WHOLE_SITE, thread_name
from comments.storage.people_records import records_of_people, status_by_people
from comments.storage.retention import CLASS_OF_STATUS
from comments.storage.thread_tree import node_state
from comments.storage.values import (
    CHANGES_MAX,
    LATEST_MAX,
    RECENT_MAX,
    UNSEEN_DAYS,
    WAIT_BUCKETS,
    CommentChange,
)

from .audit_log import packed
from .author_records import FIRST_SEEN_UNIT
from .number_arguments import numbers_named

#: Changes that one call of decide.lua gets, and nodes that it updates at most, about, so that no call holds the server
#: for long: 25 changes take 3 ms.
CHANGES_AT_ONCE, MAX_COST = 25, 600

#: The arguments of decide.lua that are the same in every call.
DECIDE_CONSTANTS: Mapping[str, Any] = {
    "statuses": [status.value for status in Status],
    "whole_site": WHOLE_SITE,
    "recent_max": RECENT_MAX,
    "latest_max": LATEST_MAX,
    "max_cost": MAX_COST,
    "changes_max": CHANGES_MAX,
    "first_seen_unit": FIRST_SEEN_UNIT,
    "unseen_days": UNSEEN_DAYS,
    "wait_buckets": [f"{bound:g}" for bound in WAIT_BUCKETS[:-1]],
    "retention_of": {status.value: kind.value for status, kind in CLASS_OF_STATUS.items()},
}


def change_named(change: CommentChange, with_next: bool, is_new: bool) -> dict[str, Any]:
    """Return one change as decide.lua takes it, without its records. `is_new`: the comment is not stored yet."""
    before, after = change.before, change.after
    waits = before if before.status is Status.QUEUED else after
    return {
        "id": after.id, "old": before.status.value, "new": after.status.value, "state": node_state(after).value,
        "version": after.version if not is_new and is_outbox_event(after) else 0,
        "received": milliseconds(after.received),
        "since": milliseconds(waited_since(waits, after, datetime.now(UTC))), "thread": thread_name(after.thread),
        "parent": after.parent, "authors": after.author_keys, "with_next": int(with_next),
        "people_old": status_by_people(before), "people_old_records": records_of_people(before),
        "unseen": int(is_published_unseen(change)),
        "people_new": status_by_people(after), "people_new_records": records_of_people(after),
        "is_new": is_new, "teaches": is_new and after.lesson is not None,
        "staff_name": after.author if is_new and after.role == STAFF else "",
        **numbers_named(before, after),
    }  # fmt: skip


def change_records(change: CommentChange, is_new: bool) -> list[bytes]:
    """Return the records of one change: its state before and after, the audit entry and the new submission."""
    if is_new:
        return [b"", dump_state(change.after), b"", dump_submission(change.after)]
    entry = decision_entry(change.after, change.origin, change.via)
    submission = dump_submission(change.after) if rewrites_submission(change) else b""
    return [dump_state(change.before), dump_state(change.after), packed(entry) if entry else b"", submission]
