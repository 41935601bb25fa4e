"""Recognize threats, calls for violence and wishes of death by the grammar of `threat_phrases.txt`, in many languages.

A threat is a form: who plans what, against whom. Reports, quotations, negations, games and idioms are none.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from .attack_words import ARABIC_FORMS, INSIDE_RUNS, MAX_CHARACTERS, MAX_WORDS, QUOTED, entries
from .normalization import fold
from .tokens import WORD, words

#: Languages whose words are found inside runs of letters.
_UNSPACED = frozenset(("zh", "ja", "ko"))
#: A name of a group of people in the words of a text. No word of a folded text has capitals.
_GROUP = "GROUP"
#: Words around a threat that may report it, and words before and after it that may deny it.
_NEAR, _DENIED_BEFORE, _DENIED_AFTER = 8, 3, 2
#: Characters for a word in scripts without spaces.
_CHARACTERS = 4
#: A quotation with so many words around it is a report. Others are only put in quotation marks.
_LEAST_AROUND = 2
_ARABIC_LETTERS = [chr(letter) for letter in ARABIC_FORMS]


def _plain(text: str) -> str:
    folded = fold(text).text
    if not folded.isascii() and any(letter in folded for letter in _ARABIC_LETTERS):
        return folded.translate(ARABIC_FORMS)
    return folded


class _Words:
    """Whole words, and beginnings of words, which end with "*"."""

    def __init__(self, listed: Collection[str]) -> None:
        self._whole = frozenset(word for word in listed if not word.endswith("*"))
        self._beginnings = tuple(word.rstrip("*") for word in listed if word.endswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._beginnings)


class _Language:
    """The lines of one language: its classes of words, its threats, and the names of its groups of people."""

    def __init__(self, code: str) -> None:
        self.is_unspaced = code in _UNSPACED
        self.classes: dict[str, list[str]] = {}
        self.threats: list[list[str]] = []
        self.groups: set[str] = set()
        self.reports: set[str] = set()

    @cached_property
    def is_group(self) -> "_Words":
        return _Words(self.groups)

    @cached_property
    def condemns(self) -> "_Words":
        return _Words(self.reports)

    @cached_property
    def reporting(self) -> "_Words":
        return _Words(self.words("unless"))

    @cached_property
    def denying(self) -> "_Words":
        return _Words(self.words("not"))

    def words(self, name: str) -> list[str]:
        listed = self.classes.get(name, ())
        return [_plain(word.rstrip("*").replace("_", " ")) + "*" * word.endswith("*") for word in listed]

    def alternatives(self, element: str) -> list[str]:
        """Return the words and phrases of an element."""
        found: list[str] = []
        for part in element.strip("!?").split("|"):
            if part == "<group>":
                found += sorted(self.groups) if self.is_unspaced else [_GROUP]
            elif part[0] == "<":
                found += self.words(part[1:-1])
            else:
                found.append(part if part in ("^", "$") else _plain(part.replace("_", " ")))
        return found

    def _expression(self, element: str) -> str:
        """Return the regular expression of an element. With spaces between words, each word in it ends with one."""
        if set(element) == {"."}:
            gap = "[^\\n。！？!?]" if self.is_unspaced else "(?:[^ ]+ )"
            return f"{gap}{{0,{len(element) * (_CHARACTERS if self.is_unspaced else 1)}}}"
        parts = [
            word if word in ("^", "$") else re.escape(word) if self.is_unspaced else f"{' '.join(WORD.findall(word))} "
            for word in self.alternatives(element)
        ]
        return f"(?:{'|'.join(parts)}){'?' if element.endswith('?') else ''}"

    def pattern(self, threat: Sequence[str]) -> re.Pattern[str]:
        joint, start = ("\\s*", "") if self.is_unspaced else ("", "(?<![^ ])")
        return re.compile(start + joint.join([self._expression(element) for element in threat]))

    def marked(self, threat: Sequence[str]) -> Iterator[str]:
        """Yield the words of the marked elements of a threat, of a phrase the last one."""
        for element in threat:
            if element[0] == "!":
                listed = self.alternatives(element)
                yield from listed if self.is_unspaced else [WORD.findall(word)[-1] for word in listed]


@dataclass(frozen=True, eq=False)
class _Threat:
    """One threat of a language."""

    language: _Language
    elements: Sequence[str]

    @cached_property
    def _has_group(self) -> bool:
        return any("<group>" in element for element in self.elements)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return self.language.pattern(self.elements)

    def found(self, text: str, tokens: Sequence[str]) -> str:
        """Return the words of the first such threat that is meant; "" if there is none."""
        return self._inside(text) if self.language.is_unspaced else self._among(text, tokens)

    def _among(self, text: str, tokens: Sequence[str]) -> str:
        is_group = self.language.is_group
        line = f"{' '.join([_GROUP if w in is_group else w for w in tokens] if self._has_group else tokens)} "
        for match in self._pattern.finditer(line):
            start = line.count(" ", 0, match.start())
            end = start + match[0].count(" ")
            around = tokens[max(0, start - _NEAR) : end + _NEAR]
            close = tokens[max(0, start - _DENIED_BEFORE) : end + _DENIED_AFTER]
            reported = any(word in self.language.reporting for word in around) or (
                _GROUP in match[0] and any(word in self.language.condemns for word in around)
            )
            denied = any(word in self.language.denying for word in close)
            found = " ".join(tokens[start:end])
            if not reported and not denied and not _is_quoted(text, found):
                return found
        return ""

    def _inside(self, text: str) -> str:
        for match in self._pattern.finditer(text):
            around, close = (
                text[max(0, match.start() - n * _CHARACTERS) : match.end() + n * _CHARACTERS] for n in (_NEAR, 1)
            )
            reported = any(word in around for word in self.language.words("unless"))
            denied = any(word in close for word in self.language.words("not"))
            if not reported and not denied and not _is_quoted(text, match[0]):
                return match[0]
        return ""


def _is_quoted(text: str, found: str) -> bool:
    """Decide if the words stand in a quotation that has more words around it."""
    for quotation in QUOTED.finditer(text):
        if found in quotation[0] or found in " ".join(WORD.findall(quotation[0])):
            rest = text[: quotation.start()] + " " + text[quotation.end() :]
            return len(WORD.findall(rest)) >= _LEAST_AROUND
    return False


@cache
def _languages() -> Mapping[str, _Language]:
    found: dict[str, _Language] = {}
    for line in files(__package__).joinpath("threat_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            code, kind, *rest = line.split()
            language = found.setdefault(code, _Language(code))
            if kind == "=":
                language.threats.append(rest)
            else:
                language.classes[kind.rstrip(":")] = rest
    for code, kind, word in entries():
        if kind in ("group", "report") and code in found and "_" not in word:
            names = found[code].groups if kind == "group" else found[code].reports
            names.add(_plain(word.rstrip("*")) + "*" * word.endswith("*"))
    return found


@cache
def _threats_by_word(is_unspaced: bool) -> Mapping[str, tuple[_Threat, ...]]:
    """Return the threats by their marked words, of scripts with or without spaces."""
    found: defaultdict[str, list[_Threat]] = defaultdict(list)
    for language in _languages().values():
        for threat in (_Threat(language, elements) for elements in language.threats):
            if language.is_unspaced == is_unspaced:
                for word in set(language.marked(threat.elements)):
                    found[word].append(threat)
    return {word: tuple(threats) for word, threats in found.items()}


@cache
def _marked_words() -> frozenset[str]:
    """Return the marked words of scripts with spaces. A set finds one of them quicker than the keys of a dictionary."""
    return frozenset(_threats_by_word(False))


@cache
def _marked_inside() -> re.Pattern[str]:
    """Return a pattern of the marked words of scripts without spaces."""
    return re.compile("|".join(map(re.escape, sorted(_threats_by_word(True), key=len, reverse=True))))


def _possible(text: str, found: Collection[str]) -> list[_Threat]:
    """Return the threats of which the text has a marked word."""
    possible: list[_Threat] = []
    if not _marked_words().isdisjoint(found):
        by_word = _threats_by_word(False)
        possible = [threat for word in found for threat in by_word.get(word, ())]
    if not text.isascii() and INSIDE_RUNS.search(text):
        by_word = _threats_by_word(True)
        possible += [t for word in set(_marked_inside().findall(text)) for t in by_word[word]]
    return possible


def foreign_threat(text: str) -> str:
    """Return the words of a threat in any language of the grammar; "" if there is none."""
    plain = _plain(text)[:MAX_CHARACTERS]
    found = words(plain)[:MAX_WORDS]
    possible = _possible(plain, found)
    return next(filter(None, (threat.found(plain, found) for threat in dict.fromkeys(possible))), "")
