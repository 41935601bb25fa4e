"""Values as JSON and back: by field name, defaults left out, unknown fields ignored.

Web and workers are never upgraded in the same instant, so a record may carry fields this program does not know yet.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from ..model import STATE_FIELDS, Comment

T = TypeVar("T")

#: Fields that the record's own name already tells.
NAMED = ("id", "site")
SUBMISSION = tuple(f for f in fields(Comment) if f.name not in (*STATE_FIELDS, *NAMED))
STATE = tuple(f for f in fields(Comment) if f.name in STATE_FIELDS)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def moment(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def pack(value: Any) -> Any:
    """A value as JSON knows it; a dataclass becomes an object without the fields that have their default."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return milliseconds(value)
    if isinstance(value, tuple | list):
        return [pack(v) for v in value]
    if isinstance(value, Mapping):
        return {k: pack(v) for k, v in value.items()}
    if is_dataclass(value):
        return _object(value, fields(value))
    return value


def _object(value: Any, wanted: tuple[Field[Any], ...]) -> dict[str, Any]:
    pairs = ((f, getattr(value, f.name)) for f in wanted)
    return {f.name: pack(v) for f, v in pairs if not _is_default(f, v)}


def _is_default(field: Field[Any], value: Any) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())


def unpack(cls: type[T], packed: Mapping[str, Any]) -> T:
    """Raises TypeError when a field without a default is missing."""
    return cls(**{name: make(packed[name]) for name, make in _makers(cast(Hashable, cls)) if name in packed})


@cache
def _makers(cls: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, _maker(hints[f.name])) for f in fields(cls))


def _maker(hint: Any) -> Callable[[Any], Any]:
    if hint is datetime:
        return moment
    if get_origin(hint) is tuple:
        element = _maker(get_args(hint)[0])
        return lambda values: tuple(element(v) for v in values)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda values: unpack(hint, values)
    return lambda value: value


def dump(value: Any) -> bytes:
    return json.dumps(pack(value), ensure_ascii=False, separators=(",", ":")).encode()


def load(cls: type[T], text: bytes) -> T:
    return unpack(cls, json.loads(text))


def dump_submission(comment: Comment) -> bytes:
    """What was received; written once."""
    return dump(_object(comment, SUBMISSION))


def dump_state(comment: Comment) -> bytes:
    """What decisions replace. Equal states give equal bytes: compare-and-set compares them."""
    return dump(_object(comment, STATE))


def load_comment(site: str, id: str, submission: bytes, state: bytes) -> Comment:
    return unpack(Comment, {"id": id, "site": site, **json.loads(submission), **json.loads(state)})
