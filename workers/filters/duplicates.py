"""Duplicates: the same text posted again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.text.tokens import BANDS, ENOUGH_LETTERS, fingerprint, is_long

from .base import Facts, Filter, Window, plural

ON_THIS_SITE, ON_ALL_SITES = "duplicates.here", "duplicates.anywhere"
DAY = 24 * 3600
#: Windows of near-duplicates, and of those that came from the same network.
SIMILAR_TEXT = tuple(f"near-duplicates.{n}" for n in range(BANDS))
SIMILAR_FROM_NETWORK = tuple(f"near-duplicates.network.{n}" for n in range(BANDS))
#: Copies of a short text from which it counts, and its strength then: too little to outweigh an honest impression.
SHORT_COPIES, MOST_OF_SHORT = 3, 0.9
#: Shorter texts ("happy birthday") are wishes of many people: their copies never hold alone.
RARELY_REPEATED, MOST_OF_WISHES = 15, 0.5


def _fingerprint(comment: Comment) -> str:
    return fingerprint(comment.content)


def network_of(comment: Comment) -> str:
    """Return what tells the senders of copies apart: the network, or else the email address."""
    return comment.origin or comment.identity


def repetition_strength(n: int, text: str, from_others: int = 0) -> float:
    """Return the strength after `n` earlier copies, of which `from_others` came from other networks.

    One copy may be impatience; the third is a campaign, and so is the second of a long text from another network. Of
    14,453 labelled comments, 25.5 % of the spam and 0.28 % of the honest ones have the same letters as another one. 699
    spam comments and 2 honest ones are a third or later copy. Short texts count from the third copy on, and less than
    those that read honest: of 41,517 video comments, .9 in 1,000 repeat 12 to 24 letters of three other people in a day
    ("that's not a Bugatti").
    """
    if len(fingerprint(text)) < ENOUGH_LETTERS:
        most = MOST_OF_SHORT if len(fingerprint(text)) >= RARELY_REPEATED else MOST_OF_WISHES
        return 0.0 if n < SHORT_COPIES else most
    if from_others and is_long(text):
        return 1.0
    return (0.0, 0.4)[n] if n < 2 else 1.0


def copies_from_others(comment: Comment, counts: Mapping[str, int]) -> int:
    """Return the number of similar comments from other networks; 0 if nothing tells networks apart."""
    if not network_of(comment):
        return 0
    return max(
        counts.get(name, 0) - counts.get(own, 0) for name, own in zip(SIMILAR_TEXT, SIMILAR_FROM_NETWORK, strict=True)
    )


@dataclass(frozen=True)
class DuplicateFilter(Filter):
    """Counts comments with the same letters in 24 hours, by any author in any thread, on this and on other sites."""

    name = "duplicates"
    # Each signal holds from the third copy on. Only a campaign on several sites is spam by this alone.
    signals: ClassVar[SignalCatalogue] = {
        ON_THIS_SITE: SignalInfo(
            5.0,
            "same text as another comment of this site in the last 24 hours; 0.4 for one copy, full strength and "
            "always held from two on, or from one on for a long text from another network; 0.9 for three copies of 15 "
            "to 24 letters, and 0.5 for shorter ones",
            "it repeated no other comment",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Repeated text",
            sentence="{evidence}.",
            tone="bad",
            firm=True,
        ),
        ON_ALL_SITES: SignalInfo(
            4.0,
            "same text on other sites of this deployment",
            "it repeated no comment of another site",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Repeated on other sites",
            sentence="{evidence}.",
            tone="bad",
            firm=True,
        ),
    }
    windows: ClassVar[tuple[Window, ...]] = (
        Window(ON_THIS_SITE, DAY, _fingerprint),
        Window(ON_ALL_SITES, DAY, _fingerprint, shared=True),
    )

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        here = facts.counts.get(ON_THIS_SITE, 0)
        elsewhere = facts.counts.get(ON_ALL_SITES, 0) - here
        others = copies_from_others(comment, facts.counts) if here > 0 else 0
        if here > 0 and (strength := repetition_strength(here, comment.content, others)):
            evidence = f"It has the same text as {plural(here, 'other comment')} of the last 24 hours"
            yield Signal(ON_THIS_SITE, strength, evidence)
        if elsewhere > 0 and (strength := repetition_strength(elsewhere, comment.content)):
            evidence = f"It has the same text as {plural(elsewhere, 'comment')} on other sites in the last 24 hours"
            yield Signal(ON_ALL_SITES, strength, evidence)
