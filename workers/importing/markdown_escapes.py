"""Escape text so that it shows as it is in Markdown."""

import re

from comments.addresses_in_text import addresses_in

#: Characters that can begin Markdown within a line. `!` and `&` need none: images and entities are off.
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|$)|[*`]|(?<![^\W_])_|_(?![^\W_])|\[(?=[^\n]*\]\()|<(?=[a-zA-Z][^\s<>]*[:@])"
)
#: The beginning of a line that is a quote, a list, code or a fence.
_LINE_START = re.compile(r"^( {0,3})(>|[-+](?=[ \t]|$)|~{3}|\d{1,9}(?=[.)](?:[ \t]|$)))")


def escaped(text: str) -> str:
    """Return Markdown that shows exactly this text. Addresses stay as they are, because they are links anyway."""
    pieces, at = [], 0
    for address in addresses_in(text):
        pieces += [_INLINE.sub(_escape, text[at : address.start]), text[address.start : address.end]]
        at = address.end
    return "".join([*pieces, _INLINE.sub(_escape, text[at:])])


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def escaped_start(line: str) -> str:
    """Escape what makes a line a quote, a list or code."""
    line = re.sub(r"^(?: {4,}| {0,3}\t[ \t]*)", "", line)
    match = _LINE_START.match(line)
    if not match:
        return line
    at = match.end() if match[2][0].isdigit() else match.end(1)
    return f"{line[:at]}\\{line[at:]}"
