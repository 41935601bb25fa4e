"""Undo disguised spellings: signs for letters, spaced letters, dots inside words.

Each function takes a plain text with its capitals, which show where a sentence begins, and returns the text without the
disguise, and True if there was one.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from comments.hosts import AMBIGUOUS_COUNTRIES, COMMON_ENDINGS, WORDS, is_bare_host, without_glued_words

from .homoglyphs import LEET
from .vocabulary import english_words

# Patterns begin with the rarer sign and look back from it. A pattern that begins with a letter would stop at each one.
IN_WORD = re.compile(r"[0134578@$!|](?<=[A-Za-z].)[0134578@$!|]{0,3}(?=[A-Za-z])")


def _classes(signs: str, other: str) -> bytes:
    """Return a translation table for ASCII: "0" for these signs, "a" for letters, and one sign for all others."""
    return bytes(ord("0" if chr(n) in signs else "a" if chr(n).isalpha() else other) for n in range(128)) + bytes(128)


#: For quick looks before slow searches: a look finds everything that the search finds, and more.
_LEET_CLASSES = _classes("0134578@$!|", " ")
_LETTER_CLASSES = _classes("0123456789", ".")
_DOT_CLASSES = _classes(".*|^~`", " ")
BETWEEN_SPACES = re.compile(r"\S+")
ADDRESS = re.compile(r"://|www\.|@[^@]*\.|[a-z0-9]\.[a-z]{2,}/", re.IGNORECASE)
LETTERS_BEFORE = re.compile(r"[A-Za-z'’]{1,24}\Z")
#: "!" is an i after at most SHORT letters, unless the word is an exclamation.
SHORT = 3
_EXCLAMATIONS = "ah aww boo god ha hey hi lol nah no oh ok omg so wow wtf yay yep yes"
EXCLAMATIONS = frozenset(_EXCLAMATIONS.split())
#: Abbreviations such as "i18n": a letter, the number of letters left out, a letter.
NUMERONYM = re.compile(r"\W*(?:[a-z]1\d[a-z]|k8s)\W*", re.IGNORECASE)
#: Digits at either end of a word. Honest words such as "5th", "10am", "100k" and "mp3" have them too.
AT_ENDS = re.compile(r"(?<![^\W_])[0134578]{1,2}(?=[A-Za-z])|[0134578](?<=[A-Za-z].)[0134578]{0,3}(?![^\W_])")
QUANTITY = re.compile(
    r"\W*(?:\d*(?:1st|2nd|3rd|\dth)|\d+(?:[ap]m|[a-z]|k[gm]|m[blm]|cm|gb|min)|[a-z]{1,2}\d{1,3})\W*", re.IGNORECASE
)
#: Letters, and a word of letters and such signs only: no prompt ("root@host:~#"), no key and no number of a model.
_LETTERS = re.compile("[a-z]{3,}")
LEET_WORD = re.compile(r"\W*(?:[a-z][a-z0134578]*[a-z]|[A-Z][A-Z0134578]*[A-Z])\W*")
#: A word with such signs in two places: "J3KP0T".
LEET_TWICE = re.compile(r"\W*(?:[A-Z]+[0134578]+[A-Z]+[0134578]+[A-Z]*|[a-z]+[0134578]+[a-z]+[0134578]+[a-z]*)(?!\w).*")
#: A short word with "@" near its beginning: "m@tarte", and no "root@localhost".
AT_WORD = re.compile(r"\W*[a-z]{1,2}@[a-z]{2,8}\W*")
_AROUND = ".,:;!?\"'()[]*_"
#: Longer words are hashes and keys.
LONGEST_LEET = 32
#: Number of words with digits inside from which digits at the ends of others are letters too.
ENOUGH_LEET = 2

#: Three or more single letters with the same sign between them, as in "f u c k" and "v.i.a.g.r.a".
SPACED = re.compile(r"(?<![^\W_])([^\W\d_])([ .,\-_*·|/\\~+]{1,3})(?=[^\W\d_]\2)(?:[^\W\d_]\2)+[^\W\d_](?![^\W_])")
#: The end of such a run; a text without it has none.
SPACED_END = re.compile(r"[ .,\-_*·|/\\~+][^\W\d_][ .,\-_*·|/\\~+]{1,3}[^\W\d_](?![^\W_])")
#: The same in classes of ASCII characters.
_SINGLE_LETTERS = re.compile(rb"\.a\.(?:\.{0,2})a\.")
#: Most letters of an abbreviation: "R.S.V.P.", "J. R. R. Tolkien".
ABBREVIATED = 5

#: A sign between two letters, except a full stop before the next sentence.
DOT_IN_WORD = re.compile(r"[.·•*|^~`´](?<=[^\W\d_].)(?=[^\W\d_])(?!(?<=[a-z].)[A-Z])")
#: Letters with single dots or other signs between them, as in "chan.nel" and "fr*ee".
DOTTED = re.compile(r"(?<![\w@/.])[^\W\d_]+(?:[.·•*|^~`´'’][^\W\d_]+)+(?![\w@/]|\.\w)")
INNER = re.compile(r"[.·•*|^~`´'’](?!(?<=[a-z].)[A-Z])")
#: A text is disguised if at least one word in so many has a sign inside. Missing spaces after a full stop are rarer.
DOTTED_SHARE = 5
#: Endings of words with dots that are neither clearly an address nor clearly disguised: "casino.it", "main.js".
_FILES = (
    "bat cfg conf cpp css csv doc docx exe gif htm html ini jpeg jpg js json log pdf php png sql svg txt xml yaml yml"
)
UNCERTAIN_ENDINGS = AMBIGUOUS_COUNTRIES | WORDS | frozenset(_FILES.split())
#: Abbreviations before a word without a space between them: "e.g.this".
ABBREVIATIONS = ("e.g.", "i.e.")


def may_be_leet(text: str) -> bool:
    """Decide quickly if a sign that stands for a letter may be between two letters."""
    classes = text.encode("ascii", "replace").translate(_LEET_CLASSES)
    return b"a0" in classes and b"0a" in classes


def unleet(text: str) -> tuple[str, bool]:
    """Read digits and signs between letters as letters. Addresses stay as they are."""
    if not may_be_leet(text) or not IN_WORD.search(text):
        return text, False
    plain = BETWEEN_SPACES.sub(_letters_inside, text)
    if plain == text:
        return text, False
    changed = [(a, b) for a, b in zip(text.split(), plain.split(), strict=True) if a != b]
    if not _are_words(changed):
        return text, False
    return (BETWEEN_SPACES.sub(_letters_at_ends, plain) if len(changed) >= ENOUGH_LEET else plain), True


def _are_words(changed: Sequence[tuple[str, str]]) -> bool:
    """Decide if chunks were words before signs took the place of letters, and no names such as "W3C" or "log4net".

    One of them is an English word, has such signs in two places or "@" near its beginning, or three are letters with
    such signs only, as other languages have them.
    """
    for written, plain in changed:
        if LEET_TWICE.fullmatch(written) or AT_WORD.fullmatch(written):
            return True
        before = _LETTERS.findall(written.lower())
        if any(word in english_words() and word not in before for word in _LETTERS.findall(plain.lower())):
            return True
    letters = {plain.strip(_AROUND).lower() for written, plain in changed if LEET_WORD.fullmatch(written)}
    return len(letters) > ENOUGH_LEET


def _letters_inside(chunk: re.Match[str]) -> str:
    word = chunk[0]
    if len(word) > LONGEST_LEET or not IN_WORD.search(word) or ADDRESS.search(word) or NUMERONYM.fullmatch(word):
        return word
    plain = IN_WORD.sub(_letter, word)
    return AT_ENDS.sub(_as_letters, plain) if plain != word else word


def _letters_at_ends(chunk: re.Match[str]) -> str:
    word = chunk[0]
    return word if ADDRESS.search(word) or QUANTITY.fullmatch(word) else AT_ENDS.sub(_as_letters, word)


def _letter(signs: re.Match[str]) -> str:
    return signs[0] if "!" in signs[0] and _is_end(signs) else _as_letters(signs)


def _as_letters(signs: re.Match[str]) -> str:
    return signs[0].translate(LEET)


def _is_end(marks: re.Match[str]) -> bool:
    """Decide if exclamation marks end a sentence, and only the space after them is missing."""
    before = LETTERS_BEFORE.search(marks.string, max(0, marks.start() - 24), marks.start())
    word = before[0] if before else ""
    begins_sentence = marks.string[marks.end()].isupper() and not word.isupper()
    return begins_sentence or len(word) > SHORT or word.lower() in EXCLAMATIONS


def unspaced(text: str) -> tuple[str, bool]:
    """Join spaced letters. Abbreviations are joined too, but are no disguise."""
    if not may_be_spaced(text) or not SPACED_END.search(text):
        return text, False
    runs = [run for run in SPACED.finditer(text) if not _is_list(run)]
    for run in reversed(runs):
        text = text[: run.start()] + run[0].replace(run[2], "") + text[run.end() :]
    return text, not all(map(_is_abbreviation, runs))


def may_be_spaced(text: str) -> bool:
    """Decide quickly if two single letters may be next to each other."""
    if not text.isascii():
        return True
    return _SINGLE_LETTERS.search(text.encode().translate(_LETTER_CLASSES) + b".") is not None


def _is_list(run: re.Match[str]) -> bool:
    """Recognize "vitamins A, B, C" and "x y z"."""
    letters = run[0].replace(run[2], "").lower()
    return ", " in run[2] or all(ord(b) - ord(a) == 1 for a, b in pairwise(letters))


def _is_abbreviation(run: re.Match[str]) -> bool:
    """Recognize "U.S.A.", "a.s.a.p." and "J. R. R. Tolkien"."""
    letters = run[0].replace(run[2], "")
    has_final_dot = run.string[run.end() : run.end() + 1] == "."
    return run[2].startswith(".") and len(letters) <= ABBREVIATED and (letters.isupper() or has_final_dot)


def may_be_dotted(text: str) -> bool:
    """Decide quickly if two words may have a sign inside."""
    return not text.isascii() or text.encode().translate(_DOT_CLASSES).count(b"0a") > 1


def undotted(text: str) -> tuple[str, bool]:
    """Remove signs inside words, except in web addresses.

    A missing space after a full stop looks the same, so a text must have several, and many for its length.
    """
    if not may_be_dotted(text) or len(DOT_IN_WORD.findall(text)) < 2:
        return text, False
    found = sum(_is_dotted(token) for token in DOTTED.findall(text))
    if found < 2 or found * DOTTED_SHARE < text.count(" ") + 1:
        return text, False
    return DOTTED.sub(_undotted, text), True


def _is_dotted(token: str) -> bool:
    return DOT_IN_WORD.search(token) is not None and token.rpartition(".")[2].lower() not in COMMON_ENDINGS


def shows_addresses(text: str) -> bool:
    """Decide if the words with dots are web addresses, as in "pills.de casino.de": at least as many as are disguised.

    A word that may be either does not count.
    """
    tokens = [without_glued_words(t).lower() for t in DOTTED.findall(unspaced(text)[0]) if _is_dotted(t)]
    certain = [
        is_bare_host(labels, "") if len(labels := token.split(".")) > 1 else False
        for token in tokens
        if token.rpartition(".")[2] not in UNCERTAIN_ENDINGS and not token.startswith(ABBREVIATIONS)
    ]
    return 2 * sum(certain) >= len(certain)


def _undotted(token: re.Match[str]) -> str:
    return INNER.sub("", token[0]) if _is_dotted(token[0]) else token[0]
