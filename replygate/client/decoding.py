"""Turn JSON into the dataclasses of `answers`, and refuse what does not fit."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .failures import UnexpectedAnswerError

T = TypeVar("T")


def decode_answer(kind: type[T], value: object, path: str = "") -> T:
    """Return `value` as `kind`. Unknown fields are ignored, because a newer server may send more.

    Raises UnexpectedAnswerError, which names the first part that does not fit.
    """
    result: T = _decode(kind, value, path)
    return result


def part_of(name: str, kind: Any) -> Callable[[object], Any]:
    """Return a function that decodes one field of a JSON object, for answers with nothing more of interest."""

    def decode(value: object) -> Any:
        if not isinstance(value, Mapping) or name not in value:
            raise UnexpectedAnswerError(f"the answer has no field {name}")
        return _decode(kind, value[name], name)

    return decode


def _decode(kind: Any, value: object, path: str) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _record(kind, value, path)
    if origin in (Union, types.UnionType):
        (wanted,) = (option for option in get_args(kind) if option is not type(None))
        return None if value is None else _decode(wanted, value, path)
    if origin is tuple and isinstance(value, list):
        return tuple(_decode(get_args(kind)[0], each, f"{path}[{n}]") for n, each in enumerate(value))
    if origin is Mapping and isinstance(value, dict):
        return {name: _decode(get_args(kind)[1], each, f"{path}.{name}") for name, each in value.items()}
    if kind is datetime and isinstance(value, str):
        return _time(value, path)
    if kind is float and type(value) is int:
        return float(value)
    if isinstance(kind, type) and type(value) is kind:
        return value
    raise UnexpectedAnswerError(f"{path or 'the answer'} has an unexpected type")


def _record(kind: Any, value: object, path: str) -> Any:
    if not isinstance(value, dict):
        raise UnexpectedAnswerError(f"{path or 'the answer'} is not an object")
    hints, values = _hints(kind), {}
    for field in fields(kind):
        if field.name in value:
            values[field.name] = _decode(hints[field.name], value[field.name], f"{path}.{field.name}".lstrip("."))
        elif field.default is MISSING:
            raise UnexpectedAnswerError(f"{path or 'the answer'} has no field {field.name}")
    return kind(**values)


@lru_cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _time(text: str, path: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnexpectedAnswerError(f"{path} is not a time") from error
