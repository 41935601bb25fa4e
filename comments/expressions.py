"""Regular expressions in the syntax of RE2, whose time is linear in the length of the text.

See https://github.com/google/re2/wiki/Syntax. There are no back references and no lookarounds.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, cast

import re2

#: Characters of an expression, and instructions of its program. `.{1,200}` has about 1,200.
MAX_EXPRESSION, MAX_PROGRAM = 200, 2_000
#: Bytes for the automaton of many expressions together. RE2 uses a slower method beyond it, with the same result.
MAX_MEMORY = 64 << 20
#: An expression between slashes, with flags as in other languages: /casino/i.
_WITH_FLAGS = re.compile(r"/(.+)/([gimsuxy]{1,5})", re.IGNORECASE | re.DOTALL)


class Expression(Protocol):
    """A compiled expression."""

    programsize: int

    def search(self, text: str) -> object | None: ...


def is_expression(text: str) -> bool:
    """Return True for a term that is written as a regular expression: /ca[s5]ino/."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def check_slashes(text: str) -> None:
    """Raise ValueError for a term that looks like an expression of another syntax, and would be taken literally."""
    if text == "//":
        raise ValueError("has no regular expression between its slashes")
    if found := _WITH_FLAGS.fullmatch(text):
        pattern, flags = found[1], "".join(sorted(set(found[2].lower()) & {"m", "s"}))
        written = f"/(?{flags}){pattern}/" if flags else f"/{pattern}/"
        raise ValueError(
            f"ends in the flags “{found[2]}”, which cannot follow the last slash. Write {written}: capitals and small "
            "letters are equal already, and (?-i) makes them different"
        )


def _options(max_memory: int = 8 << 20) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = max_memory
    return options


@lru_cache(maxsize=1024)
def compile_expression(pattern: str) -> Expression:
    """Compile a pattern without its slashes. Capitals and small letters are equal, unless it begins with (?-i).

    Raises ValueError with the position for one that is invalid, too large or matches an empty text.
    """
    if len(pattern) > MAX_EXPRESSION:
        raise ValueError(f"must have at most {MAX_EXPRESSION} characters, not {len(pattern)}")
    try:
        compiled = cast(Expression, re2.compile(pattern, _options()))
    except re2.error as error:
        raise ValueError(_complaint(pattern, error)) from error
    if compiled.programsize > MAX_PROGRAM:
        raise ValueError("is too large: use smaller numbers in { }")
    if compiled.search(""):
        raise ValueError("matches an empty text, and so every comment")
    return compiled


def _complaint(pattern: str, error: Exception) -> str:
    """Return RE2's message with the position, counted from 1."""
    detail = error.args[0] if error.args else b""
    text = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    reason, _, fragment = text.partition(": ")
    at = pattern.rfind(fragment) if fragment and fragment != pattern else _unbalanced(pattern)
    return f"is not a regular expression: {reason} at position {at + 1}"


def _unbalanced(pattern: str) -> int:
    """Return the index of the first parenthesis without a partner, or of the last character."""
    opened: list[int] = []
    is_escaped = in_class = False
    for at, character in enumerate(pattern):
        if is_escaped or character == "\\":
            is_escaped = not is_escaped
        elif character == "]" or (character == "[" and not in_class):
            in_class = character == "["
        elif character == "(" and not in_class:
            opened.append(at)
        elif character == ")" and not in_class:
            if not opened:
                return at
            opened.pop()
    return opened[0] if opened else max(0, len(pattern) - 1)


def any_literal(texts: Iterable[str]) -> Expression:
    """Return an expression that finds any of these texts, with capitals as written: one automaton for all."""
    options = _options(MAX_MEMORY)
    options.case_sensitive = True
    return cast(Expression, re2.compile("|".join(map(re2.escape, texts)), options))


def any_expression(patterns: Iterable[str]) -> Expression | None:
    """Return an expression that finds what any of these finds in a line of a text; None if they are too large together.

    ^ and $ are the ends of lines.
    """
    try:
        return cast(Expression, re2.compile("(?m)" + "|".join(f"(?:{p})" for p in patterns), _options(MAX_MEMORY)))
    except re2.error:
        return None


def searchable(text: str) -> str:
    """Return text that can be encoded as UTF-8, as RE2 needs it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
