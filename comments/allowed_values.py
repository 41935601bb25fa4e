"""Values that a setting of the deployment may have: each setting names its own, and the message says which they are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

#: Entry in the metadata of a field.
ALLOWED_VALUES = "allowed"

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class AllowedValues:
    sentence: str  # begins with "must"
    accepts: Callable[[Any], bool]


def limited(default: T, allowed: AllowedValues, secret: bool = False) -> T:
    """Return a field of a dataclass that names its values. A secret one is not shown."""
    value: T = field(default=default, repr=not secret, metadata={ALLOWED_VALUES: allowed})
    return value


def whole_numbers(least: int, most: int) -> AllowedValues:
    return AllowedValues(f"must be a whole number from {least} to {most}", lambda n: least <= n <= most)


def numbers(least: float, most: float) -> AllowedValues:
    """Allow a range, which neither NaN nor infinity is in."""
    return AllowedValues(f"must be a number from {least:g} to {most:g}", lambda n: least <= n <= most)


def words_among(values: Sequence[str]) -> AllowedValues:
    return AllowedValues(f"must be one of {', '.join(values)}", lambda value: value in values)


def matching(pattern: str, sentence: str) -> AllowedValues:
    return AllowedValues(sentence, lambda text: bool(re.fullmatch(pattern, text)))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_host, _ = bool(parts.hostname), parts.port
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc) and text.isprintable() and " " not in text
    return parts.scheme in ("http", "https") and has_host and is_plain


HTTP_URLS = AllowedValues("must be an address like https://host.example/path, without user, ? and #", _is_web_address)
HOSTS = AllowedValues(
    "must be hosts separated by commas, with or without a port, like intranet.example:8080",
    lambda text: all(_HOST.fullmatch(part.strip()) for part in text.split(",") if part.strip()),
)
