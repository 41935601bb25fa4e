"""Traits of a text: links, markup, money, contact details and disguises.

The names are features of the shipped model and tokens of the sites' lessons: a changed name loses its lessons.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set

from .homoglyphs import UNUSED
from .links import Link
from .normalization import ENCODED_TEXT, Folded, unusual
from .numbered_words import numbered_words

MARKUP = re.compile(
    r"<\s?(a|b|i|strong|img|h\d|script|iframe|font|p|ul|li)\b|\[(url|link|img|b)[=\]]|\]\(\s?http", re.IGNORECASE
)
# Patterns begin with their rarest sign, so that the search is quick.
MONEY = re.compile(
    r"[$€£¥₽₹฿₿\d](?:(?<!\d)\s?\d|(?<=\d)\s?(?:[$€£₽₹¥]|(?i:usdt?|eur|btc|dollars?|euros?|руб\w{0,4}|rb|juta|jt)\b))"
)
PHONE = re.compile(
    r"(?<![\w/.=-])\+?\(?\d{1,4}\)?(?:[\s.\-–()]{1,3}\d{2,5}){2,5}(?!\w)|(?<![\w/.=-])\+?\d{10,14}(?!\w)"
)
_EMAIL_ADDRESS = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@./])@\w{2,32}")
HASHTAG = re.compile(r"(?<![\w#/&])#[^\W\d]\w{1,40}")
PERCENT = re.compile(r"%(?:(?<=\d%)|(?<=\d\s%))")
_DIGIT = re.compile(r"\d")
NO_DIGITS = bytes(n for n in range(128) if not chr(n).isdigit())
#: Addresses of articles contain a date, a long number or the words of a title.
ARTICLE = re.compile(
    r"/(?:19|20)\d\d/|/\d{5,}|[a-z0-9]+(?:[-_][a-z0-9]+){3}|/(?:wiki|news|articles?|questions|docs|issues)/",
    re.IGNORECASE,
)
REFERRAL = re.compile(r"[?&](?:ref|r|aff|aff_?id|promo|code|invite|u|id|affid)=|/ref/", re.IGNORECASE)
_QUOTED_LINE = re.compile(r"^ {0,3}>", re.MULTILINE)
#: Fancy letters: small capitals, letters in circles and squares, fullwidth and mathematical ones.
_FANCY = f"{''.join(UNUSED)}\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f149"
#: Fancy words next to plain Latin ones, or both in one word, are a disguise. Not so fullwidth letters in Japanese,
#: single mathematical letters, and texts wholly in a fancy script.
ANY_FANCY = re.compile(f"[{_FANCY}]")
FANCY_WORD = re.compile(f"[{_FANCY}]{{3}}")
LATIN_WORD = re.compile("[A-Za-z]{3}")
PARTLY_FANCY = re.compile(f"[A-Za-z][{_FANCY}]|[{_FANCY}][A-Za-z]")
STACKING = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]")
STACKED = re.compile(f"[A-Za-z]{STACKING.pattern}+")
#: Number of different letters with a combining accent that an orthography may need and Unicode does not have.
HONESTLY_STACKED = 1


def _shape(sign: str) -> str:
    """Return the class of a character in the search for numbers: digit, letter, space, or separator."""
    if sign in "$?":
        return sign
    if sign in ".-()":
        return "."
    return "0" if sign.isdigit() else "a" if sign.isalpha() else " " if sign.isspace() else "_"


#: The shape of each ASCII byte. "?" stands for every other character, which may be any of these.
SHAPES = "".join(map(_shape, map(chr, range(128)))).encode() + bytes(128)
#: Occurs in the shape of every text with a telephone number.
DIGITS_APART = re.compile(rb"[0?][0 .?]{6}")
#: One of these occurs in the shape of every sum of money, and of every name with digits.
MONEY_SHAPES = (b"$", b"0a", b"0 a", b"?")
NAME_SHAPES = (b"a00", b"a0?", b"a??")
LETTERS_AND_DIGITS = re.compile(r"\b([a-z]{3,12})(\d{2,4})\b")
MESSENGERS = frozenset(
    ("whatsapp", "whatapp", "telegram", "viber", "skype", "signal", "wechat", "discord", "snapchat", "icq")
)
#: Signs of source code. Backticks count if what is between them is short or looks like code, because spam may use them.
#: A fence of three counts only with many signs, because links and smileys have some.
CODE = re.compile(
    r"\(\)|::|=>|&&|;\n|\{\n|\};|==|\)\{|(?<!`)`[^`\s]{1,40}(?: [^`\s]{1,40})?`(?!`)"
    r"|(?<!`)`(?!`)[^`]{0,400}?(?:[(){}\[\]=;<>_$\\]|[a-z][A-Z])"
    r"|```[^`]{0,400}?[(){}\[\];<>$\\](?:[^`]{0,20}[(){}\[\];<>$\\]){2}"
)
#: One of these is in every text that CODE finds.
CODE_SIGNS = ("()", "::", "=>", "&&", ";\n", "{\n", "};", "==", "){", "`")

#: Higher counts are one trait.
MANY = 4
#: Links whose hosts become traits, so that a comment of links has few.
MAX_HOSTS = 6
#: Characters of a link's path to look at, so that the patterns stay quick.
MAX_PATH = 200
#: Limits for the weights of disguises. Normalization has undone them already, and honest writing can look like one: in
#: another script, in anger or in a hurry. A script by itself is no disguise.
WEIGHT_LIMITS = {
    "fancy letters": 2.8,
    "stacked accents": 2.8,
    "look-alike letters": 2.4,
    "hidden characters": 2.4,
    "spaced letters": 2.4,
    "digits as letters": 2.4,
    "dots inside words": 2.4,
    "encoded text": 2.4,
    "words in pieces": 2.4,
    "words run together": 2.4,
    "prose as code": 2.4,
}


def traits(raw: str, folded: Folded, found: Sequence[Link], words: Set[str]) -> Iterator[str]:
    """Yield the traits of a comment's content."""
    yield from folded.disguises
    if found:
        yield from _links(raw, found)
    for name, pattern, sign in _SIGNS:
        if sign in raw and pattern.search(raw):
            yield name
    if not raw.isascii():
        yield from _scripts(raw)
    if (not raw.isascii() and _DIGIT.search(raw)) or raw.encode("ascii", "ignore").translate(None, NO_DIGITS):
        yield from _numbers(folded)
    if not MESSENGERS.isdisjoint(words):
        yield from (f"messenger {name}" for name in sorted(MESSENGERS & words))
    # Base64 looks like code.
    code = folded.plain if ENCODED_TEXT in folded.disguises else raw
    if any(map(code.__contains__, CODE_SIGNS)) and CODE.search(code):
        yield "code"


#: Name, pattern, and a sign without which the pattern cannot match.
_SIGNS = (
    ("markup", MARKUP, "<"),
    ("markup in square brackets", MARKUP, "["),
    ("e-mail address", _EMAIL_ADDRESS, "@"),
    ("name after @", HANDLE, "@"),
    ("hashtag", HASHTAG, "#"),
    ("per cent", PERCENT, "%"),
    ("quotation", _QUOTED_LINE, ">"),
)


def _numbers(folded: Folded) -> Iterator[str]:
    shape = folded.plain.replace("?", "_").encode("ascii", "replace").translate(SHAPES)
    if any(map(shape.__contains__, MONEY_SHAPES)) and MONEY.search(folded.plain):
        yield "sum of money"
    if DIGITS_APART.search(shape) and PHONE.search(folded.plain):
        yield "telephone number"
    if any(map(shape.__contains__, NAME_SHAPES)):
        names = [found for found in LETTERS_AND_DIGITS.findall(folded.text) if found[0] not in numbered_words()]
        yield from [f"name with {len(digits)} digits" for _, digits in names[:1]]


def _scripts(raw: str) -> Iterator[str]:
    odd = unusual(raw)
    if ANY_FANCY.search(odd) and ((FANCY_WORD.search(raw) and LATIN_WORD.search(raw)) or PARTLY_FANCY.search(raw)):
        yield "fancy letters"
    # Some systems send French with combining accents, and a few letters, as in Guarani, have no other form.
    if STACKING.search(odd) and len(set(STACKED.findall(unicodedata.normalize("NFC", raw)))) > HONESTLY_STACKED:
        yield "stacked accents"


def _links(raw: str, found: Sequence[Link]) -> Iterator[str]:
    paths = [link.path[:MAX_PATH] for link in found[:MAX_HOSTS]]
    if all(map(ARTICLE.search, paths)):
        # Readers cite articles, so many such links are no sign of advertising.
        yield "links to articles only"
    else:
        yield "link"
        yield f"{min(len(found), MANY)}{' or more' if len(found) >= MANY else ''} links"
    for link in found[:MAX_HOSTS]:
        yield from _host(link)
    for path in paths:
        yield from _path(path)
    if len({link.host for link in found}) < len(found):
        yield "the same link again"
    if "http" not in raw and "www." not in raw:
        yield "link without http"
    if raw.rstrip().endswith(tuple(link.host for link in found)):
        yield "ends with a link"


def _path(path: str) -> Iterator[str]:
    if ARTICLE.search(path):
        yield "link to an article"
    elif "?" in path:
        yield "link with a question mark"
    if not path.strip("/"):
        yield "link to a front page"
    if REFERRAL.search(path):
        yield "link that counts who sent it"


def _host(link: Link) -> Iterator[str]:
    host = link.host.removeprefix("www.")
    yield f"link to {host}"
    yield f"link to .{host.rpartition('.')[2]}"
    if link.shortened:
        yield "shortened link"
    if link.raw_address:
        yield "link to a raw address"
    if link.international:
        yield "international link"
    if any(map(str.isdigit, host)):
        yield "link with digits"
    if host.count("-") > 1:
        yield "link with hyphens"
