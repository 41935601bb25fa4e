"""Checks of the rows of an export, before anything is stored: an import reads files that anybody may have written."""

import json
import re
from collections.abc import Callable, Mapping

from comments.audit import AuditEntry
from comments.author_rules import AuthorRule
from comments.erasures import Erasure
from comments.lifecycle import Label
from comments.saved_views import SavedView
from comments.storage.archives import EXPORTED_TYPES, StoredRow
from comments.storage.codec import ANY_ID, load, unpack
from comments.storage.notes_and_bulks import Note
from comments.storage.number_periods import period_expiry
from comments.storage.people_records import AUTHOR_STATUSES
from comments.storage.retention import RetentionClass

#: Exported keys with lines of their own.
OTHER_LINES = ("comment", "sites", "people")
#: Rows that follow the comment that they belong to.
COMMENT_ROWS = ("learned", "reputation_lessons", "unlearned", "notes")
#: A stored alias: digest of the thread, its address, and the old address.
_ALIAS = re.compile(r"\S+ [^\n]+\n[^\n]+")
_ENTRY_ID = re.compile(r"\d{1,15}-\d{1,10}")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,20})?(e[+-]?\d{1,2})?")


def is_row(kind: str) -> bool:
    return kind in EXPORTED_TYPES and kind not in OTHER_LINES


def row_problem(row: StoredRow, site: str) -> str:
    """Return why a row cannot be imported; "" if it can."""
    try:
        _CHECKS.get(row.key, _any)(row, site)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        return f"has no valid {row.key}: {error}"
    return ""


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def _any(row: StoredRow, site: str) -> None:
    _require(not row.of, "it has one key only")


def _number(row: StoredRow, site: str) -> None:
    _require(_NUMBER.fullmatch(row.value), "not a number")


def _of_author(row: StoredRow, site: str) -> None:
    _require(row.of in AUTHOR_STATUSES, "no such status")
    _require(row.value.isdecimal() and int(row.value) < 2**63, "not a count")


def _of_period(row: StoredRow, site: str) -> None:
    period_expiry(row.of)
    _number(row, site)


def _pin(row: StoredRow, site: str) -> None:
    _require(row.of, "no thread")
    _require(ANY_ID.fullmatch(row.name), "not the id of a comment")


def _comment_id(row: StoredRow, site: str) -> None:
    _require(ANY_ID.fullmatch(row.name), "not the id of a comment")


def _of_retention(row: StoredRow, site: str) -> None:
    RetentionClass(row.of)
    _comment_id(row, site)


def _rule(row: StoredRow, site: str) -> None:
    _require(load(AuthorRule, row.value.encode()).name == row.name, "the rule has another name")


def _audit(row: StoredRow, site: str) -> None:
    _require(_ENTRY_ID.fullmatch(row.name), "not the id of an entry")
    load(AuditEntry, row.value.encode())


def _note(row: StoredRow, site: str) -> None:
    load(Note, row.value.encode())


def _views(row: StoredRow, site: str) -> None:
    _require(all(unpack(SavedView, view).site == site for view in json.loads(row.value)), "a view of another site")


def _lesson(row: StoredRow, site: str) -> None:
    lesson = json.loads(row.value)
    _require(row.of == "" or row.of.isdecimal(), "no time")
    Label(lesson["label"])
    _require(all(isinstance(token, str) for token in lesson["tokens"]), "tokens are not text")
    _require(all(isinstance(name, str) and int(most) > 0 for name, most in lesson.get("quotas", ())), "no valid quota")
    float(lesson.get("odds", 0))
    int(lesson.get("residual", 0))


def _reputation(row: StoredRow, site: str) -> None:
    taught = json.loads(row.value)
    Label(taught["label"])
    _require(all(isinstance(domain, str) for domain in taught["domains"]), "domains are not text")


def _alias(row: StoredRow, site: str) -> None:
    _require(_ALIAS.fullmatch(row.value), "not an alias")


def _notice_count(row: StoredRow, site: str) -> None:
    owner, kind, result = json.loads(row.name)
    _require(owner == site and isinstance(kind, str) and isinstance(result, str), "of another site")
    _number(row, site)


def _erasure(row: StoredRow, site: str) -> None:
    _require(load(Erasure, row.value.encode()).site == site, "of another site")


#: Name of a key -> the check of its rows.
_CHECKS: Mapping[str, Callable[[StoredRow, str], None]] = {
    "authors": _of_author,
    "numbers": _of_period,
    "pinned": _pin,
    "retention": _of_retention,
    "recent": _comment_id,
    "muted": _comment_id,
    "notified": _comment_id,
    "rules": _rule,
    "terms": _rule,
    "audit": _audit,
    "erasures": _erasure,
    "notes": _note,
    "shared_views": _views,
    "learned": _lesson,
    "reputation_lessons": _reputation,
    "thread_aliases": _alias,
    "notice_counts": _notice_count,
    **dict.fromkeys(
        ("counters", "rule_hits", "rule_times", "thread_opened", "thread_versions", "subscribers"), _number
    ),
}
