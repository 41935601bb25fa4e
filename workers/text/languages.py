"""Identify the language of a text in Latin script by its function words and letters.

Short comments have few words, so the answer is a set: the languages that the text may be in. Measured on comments of
ten languages, the right one is in the set for 93 to 99 of 100 that have a function word.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

#: Words with their apostrophes, as in "c'est" and "don't".
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Letters that few languages have. They decide texts without function words.
_LETTERS: Mapping[str, str] = {
    "ß": "de", "ñ": "es", "ã": "pt", "õ": "pt et", "ç": "fr pt tr ca", "ł": "pl", "ż": "pl", "ś": "pl", "ź": "pl",
    "ę": "pl lt", "ą": "pl lt", "ě": "cs", "ř": "cs", "ů": "cs", "ľ": "sk", "ť": "sk cs", "ď": "sk cs", "đ": "hr vi",
    "ć": "pl hr", "č": "cs sk sl hr lt lv", "š": "cs sk sl hr lt lv et", "ž": "cs sk sl hr lt lv et", "ő": "hu",
    "ű": "hu", "å": "sv da nb fi", "ø": "da nb", "æ": "da nb is", "ä": "de sv fi et", "ö": "de sv fi hu tr et is",
    "ü": "de tr hu et", "ă": "ro vi", "ț": "ro", "ș": "ro", "ş": "tr ro", "ğ": "tr", "ı": "tr", "è": "fr it ca",
    "ê": "fr pt vi", "à": "fr it ca pt", "ù": "fr it", "ò": "it ca", "ì": "it", "¿": "es", "¡": "es", "ð": "is",
    "þ": "is", "ư": "vi", "ơ": "vi", "ệ": "vi", "ế": "vi", "ạ": "vi", "ả": "vi", "ë": "nl sq fr",
}  # fmt: skip
LETTER_WEIGHT = 0.5
#: Share of the best language's evidence that another one needs to be likely too. Related languages share many words.
LIKELY = 0.6
#: Evidence in favour of the site's own language. It decides only texts with few function words.
HOME = 0.5
#: A text of at least this many words without a function word is in a language without a list.
MANY_WORDS = 6
#: The name of such a language.
UNLISTED = "other"
ENGLISH = "en"


@cache
def _evidence() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return the languages of each word and letter, with its weight: the more languages have it, the less it counts."""
    languages: dict[str, list[str]] = defaultdict(list)
    text = files(__package__).joinpath("function_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and line[0] != "#":
            language, _, words = line.partition(": ")
            for word in dict.fromkeys(words.split()):
                languages[word].append(language)
    # A letter alone is an abbreviation or a variable as often as a word.
    found = {w: tuple((of, (1 if len(w) > 1 else 0.3) / len(ofs)) for of in ofs) for w, ofs in languages.items()}
    for letter, listed in _LETTERS.items():
        found[f"+{letter}"] = tuple((of, LETTER_WEIGHT / len(listed.split())) for of in listed.split())
    return found


def is_function_word(word: str) -> bool:
    """Decide if a word in small letters is a function word of any language."""
    return len(word) > 1 and word in _evidence()


@lru_cache(maxsize=64)
def likely_languages(text: str, home: str = "") -> frozenset[str]:
    """Return the ISO 639 codes of the languages that a text may be in; empty if nothing tells.

    `home` is the language of the site, which is likelier than others.
    """
    lower = text.lower()
    words = [word.replace("’", "'") for word in _WORD.findall(lower)]
    found: defaultdict[str, float] = defaultdict(float)
    known = _evidence()
    for feature in (*words, *(f"+{letter}" for letter in set(lower) if letter in _LETTERS)):
        for language, weight in known.get(feature, ()):
            found[language] += weight
    if home and (found or len(words) < MANY_WORDS):
        found[home] += HOME
    if not found:
        return frozenset((UNLISTED,)) if len(words) >= MANY_WORDS else frozenset()
    enough = LIKELY * max(found.values())
    return frozenset(language for language, amount in found.items() if amount >= enough)
