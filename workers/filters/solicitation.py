"""Solicitation: offers to readers, and praise that is only there for the author's website."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.text.praise import FEWEST_WORDS_OF_PRAISE, praise_words
from workers.text.reader_offers import Offer, offer
from workers.text.trade_words import trade_words_of_name

from .base import Facts, Filter, plural
from .links import ADVERTISING


@dataclass(frozen=True)
class SolicitationFilter(Filter):
    """Finds what advertising wants from readers, whatever it sells.

    Honest comments are about the same loans, coins and cures, and offer nothing: they have few of these signs close
    together. `bench.modern_spam` measures both.
    """

    name = "solicitation"
    # Fitted beside the model on the corpora and on examples of their own (docs/prior.md).
    signals: ClassVar[SignalCatalogue] = {
        "solicitation.offer": SignalInfo(
            3.0,
            "an offer to readers (loans, lost coins, cures, escorts, papers, followers, codes and others), and a call "
            "to write or order, a promise, a story of success or a way to reach the author near it; warnings, "
            "questions and quotations count against it; full strength from three signs on, which always hold",
            "it offered nothing to readers",
            gradual=True,
            harm=ADVERTISING,
            title="Offer to readers",
            sentence="{evidence}.",
            tone="bad",
            firm=True,
        ),
        "solicitation.praise": SignalInfo(
            3.0,
            "praise that fits every page, and a website of the author; always held with three words of praise",
            "it said something about the page",
            gradual=True,
            harm=ADVERTISING,
            title="Praise with a website",
            sentence="{evidence}.",
            tone="warn",
            firm=True,
            of_links=True,
        ),
    }

    #: Signs that hold, and one less, which gives a third of the points.
    enough_signs: int = 3
    #: Words of praise that hold.
    enough_praise: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if (found := offer(comment.content)) and found.signs >= self.enough_signs - 1:
            yield Signal("solicitation.offer", 1.0 if found.signs >= self.enough_signs else 1 / 3, _evidence(found))
        if comment.url:
            # A name of keywords shows what short praise is for.
            least = 1 if trade_words_of_name(comment.author) else FEWEST_WORDS_OF_PRAISE
            if praise := praise_words(comment.content, least):
                strength = min(1.0, len(praise) / self.enough_praise)
                evidence = f"It praises ({_quoted(praise)}) without a word about the subject, and gives a website"
                yield Signal("solicitation.praise", strength, evidence)


def _evidence(found: Offer) -> str:
    """Return a sentence about the offer: "It offers to lend money (“loan”), and asks readers to “apply now”"."""
    parts = [f"offers to {found.what} ({_quoted(found.terms['offer'])})"]
    parts += [f"{verb} ({_quoted(found.terms[kind])})" for kind, verb in _VERBS.items() if kind in found.terms]
    if found.contacts:
        parts.append(f"gives {plural(found.contacts, 'way')} to reach its author")
    return f"It {', '.join(parts[:-1])}, and {parts[-1]}" if len(parts) > 1 else f"It {parts[0]}"


_VERBS = {"call": "asks readers to act", "promise": "promises", "story": "tells a success story"}


def _quoted(found: tuple[str, ...]) -> str:
    return ", ".join(f"“{term}”" for term in found[:3])
