"""Write headers of emails by RFC 5322 and RFC 2047: short lines, and encoded words of at most 75 characters.

Python's own folding gives encoded words of any length if lines may be long, and breaks links if they may not.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import quote
from typing import Any

MAX_LINE, MAX_WORD = 78, 75
#: Bytes that mean themselves in an encoded word, also in a name before an address (RFC 2047, 5.3).
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
#: A name that needs no quotes (RFC 5322, 3.2.3).
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", re.ASCII)


class HeaderPolicy(EmailPolicy):
    """Folds texts, names and lists of message ids. Other headers stay on one line: most hold links."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() == "subject":
            pieces = text_pieces(str(value), MAX_LINE - len("Subject: ") - 2)
        elif name.lower() in ("from", "to"):
            pieces = [piece for address in value.addresses for piece in address_pieces(address, len(name))]
        elif name.lower() == "references":
            pieces = str(value).split()
        else:
            unfolded: str = super().fold(name, value)
            return unfolded
        return self.linesep.join(_lines(f"{name}:", pieces)) + self.linesep

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8", "surrogateescape")


#: The longest line that SMTP allows is for headers that must not be folded.
POLICY = HeaderPolicy(linesep="\r\n", max_line_length=998)


def text_pieces(text: str, first: int) -> Sequence[str]:
    """Return the pieces of a text that may go on lines of their own. The first has at most `first` characters."""
    if text.isascii() and text.isprintable() and max(map(len, text.split(" "))) <= first:
        return text.split(" ")
    return list(encoded_words(text, first))


def address_pieces(address: Address, used: int) -> Iterator[str]:
    """Return the pieces of a name and an address; `used` characters of the first line are taken."""
    name, first = address.display_name, MAX_WORD - used - 2
    if name.isascii() and name.isprintable() and len(name) <= first - 2:
        yield from [name if _ATOMS.fullmatch(name) else f'"{quote(name)}"'] if name else []
    else:
        yield from encoded_words(name, first)
    yield f"<{address.addr_spec}>" if name else address.addr_spec


def encoded_words(text: str, first: int) -> Iterator[str]:
    """Encode a text in words; the first has at most `first` characters, and none splits a character."""
    encode = _q_word if len(_q_word(text)) <= len(_b_word(text)) else _b_word
    piece, limit = "", first
    for character in text:
        if len(encode(piece + character)) > limit:
            yield encode(piece)
            piece, limit = "", MAX_WORD
        piece += character
    yield encode(piece)


def _q_word(text: str) -> str:
    codes = ("_" if byte == 0x20 else chr(byte) if byte in _PLAIN else f"={byte:02X}" for byte in text.encode())
    return f"=?utf-8?q?{''.join(codes)}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _lines(start: str, pieces: Sequence[str]) -> Iterator[str]:
    line = start
    for piece in pieces:
        if len(line) + 1 + len(piece) > MAX_LINE and line != start:
            yield line
            line = ""
        line += f" {piece}"
    yield line
