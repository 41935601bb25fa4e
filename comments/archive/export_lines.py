"""Lines of an export: one JSON object each, with a `kind`. Equal values give equal bytes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from comments.model import Comment
from comments.storage.archives import EXPORTED_TYPES, StoredRow

from .exported_members import Member

#: Kind of the first line, and of the last. Exports up to 0.1.0 began with the site and had no last line.
EXPORT_HEADER, EXPORT_END = "replygate", "end"
#: Version of the format. Raise it when a reader of this version would lose something or read it wrongly.
EXPORT_VERSION = 2

#: Name of the field that has a row's name, by the type of the key.
NAME_FIELDS: Mapping[str, str] = {"hash": "field", "set": "member", "sorted set": "member", "stream": "id"}


def line(kind: str, values: Mapping[str, Any]) -> str:
    return _json({"kind": kind, **values})


def _json(values: Any) -> str:
    return json.dumps(values, default=_to_json, ensure_ascii=False, separators=(",", ":"))


def _to_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def is_other_line(kind: object) -> bool:
    """Return True for the lines of an export that are no comments."""
    return kind in (EXPORT_HEADER, "site", "member", EXPORT_END) or (kind != "comment" and kind in EXPORTED_TYPES)


def comment_line(comment: Comment) -> str:
    return line("comment", asdict(comment))


def member_line(member: Member, with_secrets: bool) -> str:
    values = asdict(member)
    secrets = [field.name for field in fields(member) if field.metadata.get("secret")]
    if not with_secrets:
        values = {name: value for name, value in values.items() if name not in secrets} | {"left_out": secrets}
    return line("member", values)


def row_line(row: StoredRow) -> str:
    """Return the line of a row. A value that is JSON in our own form is written as JSON, and read back to its bytes."""
    type = EXPORTED_TYPES[row.key]
    values: dict[str, Any] = {"of": row.of} if row.of else {}
    if type in NAME_FIELDS:
        values[NAME_FIELDS[type]] = row.name
    if type == "sorted set":
        values["score"] = json.loads(row.value)
    elif type != "set":
        values["value"] = _readable(row.value)
    return line(row.key, values)


def _readable(value: str) -> Any:
    if not value.startswith(("{", "[")):
        return value
    try:
        parsed = json.loads(value)
    except ValueError:
        return value
    return parsed if _json(parsed) == value else value


def row_of(kind: str, values: Mapping[str, Any]) -> StoredRow:
    """Return the row of a line. Raises KeyError or TypeError for a line without its fields."""
    type = EXPORTED_TYPES[kind]
    name = values[NAME_FIELDS[type]] if type in NAME_FIELDS else ""
    if type == "sorted set":
        score = values["score"]
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise TypeError("score is not a number")
        value = _json(score)
    else:
        value = "" if type == "set" else values["value"]
    of = values.get("of", "")
    if not isinstance(name, str) or not isinstance(of, str):
        raise TypeError("a name is not text")
    return StoredRow(kind, of, name, value if isinstance(value, str) else _json(value))
