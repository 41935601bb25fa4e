"""Solicitation: offers to readers, and praise that is only there for the author's website."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import STAFF, Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.learning.site_model import has_enough_lessons
from workers.text.links import links
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
            "questions and quotations count against it; full strength from three signs on, which always hold, but 0.99 "
            "if each of its words is in five approved lessons of a taught site, and in fewer of spam",
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
            "praise that fits every page, and a website of the author; always held with three words of praise, but "
            "0.99 if the website is in five approved lessons of a taught site, and in fewer of spam",
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
    #: Strength where people approved the same on this site: it holds, but not what surely reads honest.
    most_of_approved: float = 0.99
    #: Approvals that this takes, and more than decisions for spam.
    approved: int = 5

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.role == STAFF:
            return
        if (found := offer(comment.content)) and found.signs >= self.enough_signs - 1:
            strength = 1.0 if found.signs >= self.enough_signs else 1 / 3
            terms = " ".join(term for some in found.terms.values() for term in some)
            yield Signal("solicitation.offer", self._limited(strength, terms.split(), facts), _evidence(found))
        if comment.url:
            # A name of keywords shows what short praise is for.
            least = 1 if trade_words_of_name(comment.author) else FEWEST_WORDS_OF_PRAISE
            if praise := praise_words(comment.content, least):
                strength = min(1.0, len(praise) / self.enough_praise)
                evidence = f"It praises ({_quoted(praise)}) without a word about the subject, and gives a website"
                websites = [f"url:{link.host}" for link in links(comment.url)]
                yield Signal("solicitation.praise", self._limited(strength, websites, facts), evidence)

    def _limited(self, strength: float, tokens: Iterable[str], facts: Facts) -> float:
        """Return the strength, limited where each of these tokens is in enough approved lessons of a taught site."""
        counts = [facts.corpus.tokens.get(token, (0, 0)) for token in tokens]
        is_usual = has_enough_lessons(facts.corpus) and all(self.approved <= ham > spam for ham, spam in counts)
        return min(strength, self.most_of_approved) if is_usual and counts else strength


def _evidence(found: Offer) -> str:
    """Return a sentence about the offer: "It reads like an offer to lend money (“loan”), and promises (“no fees”)"."""
    parts = [f"reads like an offer to {found.what} ({_quoted(found.terms['offer'])})"]
    parts += [f"{verb} ({_quoted(found.terms[kind])})" for kind, verb in _VERBS.items() if kind in found.terms]
    if found.contacts:
        parts.append(f"gives {plural(found.contacts, 'way')} to reach its author")
    return f"It {', '.join(parts[:-1])}, and {parts[-1]}" if len(parts) > 1 else f"It {parts[0]}"


_VERBS = {"call": "asks readers to act", "promise": "promises", "story": "tells a success story"}


def _quoted(found: tuple[str, ...]) -> str:
    return ", ".join(f"“{term}”" for term in found[:3])
