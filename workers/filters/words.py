"""Words: the terms a site holds or rejects comments for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.site import Site
from workers.text.memo import Same
from workers.text.normalization import fold
from workers.text.tokens import UNSPACED, WORD, words

from .base import Facts, Filter, Mark, Weight


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms for one field. Single words are looked up; phrases and whatever holds signs are searched for."""

    words: Mapping[str, str]  # as compared -> as the site wrote it
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def found(self, text: str) -> list[str]:
        written, meant, hits = text.casefold(), fold(text).text, []
        for view in (meant,) if written == meant else (written, meant):
            if not self.words.keys().isdisjoint(said := words(view)):
                hits += [self.words[word] for word in dict.fromkeys(said) if word in self.words]
            if self.patterns:
                hits += [term for pattern, term in self.patterns if pattern.search(view)]
        return hits


def _pattern(form: str, inside: bool) -> re.Pattern[str]:
    """`form` with any space between its parts; as a whole word where it begins and ends with a letter or digit."""
    before = "" if inside or not form[0].isalnum() else r"(?<![^\W_])"
    after = "" if inside or not form[-1].isalnum() else r"(?![^\W_])"
    return re.compile(before + r"\s+".join(map(re.escape, form.split())) + after)


@lru_cache(maxsize=64)
def _made_ready(terms: Same[tuple[Term, ...]], match_inside_words: bool) -> Mapping[str, _Terms]:
    """A site's own, which are many, and the same object for a batch of comments."""
    return _by_field(terms.value, match_inside_words)


@lru_cache(maxsize=256)
def _by_field(terms: tuple[Term, ...], match_inside_words: bool) -> Mapping[str, _Terms]:
    fields = dict.fromkeys(field for term in terms for field in term.fields)
    return {field: _terms([t.text for t in terms if field in t.fields], match_inside_words) for field in fields}


def _terms(texts: Iterable[str], match_inside_words: bool) -> _Terms:
    single: dict[str, str] = {}
    patterns: dict[re.Pattern[str], str] = {}
    for text in texts:
        # Compared as written and as meant, as comments are: "v1agra" finds "viagra", and the other way round.
        for form in dict.fromkeys((text.strip().casefold(), fold(text).text.strip())):
            # Scripts without spaces have no word ends to look at.
            inside = match_inside_words or bool(UNSPACED.search(form))
            if WORD.fullmatch(form) and not inside:
                single.setdefault(form, text)
            elif form:
                patterns.setdefault(_pattern(form, inside), text)
    return _Terms(single, tuple(patterns.items()))


def found(terms: tuple[Term, ...], comment: Comment, site: Site) -> list[str]:
    """Each term that occurs, with the field it occurs in."""
    return _hits(_by_field(terms, site.match_inside_words), comment)


def _hits(by_field: Mapping[str, _Terms], comment: Comment) -> list[str]:
    fields = [(field, terms, text) for field, terms in by_field.items() if (text := getattr(comment, field))]
    return list(dict.fromkeys([f"“{term}” in {field}" for field, terms, text in fields for term in terms.found(text)]))


@dataclass(frozen=True)
class Words(Filter):
    """A site's own word is its last word: one to reject for is worth as much as the site asks for spam."""

    name = "words"
    weights: ClassVar[Mapping[str, Weight]] = {"words.hold": Mark.HOLD, "words.reject": Mark.REJECT}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for name, terms in (("words.hold", facts.site.hold_words), ("words.reject", facts.site.reject_words)):
            if terms and (hits := _hits(_made_ready(Same(terms), facts.site.match_inside_words), comment)):
                yield Signal(name, 1.0, ", ".join(hits[:5]))
