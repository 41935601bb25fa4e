"""Clean typed text: drop characters that nobody sees, and repair what keyboards and browsers get wrong.

Windows-1252 bytes that were taken for Latin-1, such as U+0092, become the characters they were meant to be. In the
text of a comment, joiners and bidirectional characters stay: honest scripts need some of them, and the filters see
disguises by the others. `without_reordering` takes out the harmful ones where a comment is shown.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

_LINE_END = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
#: Controls and characters that Unicode reserves for programs.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAKS = re.compile("[\t\n\x0b\x0c\r\u2028\u2029]+")
_LEADING = re.compile("[\\s\ufeff]*")
#: Invisible format characters, but no joiners and no signs of Arabic numbers.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
#: Tags hide whole texts. Only the flags of regions, such as Scotland's, are made of them.
_TAGS = re.compile("(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,16}\U000e007f)|[\U000e0000-\U000e007f]+")
#: Joiners are part of words in Persian and in the scripts of India, and of emoji. After ASCII they do nothing.
_JOINER = re.compile("(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+")
#: Embeddings, overrides and isolates reorder the text around them; the byte order mark is no text at all.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")

#: Browsers leave these out of an address too.
_NO_LINE_ENDS = dict.fromkeys(map(ord, "\t\n"))
#: The wide letters of East Asian keyboards, at the code points of ASCII.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_SCHEME = re.compile(r"(https?)(?:\s*[:;]\s*[/\\]*|[/\\]{2,})\s*", re.IGNORECASE)
_SLASHES = re.compile(r"[/\\]{2,}")
_LABEL = r"[^\s/?#:@.,<>\"'\\]+"
_BARE_HOST = re.compile(
    rf"(?:{_LABEL}\.)+(?:xn--[a-z0-9-]+|[^\s/?#:@.,<>\"'\\\d]{{2,}})\.?(?::\d{{1,5}})?(?:[/?#]\S*)?", re.IGNORECASE
)


def clean_text(text: str) -> str:
    """Clean a text of several lines. The indentation of its first line stays: it can be code."""
    text = _without_controls(_LINE_END.sub("\n", text))
    leading = _LEADING.match(text)[0]  # type: ignore[index]  # it matches everything
    indentation = leading.rpartition("\n")[2].replace("\ufeff", "")
    return f"{indentation}{text[len(leading) :].rstrip()}"


def clean_line(text: str) -> str:
    """Clean a name: one line without invisible characters."""
    pieces = (piece.strip() for piece in _LINE_BREAKS.split(text))
    return _without_invisible(_without_controls(" ".join(filter(None, pieces)))).strip()


def clean_email(text: str) -> str:
    return _without_invisible(_CONTROL.sub("", text.strip())).translate(_WIDE).strip()


def clean_website(text: str) -> str:
    """Clean the address of a website as people type it: add a missing scheme, drop a prefilled "http://"."""
    text = _without_invisible(_CONTROL.sub("", text.strip()).translate(_NO_LINE_ENDS)).strip()
    scheme, rest = "", text
    while match := _SCHEME.match(rest):
        scheme, rest = match[1].lower(), rest[match.end() :]
    if not scheme:
        rest = rest[match.end() :] if (match := _SLASHES.match(rest)) else rest
    if rest.lower() in ("", "www."):
        return ""
    if scheme:
        return f"{scheme}://{rest}"
    return f"https://{rest}" if _BARE_HOST.fullmatch(rest) else text


def without_reordering(text: str) -> str:
    """Take out what makes text read in another order than it is written. Right-to-left scripts need none of it."""
    return text if text.isascii() else _REORDERING.sub("", text)


#: By the kind of a visitor's field.
CLEANERS: Mapping[str, Callable[[str], str]] = {
    "text": clean_line,
    "email": clean_email,
    "url": clean_website,
    "markdown": clean_text,
}


def _without_controls(text: str) -> str:
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text.translate(_C1))
    return _composed(_TAGS.sub(r"\g<flag>", text).replace("\u200b", "") if not text.isascii() else text)


def _without_invisible(text: str) -> str:
    return text if text.isascii() else _composed(_JOINER.sub("", _INVISIBLE.sub("", text)))


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
