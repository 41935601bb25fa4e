"""Solicitation: offers to readers, and texts that are only there for the author's website."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import STAFF, Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.learning.combined_model import combined_score
from workers.learning.site_model import has_enough_lessons
from workers.text.impersonal import is_impersonal
from workers.text.links import links
from workers.text.normalization import fold
from workers.text.praise import FEWEST_WORDS_OF_PRAISE, praise_words
from workers.text.reader_offers import Offer, offer, ways_to_write
from workers.text.trade_words import shares_name, trade_words_of_name

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
        # No points: they would lift honest comments about loans above spam that is plainer.
        "solicitation.hint": SignalInfo(
            Override.HOLD,
            "a probability of spam of at least 72 %, and one sign of an offer to readers or a way to reach the author "
            "in a short text without a question, or of 60 % and two signs; not if each word of the offer is in five "
            "approved lessons of a taught site, and in fewer of spam",
            "it offered nothing to readers, or read less like spam",
            harm=ADVERTISING,
            title="Possible offer to readers",
            sentence="{evidence}.",
            tone="bad",
        ),
        "solicitation.praise": SignalInfo(
            3.0,
            "praise that fits every page, and a website of the author whose host is more than the author's name; "
            "always held with two words of praise, but 0.99 if the website is in five approved lessons of a taught "
            "site, and in fewer of spam",
            "it said something about the page",
            gradual=True,
            harm=ADVERTISING,
            title="Praise with a website",
            sentence="{evidence}.",
            tone="warn",
            firm=True,
            of_links=True,
        ),
        "solicitation.prose": SignalInfo(
            3.0,
            "impersonal English prose in long words, as companies and machines write it, and a website of the author; "
            "always held, with the same exception",
            "somebody spoke in it",
            gradual=True,
            harm=ADVERTISING,
            title="Impersonal text with a website",
            sentence="{evidence}.",
            tone="warn",
            firm=True,
            of_links=True,
        ),
    }

    #: Signs that hold, and one less, which gives a third of the points.
    enough_signs: int = 3
    #: Probability of spam from which fewer signs hold, or a way to reach the author instead of one. Of 20,000 honest
    #: comments of newspapers and blogs eighteen are above.
    likely: ClassVar[Mapping[int, float]] = {1: 0.72, 2: 0.6}
    #: Characters of a text in which a way to reach the author is a sign.
    most_characters: int = 400
    #: Words of praise that hold.
    enough_praise: int = 2
    #: Letters besides the author's name in the host of a personal website.
    most_besides_name: int = 3
    #: Strength where people approved the same on this site: it holds, but not what surely reads honest.
    most_of_approved: float = 0.99
    #: Approvals that this takes, and more than decisions for spam.
    approved: int = 5

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.role == STAFF:
            return
        found = offer(comment.content)
        terms = " ".join(term for some in found.terms.values() for term in some).split() if found else []
        if found and found.signs >= self.enough_signs - 1:
            strength = 1.0 if found.signs >= self.enough_signs else 1 / 3
            yield Signal("solicitation.offer", self._limited(strength, terms, facts), _evidence(found))
        if (evidence := self._hint(comment, found, facts)) and self._limited(1.0, terms, facts) == 1:
            yield Signal("solicitation.hint", 1.0, evidence)
        if website := next(iter(links(comment.url)), None) if comment.url else None:
            yield from self._for_website(comment, website.host, facts)

    def _hint(self, comment: Comment, found: Offer | None, facts: Facts) -> str:
        """Return the evidence that a comment is likely spam and may offer something; "" if it does not."""
        likely = self.likely.get(found.signs) if found else self.likely[1]
        probability = combined_score(comment, facts.corpus, facts.site.refusals).probability if likely else 0.0
        if not likely or probability < likely:
            return ""
        likeness = f"looks like spam ({100 * probability:.0f} %)"
        if found:
            return _evidence(found, likeness)
        may_offer = len(comment.content) <= self.most_characters and "?" not in comment.content
        ways = ways_to_write(fold(comment.content).text) if may_offer else 0
        return f"It gives {plural(ways, 'way')} to reach its author, and {likeness}" if ways else ""

    def _for_website(self, comment: Comment, host: str, facts: Facts) -> Iterator[Signal]:
        # A name of keywords shows what short praise is for. A host of the author's name alone is a personal website.
        is_keywords = trade_words_of_name(comment.author).signs
        praise = praise_words(comment.content, 1 if is_keywords else FEWEST_WORDS_OF_PRAISE)
        if praise and (is_keywords or not shares_name(comment.author, host, self.most_besides_name)):
            strength = min(1.0, len(praise) / self.enough_praise)
            evidence = f"It praises ({_quoted(praise)}) without a word about the subject, and gives a website"
            yield Signal("solicitation.praise", self._limited(strength, [f"url:{host}"], facts), evidence)
        elif is_impersonal(comment.content):
            evidence = "Nobody speaks in it or is spoken to, it has long words, and its author gives a website"
            yield Signal("solicitation.prose", self._limited(1.0, [f"url:{host}"], facts), evidence)

    def _limited(self, strength: float, tokens: Iterable[str], facts: Facts) -> float:
        """Return the strength, limited where each of these tokens is in enough approved lessons of a taught site."""
        counts = [facts.corpus.tokens.get(token, (0, 0)) for token in tokens]
        is_usual = has_enough_lessons(facts.corpus) and all(self.approved <= ham > spam for ham, spam in counts)
        return min(strength, self.most_of_approved) if is_usual and counts else strength


def _evidence(found: Offer, *likeness: str) -> str:
    """Return a sentence about the offer: "It reads like an offer to lend money (“loan”), and promises (“no fees”)"."""
    parts = [f"reads like an offer to {found.what} ({_quoted(found.terms['offer'])})"]
    parts += [f"{verb} ({_quoted(found.terms[kind])})" for kind, verb in _VERBS.items() if kind in found.terms]
    if found.contacts:
        parts.append(f"gives {plural(found.contacts, 'way')} to reach its author")
    parts += likeness
    return f"It {', '.join(parts[:-1])}, and {parts[-1]}" if len(parts) > 1 else f"It {parts[0]}"


_VERBS = {"call": "asks readers to act", "promise": "promises", "story": "tells a success story"}


def _quoted(found: tuple[str, ...]) -> str:
    return ", ".join(f"“{term}”" for term in found[:3])
