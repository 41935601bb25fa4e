"""Undo encodings of whole texts or words: entities, reversed text, Base64, flags for letters, phonetic letters.

Each function returns the text and True if it was a disguise.
"""

import base64
import binascii
import html
import re
from functools import lru_cache

from .homoglyphs import GREEK_AMONG_PHONETIC, PHONETIC
from .languages import is_function_word
from .vocabulary import english_words

#: An entity that stands for a letter or digit of ASCII.
LETTER_ENTITY = re.compile(r"&#(?:x[3-7][0-9a-f]|[4-9]\d|1[01]\d|12[0-2]);?", re.IGNORECASE)
#: An override that shows text backwards, up to its end.
REVERSED = re.compile("\u202e([^\u202a-\u202e\n]*)(?:\u202c|$)", re.MULTILINE)
_LATIN_WORD = re.compile(r"[a-z]+")
#: Shorter words are not decoded.
SHORTEST_ENCODED = 16
#: At least sixteen characters of Base64 with capitals and small letters.
_ENCODED = re.compile(
    r"(?<![\w+/=.-])(?=[^\s]{0,80}[a-z])(?=[^\s]{0,80}[A-Z])(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![\w+/=])"
)
#: Letters of the shortest word that the expression finds.
_LEAST_LETTERS = 12
#: Only the first ones are decoded, and no image.
MAX_ENCODED, LONGEST_ENCODED = 40, 8192
CONTROLS = frozenset(map(chr, (*range(9), *range(14, 32), 127)))
#: Share of letters and spaces in readable text.
READABLE = 0.8
INDICATOR = re.compile("[\U0001f1e6-\U0001f1ff]")
REGIONAL_INDICATOR, LAST_INDICATOR = 0x1F1E6, 0x1F1FF
_INDICATORS = re.compile("[\U0001f1e6-\U0001f1ff](?:[\u200b-\u200d\ufe0f]?[\U0001f1e6-\U0001f1ff])*")
#: ISO 3166 codes that have a flag.
_FLAGS = (
    "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ "
    "FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM "
    "MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT "
    "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL "
    "TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
FLAGS = frozenset(_FLAGS.split())
#: Different phonetic letters from which a text is disguised. Orthographies such as that of Ewe have fewer.
MANY_PHONETIC = 5


def unescaped(text: str) -> tuple[str, bool]:
    """Undo entities. Letters below two layers of them are a disguise."""
    once = html.unescape(text)
    if "&" not in once or (twice := html.unescape(once)) == once:
        return once, False
    return html.unescape(twice), LETTER_ENTITY.search(once) is not None


def unreversed(text: str) -> tuple[str, bool]:
    """Turn text that is written backwards, if that gives more known words. Arabic and Hebrew may use the same marks."""
    plain = REVERSED.sub(lambda m: m[1][::-1] if words_known(m[1][::-1]) > words_known(m[1]) else m[1], text)
    return plain, plain != REVERSED.sub(r"\1", text)


def words_known(text: str) -> int:
    """Return the number of words of English, and of function words of any language in Latin script."""
    return _known(text) + sum(map(is_function_word, text.lower().split()))


def _known(text: str) -> int:
    return sum(map(english_words().__contains__, _LATIN_WORD.findall(text.lower())))


def may_be_encoded(text: str) -> bool:
    """Decide quickly if a word is long enough for Base64, and one has its capitals and small letters."""
    if max(word_lengths(text), default=0) < SHORTEST_ENCODED:
        return False
    return any(len(w) >= _LEAST_LETTERS and not (w.islower() or w.isupper()) for w in text.split())


@lru_cache(maxsize=8)
def word_lengths(text: str) -> tuple[int, ...]:
    """Return the lengths of what is between spaces. Two disguises look at them, so that few are cached."""
    return tuple(map(len, text.split()))


def decoded(text: str) -> tuple[str, bool]:
    """Decode words in Base64 that contain readable text. Keys, hashes and tokens stay as they are."""
    found = False

    def plain(match: re.Match[str]) -> str:
        nonlocal found
        readable = _readable(match[0])
        found = found or bool(readable)
        return readable or match[0]

    return _ENCODED.sub(plain, text, count=MAX_ENCODED), found


def _readable(encoded: str) -> str:
    """Return the text that is encoded; "" if it is not readable."""
    if len(encoded) > LONGEST_ENCODED:
        return ""
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    words = text.split()
    # A key hardly ever decodes to letters and spaces.
    is_prose = len(words) > 2 or (bool(words) and 2 * _known(text) >= len(words))
    plain = sum(c.isalpha() or c.isspace() for c in text)
    return text if is_prose and plain >= READABLE * len(text) and CONTROLS.isdisjoint(text) else ""


def without_indicators(text: str) -> tuple[str, bool]:
    """Read regional indicators as letters, unless all of them are flags."""
    runs = [_letters(run) for run in _INDICATORS.findall(text)]
    if all(_are_flags(run) for run in runs):
        return text, False
    return _INDICATORS.sub(lambda run: _letters(run[0]), text), True


def _letters(run: str) -> str:
    return "".join(
        chr(ord(c) - REGIONAL_INDICATOR + ord("a")) for c in run if REGIONAL_INDICATOR <= ord(c) <= LAST_INDICATOR
    )


def _are_flags(run: str) -> bool:
    pairs = [run[n : n + 2].upper() for n in range(0, len(run), 2)]
    return all(pair in FLAGS for pair in pairs)


def without_phonetic_letters(text: str, odd: str) -> tuple[str, bool]:
    """Read phonetic letters as Latin ones, in a text with many different ones outside of transcriptions."""
    if len({c for c in odd if ord(c) in PHONETIC}) < MANY_PHONETIC or "/" in text or "[" in text:
        return text, False
    return text.translate(dict(PHONETIC) | dict(GREEK_AMONG_PHONETIC)), True
