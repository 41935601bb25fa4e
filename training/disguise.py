"""Disguises of spam, each a function of a text and a random generator."""

import base64
import random
import re
from collections.abc import Callable, Mapping

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_LARGE = _SMALL.upper()
LINK = re.compile(r"((?:https?://|www\.)\S+|\S+\.[a-z]{2,}(?:/\S*)?)")
WORD = re.compile(r"[A-Za-z]{3,}")

CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
LEET = str.maketrans("aeiost", "431057")
_LETTERS = _SMALL + _LARGE


def _alphabet(small: int, large: int) -> dict[int, int]:
    """Map Latin letters to the alphabets that begin at two code points."""
    return str.maketrans(_LETTERS, "".join(chr(first + n) for first in (small, large) for n in range(26)))


BOLD = _alphabet(0x1D41A, 0x1D400)
FULL_WIDTH = _alphabet(0xFF41, 0xFF21)
SMALL_CAPITALS = str.maketrans("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ")
PHONETIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ɑɓƈɖɛʄɠɦɨʝƙʟɱɳσρզɾʂƭυʋɰϰʏȥ")
REGIONAL = str.maketrans(_LETTERS, "".join(chr(0x1F1E6 + n) for n in range(26)) * 2)
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0331"

#: Share of the words that a disguise changes. Spammers disguise the telling words, and some others.
SHARE = 0.7

Disguise = Callable[[str, random.Random], str]


def _words(text: str, change: Callable[[str], str], draw: random.Random) -> str:
    """Change a share of the words. Links stay, because readers must be able to use them."""

    def changed(word: re.Match[str]) -> str:
        return change(word[0]) if draw.random() < SHARE else word[0]

    parts = LINK.split(text)
    return "".join(part if n % 2 else WORD.sub(changed, part) for n, part in enumerate(parts))


def _translated(table: dict[int, int]) -> Disguise:
    return lambda text, draw: _words(text, lambda word: word.translate(table), draw)


def _with(signs: str, often: float) -> Disguise:
    """Insert a sign after some letters of a word."""

    def change(word: str, draw: random.Random) -> str:
        inner = [letter + (draw.choice(signs) if draw.random() < often else "") for letter in word[:-1]]
        return "".join(inner) + word[-1]

    return lambda text, draw: _words(text, lambda word: change(word, draw), draw)


def _split(sign: str) -> Disguise:
    """Insert a sign once inside a word."""

    def change(word: str, draw: random.Random) -> str:
        at = draw.randint(1, len(word) - 1)
        return word[:at] + sign + word[at:]

    return lambda text, draw: _words(text, lambda word: change(word, draw), draw)


def _accented(text: str, draw: random.Random) -> str:
    def change(word: str) -> str:
        return "".join(letter + (draw.choice(ACCENTS) if draw.random() < 0.6 else "") for letter in word)

    return _words(text, change, draw)


def _spaced(text: str, draw: random.Random) -> str:
    return _words(text, " ".join, draw)


def _entities(text: str, draw: random.Random) -> str:
    return _words(text, lambda word: "".join(f"&amp;#{ord(letter)};" for letter in word), draw)


def _reversed(text: str, draw: random.Random) -> str:
    """Write the text backwards between marks that make browsers show it forwards. Links stay."""
    parts = LINK.split(text)
    return "".join(part if n % 2 or not part.strip() else f"\u202e{part[::-1]}\u202c" for n, part in enumerate(parts))


def _encoded(text: str, draw: random.Random) -> str:
    parts = LINK.split(text)
    turned = [
        part if n % 2 or not part.strip() else f" {base64.b64encode(part.strip().encode()).decode()} "
        for n, part in enumerate(parts)
    ]
    return "".join(turned).strip()


def _fenced(text: str, draw: random.Random) -> str:
    return f"```\n{text}\n```"


def _camel_case(text: str, draw: random.Random) -> str:
    """Join words, each with a capital, a few at a time."""
    parts = LINK.split(text)
    return "".join(part if n % 2 else _joined(part, draw) for n, part in enumerate(parts))


def _joined(part: str, draw: random.Random) -> str:
    words = [word[:1].upper() + word[1:] for word in part.split()]
    joined = []
    while words:
        n = draw.randint(2, 5)
        joined.append("".join(words[:n]))
        words = words[n:]
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return before + " ".join(joined) + (after if part.strip() else "")


def undisguised(text: str, draw: random.Random) -> str:
    """Return the text unchanged."""
    return text


DISGUISES: Mapping[str, Disguise] = {
    "Cyrillic look-alikes": _translated(CYRILLIC),
    "digits as letters": _translated(LEET),
    "zero-width characters": _with("\u200b\u200c\u200d\u2060", 0.5),
    "mathematical bold": _translated(BOLD),
    "full width": _translated(FULL_WIDTH),
    "small capitals": _translated(SMALL_CAPITALS),
    "spaced letters": _spaced,
    "combining accents": _accented,
    "dots inside words": _split("."),
    "dots between letters": _with(".", 1.0),
    "hyphens inside words": _split("-"),
    "underscores inside words": _split("_"),
    "asterisks inside words": _split("**"),
    "a space inside words": _split(" "),
    "phonetic letters": _translated(PHONETIC),
    "code fence": _fenced,
    "CamelCase": _camel_case,
    "double entities": _entities,
    "reversed": _reversed,
    "base64": _encoded,
    "regional indicators": _translated(REGIONAL),
}
