"""Word-by-word differences between two texts, as HTML with <del> and <ins>."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
#: Longer texts are not compared word by word: it takes time in the square of their length, for 20 cards on a page.
MAX_COMPARED_WORDS = 400


def diff_html(before: str, after: str) -> Markup:
    """Mark the words added to and removed from `before`; "" if the texts are equal."""
    if before == after:
        return Markup()
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common_prefix(old, new)
    end = _common_prefix(old[start:][::-1], new[start:][::-1])
    until = len(old) - end, len(new) - end
    parts = _changed(old[start : until[0]], new[start : until[1]])
    return Markup("").join((*_text(old[:start]), *parts, *_text(old[until[0] :])))


def _common_prefix(old: Sequence[str], new: Sequence[str]) -> int:
    """Number of words that both texts start with."""
    pairs = zip(old, new, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def _changed(old: list[str], new: list[str]) -> Iterator[Markup]:
    if max(len(old), len(new)) > MAX_COMPARED_WORDS:
        yield from (*_text(old, "del"), *_text(new, "ins"))
        return
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from _text(old[i:j])
        else:
            yield from (*_text(old[i:j], "del"), *_text(new[k:m], "ins"))


def _text(words: Sequence[str], tag: str = "") -> Iterator[Markup]:
    text = "".join(words)
    if text:
        yield Markup("<{0}>{1}</{0}>").format(tag, text) if tag else Markup("{}").format(text)
