"""Words: the terms for which a site holds or rejects comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar

from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.text.memo import ByIdentity
from workers.text.term_matcher import FieldMatchers, MatchedTerm

from .base import Facts, Filter

#: Fields in plain words.
_PLACES = {"content": "the text", "author": "the name", "email": "the email address", "url": "the website"}


@lru_cache(maxsize=64)
def _matchers(terms: ByIdentity[tuple[Term, ...]], match_inside_words: bool) -> FieldMatchers[str]:
    """Return the prepared terms of a site. Cached, because a whole batch of comments uses the same ones."""
    return _prepared(terms.value, match_inside_words)


@lru_cache(maxsize=64)
def _prepared(terms: tuple[Term, ...], match_inside_words: bool) -> FieldMatchers[str]:
    """Every job reads the settings anew, and mostly with the same terms."""
    return FieldMatchers((term.fields, MatchedTerm(term.text, match_inside_words, term.text)) for term in terms)


def found_terms(terms: tuple[Term, ...], comment: Comment, match_inside_words: bool) -> list[str]:
    """Return each term that occurs, with its place: “term” in the text."""
    found = _matchers(ByIdentity(terms), match_inside_words).found(partial(getattr, comment))
    return list(dict.fromkeys(f"“{term}” in {_PLACES[field]}" for term, field in found))


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
            if terms and (hits := found_terms(terms, comment, facts.site.match_inside_words)):
                yield Signal(name, 1.0, ", ".join(hits[:5]))
