"""Words: the terms for which a site holds or rejects comments."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.signals import Override, SignalCatalogue, SignalInfo
from comments.site import Site
from workers.text.memo import ByIdentity
from workers.text.normalization import fold
from workers.text.tokens import UNSPACED_SCRIPT, WORD, words

from .base import Facts, Filter

#: Fields in plain words.
_PLACES = {"content": "the text", "author": "the name", "email": "the email address", "url": "the website"}


@dataclass(frozen=True, slots=True)
class _Terms:
    """Prepared terms for one field. Single words are looked up; phrases and terms with signs are searched for."""

    words: Mapping[str, str]  # normalized term -> the term as the site wrote it
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def found(self, text: str) -> list[str]:
        written, folded, hits = text.casefold(), fold(text).text, []
        for view in (folded,) if written == folded else (written, folded):
            if not self.words.keys().isdisjoint(in_view := words(view)):
                hits += [self.words[word] for word in dict.fromkeys(in_view) if word in self.words]
            if self.patterns:
                hits += [term for pattern, term in self.patterns if pattern.search(view)]
        return hits


def _pattern(form: str, inside: bool) -> re.Pattern[str]:
    """Return a pattern for `form` with any space between its parts. A letter or digit at an end must end a word."""
    before = "" if inside or not form[0].isalnum() else r"(?<![^\W_])"
    after = "" if inside or not form[-1].isalnum() else r"(?![^\W_])"
    return re.compile(before + r"\s+".join(map(re.escape, form.split())) + after)


@lru_cache(maxsize=64)
def _site_terms(terms: ByIdentity[tuple[Term, ...]], match_inside_words: bool) -> Mapping[str, _Terms]:
    """Return the prepared terms of a site. Cached, because a whole batch of comments uses the same ones."""
    return _terms_by_field(terms.value, match_inside_words)


@lru_cache(maxsize=256)
def _terms_by_field(terms: tuple[Term, ...], match_inside_words: bool) -> Mapping[str, _Terms]:
    fields = dict.fromkeys(field for term in terms for field in term.fields)
    return {field: _prepared([t.text for t in terms if field in t.fields], match_inside_words) for field in fields}


def _prepared(texts: Iterable[str], match_inside_words: bool) -> _Terms:
    single: dict[str, str] = {}
    patterns: dict[re.Pattern[str], str] = {}
    for text in texts:
        # Both as written and folded, as comments are: "v1agra" finds "viagra", and the other way round.
        for form in dict.fromkeys((text.strip().casefold(), fold(text).text.strip())):
            # Scripts without spaces have no word boundaries.
            inside = match_inside_words or bool(UNSPACED_SCRIPT.search(form))
            if WORD.fullmatch(form) and not inside:
                single.setdefault(form, text)
            elif form:
                patterns.setdefault(_pattern(form, inside), text)
    return _Terms(single, tuple(patterns.items()))


def found_terms(terms: tuple[Term, ...], comment: Comment, site: Site) -> list[str]:
    """Return each term that occurs, with its place: “term” in the text."""
    return _hits(_terms_by_field(terms, site.match_inside_words), comment)


def _hits(by_field: Mapping[str, _Terms], comment: Comment) -> list[str]:
    fields = [(field, terms, text) for field, terms in by_field.items() if (text := getattr(comment, field))]
    return list(
        dict.fromkeys([f"“{term}” in {_PLACES[field]}" for field, terms, text in fields for term in terms.found(text)])
    )


@dataclass(frozen=True)
class WordFilter(Filter):
    """The site's own list decides: a rejected term is worth the points of the site's spam threshold."""

    name = "words"
    signals: ClassVar[SignalCatalogue] = {
        "words.hold": SignalInfo(
            Override.HOLD,
            "contains one of the site's `hold_words`",
            "it did not contain {evidence}",
            harm=3.0,
            title="Term to review",
            sentence="It contains a term that this site reviews: {evidence}.",
            tone="warn",
        ),
        "words.reject": SignalInfo(
            Override.REJECT,
            "contains one of the site's `reject_words`",
            "it did not contain {evidence}",
            harm=3.0,
            title="Spam term",
            sentence="It contains a term that this site marks as spam: {evidence}.",
            tone="bad",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for name, terms in (("words.hold", facts.site.hold_words), ("words.reject", facts.site.reject_words)):
            if terms and (hits := _hits(_site_terms(ByIdentity(terms), facts.site.match_inside_words), comment)):
                yield Signal(name, 1.0, ", ".join(hits[:5]))
