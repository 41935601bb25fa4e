"""Duplicates: the same text posted again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.text.tokens import fingerprint

from .base import Facts, Filter, Window, plural

ON_THIS_SITE, ON_ALL_SITES = "duplicates.here", "duplicates.anywhere"
DAY = 24 * 3600


def _fingerprint(comment: Comment) -> str:
    return fingerprint(comment.content)


def repetition_strength(n: int) -> float:
    """Return the strength after `n` earlier copies. One copy may be impatience; the third is a campaign.

    Of 14,453 labelled comments, 25.5 % of the spam and 0.28 % of the honest ones have the same letters as another one.
    699 spam comments and 2 honest ones are a third or later copy.
    """
    return (0.0, 0.4)[n] if n < 2 else 1.0


@dataclass(frozen=True)
class DuplicateFilter(Filter):
    """Counts comments with the same letters in 24 hours, by any author in any thread, on this and on other sites."""

    name = "duplicates"
    # Each signal holds from the third copy on. Only a campaign on several sites is spam by this alone.
    signals: ClassVar[SignalCatalogue] = {
        ON_THIS_SITE: SignalInfo(
            5.0,
            "same text as another comment of this site in the last 24 hours; 0.4 for one copy, full strength from two "
            "on",
            "the same text had been posted less often on this site",
            gradual=True,
            harm=2.0,
            label="Same text",
            firm=True,
        ),
        ON_ALL_SITES: SignalInfo(
            4.0,
            "same text on other sites of this deployment",
            "the same text had been posted less often on other sites",
            gradual=True,
            harm=2.0,
            label="Same text elsewhere",
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
        if here > 0:
            evidence = f"Same text as {plural(here, 'other comment')} in the last 24 hours"
            yield Signal(ON_THIS_SITE, repetition_strength(here), evidence)
        if elsewhere > 0:
            evidence = f"Same text as {plural(elsewhere, 'comment')} on other sites in the last 24 hours"
            yield Signal(ON_ALL_SITES, repetition_strength(elsewhere), evidence)
