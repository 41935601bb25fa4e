"""Style of a text: some thirty measures, each as the name of the range that its value is in.

The names are features of the shipped model: a changed name is another feature.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import getitem

from .links import Link

WORD_IN_CAPITALS = re.compile(r"[A-Z](?<!\w.)[A-Z]+(?!\w)")
DIGITS = re.compile(r"\d+")
POINTERS = re.compile(r"[→➡➜➤►▶👉👈👇⬇⭐★☆✅✔🔥💰💵💸🎁🚀📈]|>>|->|=>")
PICTURES = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff]")
SENTENCE_END = re.compile(r"[.!?…。！？](?=\s|$)")
ELLIPSIS = re.compile(r"\.{2,}|…")

CAPITALS = bytes(range(65, 91))
SMALL = bytes(range(97, 123))
NUMERALS = b"0123456789"
SIGNS = b"%$#@*+="
#: Translation table for bytes: a digit, "A" for a capital, or a space.
_BYTE_KINDS = bytes(n if n in NUMERALS else ord("A") if n in CAPITALS else ord(" ") for n in range(256))
#: The same with a full stop for each end of a sentence, and a space for white space.
_SENTENCE_KINDS = bytes(
    ord("." if chr(n) in ".!?" else " " if n < 128 and chr(n).isspace() else "x") for n in range(256)
)

#: English function words. A text that argues has many, an advertisement few.
_JOINING = (
    "the of to and a in is that it for was with as be on not are this have by but from or an they which at their "
    "has were been would there what if who we all had will more when than so do no because how its about could only "
    "other should into even then most these those may very such own why where same does did while"
)
JOINING = frozenset(_JOINING.split())
I_WORDS = frozenset(["i", "my", "me", "mine", "i'm", "im", "myself"])
YOU_WORDS = frozenset(["you", "your", "u", "ur", "yours"])

#: Name, unit and upper ends of the ranges.
_TABLE: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("length", "characters", (15, 30, 50, 80, 130, 200, 320, 500, 900)),
    ("words", "words", (3, 6, 10, 16, 25, 40, 65, 100, 180)),
    ("words of average length", "letters", (3.2, 3.7, 4.1, 4.4, 4.8, 5.2, 5.8, 7)),
    ("longest word", "letters", (6, 8, 10, 12, 15, 20)),
    ("different words", "of all", (0.6, 0.7, 0.8, 0.9, 0.97)),
    ("capital letters", "of all", (0.005, 0.03, 0.06, 0.12, 0.25, 0.6)),
    ("words in capitals", "of all", (0.01, 0.05, 0.15, 0.4)),
    ("digits", "of all characters", (0.004, 0.02, 0.05, 0.12)),
    ("numbers", "numbers", (1, 2, 4, 8)),
    ("exclamation marks", "marks", (1, 2, 4)),
    ("question marks", "marks", (1, 2, 4)),
    ("full stops", "a word", (0.01, 0.04, 0.08, 0.15)),
    ("commas", "a word", (0.01, 0.03, 0.07, 0.12)),
    ("dots in a row", "times", (1, 2)),
    ("quotation marks", "marks", (1, 3)),
    ("brackets", "brackets", (1, 3)),
    ("apostrophes", "a word", (0.005, 0.03, 0.08)),
    ("line breaks", "breaks", (1, 3, 8)),
    ("double spaces", "times", (1, 3)),
    ("dashes", "dashes", (1, 3)),
    ("colons", "colons", (1, 3)),
    ("signs", "of %, $, #, @, *, + and =", (1, 2, 4)),
    ("pictures", "pictures", (1, 2, 4, 8)),
    ("pointing signs", "signs", (1, 3)),
    ("drawn-out letters", "letters", (1, 4)),
    ("joining words", "of all different words", (0.1, 0.2, 0.3, 0.4, 0.5)),
    ("words about oneself", "of all different words", (0.01, 0.05, 0.12)),
    ("words to the reader", "of all different words", (0.01, 0.05, 0.12)),
    ("sentences of", "words", (4, 8, 12, 18, 26)),
    ("share of links", "of all characters", (0.001, 0.1, 0.3, 0.6)),
)


def _range(name: str, unit: str, ends: tuple[float, ...], n: int) -> str:
    if n == 0:
        return f"{name}: under {ends[0]:g} {unit}"
    if n == len(ends):
        return f"{name}: {ends[-1]:g} {unit} or more"
    return f"{name}: {ends[n - 1]:g} to {ends[n]:g} {unit}"


_ENDS = tuple(ends for _, _, ends in _TABLE)
#: Measures that are 0 for most texts: their lowest range is no feature.
_RARE = frozenset(name for name, _, ends in _TABLE if ends[0] <= 0.01 or ends[0] == 1)
_NAMES = tuple(
    tuple("" if n == 0 and name in _RARE else _range(name, unit, ends, n) for n in range(len(ends) + 1))
    for name, unit, ends in _TABLE
)


def style_measures(raw: str, words: Sequence[str], plain: Sequence[str], found: Sequence[Link]) -> tuple[str, ...]:
    """Return the name of the range of each measure; nothing for an empty text.

    `words` are the folded words of `raw` in order; `plain` are the same with runs of a letter cut.
    """
    if not raw or not words:
        return ()
    ranges = map(bisect_right, _ENDS, _values(raw, words, plain, found))
    return (*filter(None, map(getitem, _NAMES, ranges)), *_ends(raw))


def _values(raw: str, words: Sequence[str], short: Sequence[str], found: Sequence[Link]) -> tuple[float, ...]:
    """Return the values in the order of the table."""
    n, size, distinct = len(words), len(raw), set(words)
    lengths = list(map(len, words))
    letters = sum(lengths)
    count, plain = raw.count, raw.isascii()
    encoded = raw.encode("utf-8", "replace")
    capitals, small, digits, other = _signs(encoded)
    kinds = encoded.translate(_BYTE_KINDS)
    return (
        size, n, letters / n, max(lengths), len(distinct) / n,
        capitals / ((small + capitals) or 1), len(WORD_IN_CAPITALS.findall(raw)) / n if b"AA" in kinds else 0.0,
        digits / size, len(kinds.replace(b"A", b" ").split() if plain else DIGITS.findall(raw)) if digits else 0,
        count("!"), count("?"), count(".") / n, count(",") / n,
        len(ELLIPSIS.findall(raw)) if ".." in raw or "…" in raw else 0,
        count('"') + count("“") + count("«"), count("(") + count("["), (count("'") + count("’")) / n,
        count("\n"), count("  "), count("-") + count("–") + count("—"), count(":"),
        other,
        0 if plain else len(PICTURES.findall(raw)),
        len(POINTERS.findall(raw)) if not plain or ">" in raw else 0,
        letters - sum(map(len, short)), len(JOINING & distinct) / len(distinct),
        len(I_WORDS & distinct) / len(distinct), len(YOU_WORDS & distinct) / len(distinct),
        n / max(1, count_sentences(raw)), sum(len(link.host) + len(link.path) for link in found) / size,
    )  # fmt: skip


def count_sentences(raw: str) -> int:
    """Return the number of signs that end a sentence."""
    if not raw.isascii():
        return len(SENTENCE_END.findall(raw))
    ends = raw.encode().translate(_SENTENCE_KINDS)
    return ends.count(b". ") + ends.endswith(b".")


def _signs(encoded: bytes) -> list[int]:
    """Return the numbers of ASCII capitals, small letters, digits and characters of SIGNS."""
    return [len(encoded) - len(encoded.translate(None, kind)) for kind in (CAPITALS, SMALL, NUMERALS, SIGNS)]


def _ends(raw: str) -> Iterator[str]:
    """Yield the kinds of the first and the last character."""
    text = raw.strip()
    if text:
        first, last = text[0], text[-1]
        case = "a capital letter" if first.isupper() else "a small letter" if first.islower() else "another sign"
        yield f"begins with {case}"
        yield (
            "ends with a full stop"
            if last in ".。"
            else f"ends with {last}"
            if last in "!?"
            else ("ends with a letter" if last.isalpha() else "ends with another sign")
        )
