"""Find many terms in a text: ten thousand take hardly longer than ten.

Single words are looked up in a dictionary, and phrases by their longest word. One automaton searches for all terms with
signs or inside words, and another for all regular expressions. Only candidates are compared one by one.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Generic, TypeVar

from comments.expressions import (
    Expression,
    any_expression,
    any_literal,
    compile_expression,
    is_expression,
    searchable,
)

from .normalization import fold
from .tokens import UNSPACED_SCRIPT, WORD, words

Key = TypeVar("Key", bound=Hashable)
#: Parts of expressions that mean something else when several texts are searched as lines of one.
NEEDS_WHOLE_TEXT = re.compile(r"\\[Az]|\(\?[a-zA-Z-]*m")


@dataclass(frozen=True, slots=True)
class MatchedTerm(Generic[Key]):
    """A term and the key that stands for it in results. `inside`: it is also found inside longer words."""

    text: str
    inside: bool
    key: Key


@lru_cache(maxsize=4096)
def term_pattern(form: str, inside: bool) -> re.Pattern[str]:
    """Return a pattern for `form` with any space between its parts. A letter or digit at an end must end a word."""
    before = "" if inside or not form[0].isalnum() else r"(?<![^\W_])"
    after = "" if inside or not form[-1].isalnum() else r"(?![^\W_])"
    return re.compile(before + r"\s+".join(map(re.escape, form.split())) + after)


def term_forms(text: str) -> Iterable[str]:
    """Return the term as written and folded, as comments are: "v1agra" finds "viagra", and the other way round."""
    return filter(None, dict.fromkeys((text.strip().casefold(), fold(text).text.strip())))


def _expression(text: str) -> Expression | None:
    """Return the expression of a term between slashes; None for one that an earlier version stored unchecked."""
    try:
        return compile_expression(text[1:-1]) if is_expression(text) else None
    except ValueError:
        return None


def _views(text: str) -> tuple[str, ...]:
    """Return the text in small letters and folded, once if both are the same."""
    small, folded = text.casefold(), fold(text).text
    return (small,) if small == folded else (small, folded)


@lru_cache(maxsize=512)
def _words_of_views(text: str) -> tuple[str, ...]:
    return tuple(chain.from_iterable(map(words, _views(text))))


class TermMatcher(Generic[Key]):
    def __init__(self, terms: Iterable[MatchedTerm[Key]]) -> None:
        self._words: dict[str, list[Key]] = {}
        self._phrases: dict[str, list[tuple[str, Key]]] = {}  # by the longest word
        self._parts: list[tuple[str, str, bool, Key]] = []  # the longest part without a space, the form
        self._expressions: list[tuple[Expression, Key]] = []
        patterns = []
        for term in terms:
            if expression := _expression(term.text):
                patterns.append(term.text[1:-1])
                self._expressions.append((expression, term.key))
            else:
                self._add(term)
        self._starts = frozenset((*self._words, *self._phrases))
        self._any_part = any_literal({searchable(part) for part, *_ in self._parts}) if self._parts else None
        may_join = len(patterns) > 1 and not any(map(NEEDS_WHOLE_TEXT.search, patterns))
        self._any_expression = any_expression(patterns) if may_join else None
        self._has_words_only = not self._parts and not self._expressions

    def _add(self, term: MatchedTerm[Key]) -> None:
        for form in term_forms(term.text):
            # Scripts without spaces have no word boundaries.
            inside = term.inside or bool(UNSPACED_SCRIPT.search(form))
            parts = form.split()
            longest = max(parts, key=len)
            if inside or not all(map(WORD.fullmatch, parts)):
                self._parts.append((longest, form, inside, term.key))
            elif len(parts) == 1:
                self._words.setdefault(form, []).append(term.key)
            else:
                self._phrases.setdefault(longest, []).append((form, term.key))

    def found(self, text: str) -> Sequence[Key]:
        """Return the keys of the terms in the text, each once."""
        return tuple(dict.fromkeys(key for key, _ in self.found_in({"": text})))

    def found_in(self, texts: Mapping[str, str]) -> Iterable[tuple[Key, str]]:
        """Yield the keys of the terms in several texts, each with the name of its text. A key may be repeated.

        An automaton searches all texts at once, because most comments have none of its terms.
        """
        if self._has_words_only and all(map(self._starts.isdisjoint, map(_words_of_views, texts.values()))):
            return
        views = [(name, view) for name, text in texts.items() for view in _views(text)]
        has_part = self._any_part and self._any_part.search(searchable("\n".join([view for _, view in views])))
        starts = self._starts
        for name, view in views:
            if not starts.isdisjoint(words(view)):
                yield from [(key, name) for key in self._in_words(view)]
            if has_part:
                yield from [(key, name) for key in self._in_parts(view)]
        if self._expressions:
            written = {name: dict.fromkeys((text, fold(text).plain)) for name, text in texts.items()}
            yield from self._by_expression(written)

    def _in_words(self, view: str) -> Iterable[Key]:
        in_view = words(view)
        if not self._words.keys().isdisjoint(in_view):
            for word in dict.fromkeys(in_view):
                yield from self._words.get(word, ())
        if not self._phrases.keys().isdisjoint(in_view):
            for word in dict.fromkeys(in_view):
                for form, key in self._phrases.get(word, ()):
                    if term_pattern(form, False).search(view):
                        yield key

    def _in_parts(self, view: str) -> Iterable[Key]:
        for part, form, inside, key in self._parts:
            if part in view and term_pattern(form, inside).search(view):
                yield key

    def _by_expression(self, written: Mapping[str, Iterable[str]]) -> Iterable[tuple[Key, str]]:
        together = searchable("\n".join(chain.from_iterable(written.values())))
        if self._any_expression and not self._any_expression.search(together):
            return
        for name, views in written.items():
            for view in map(searchable, views):
                yield from [(key, name) for expression, key in self._expressions if expression.search(view)]


class FieldMatchers(Generic[Key]):
    """Matchers for terms that look in different fields of a comment."""

    def __init__(self, terms: Iterable[tuple[tuple[str, ...], MatchedTerm[Key]]]) -> None:
        grouped: dict[tuple[str, ...], list[MatchedTerm[Key]]] = {}
        for fields, term in terms:
            grouped.setdefault(fields, []).append(term)
        self._groups = [(fields, TermMatcher(group)) for fields, group in grouped.items()]

    def found(self, text_of: Callable[[str], str]) -> list[tuple[Key, str]]:
        """Return each key with the field in which its term is, each once; `text_of` returns the text of a field."""
        found: list[tuple[Key, str]] = []
        for fields, matcher in self._groups:
            if texts := {field: text for field in fields if (text := text_of(field))}:
                found += matcher.found_in(texts)
        return list(dict.fromkeys(found))
