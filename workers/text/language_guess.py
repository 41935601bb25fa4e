"""Guess the language of a text in any script."""

import unicodedata
from collections import Counter
from collections.abc import Mapping

from .languages import likely_languages

#: The usual language of a script, by the first word of its letters' Unicode names.
_SCRIPTS: Mapping[str, str] = {
    "CYRILLIC": "ru", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARABIC": "ar",
    "DEVANAGARI": "hi", "GREEK": "el", "HEBREW": "he", "THAI": "th", "BENGALI": "bn", "TAMIL": "ta", "ARMENIAN": "hy",
    "GEORGIAN": "ka",
}  # fmt: skip
#: Letters that are looked at: the script shows in the first ones.
SCRIPT_LETTERS = 200
UNDETERMINED = "und"


def guessed_languages(text: str, home: str = "") -> frozenset[str]:
    """Return the likely languages of a text; empty if nothing shows them. `home` is likelier than others."""
    letters = [letter for letter in text[: 4 * SCRIPT_LETTERS] if letter.isalpha()][:SCRIPT_LETTERS]
    scripts = Counter(unicodedata.name(letter, "?").split()[0] for letter in letters)
    script = scripts.most_common(1)[0][0] if scripts else "LATIN"
    if {"HIRAGANA", "KATAKANA"} & scripts.keys() and script == "CJK":
        return frozenset({"ja"})
    if script == "LATIN":
        return likely_languages(text, home)
    return frozenset({_SCRIPTS.get(script, UNDETERMINED)})
