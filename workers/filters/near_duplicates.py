"""Near-duplicates: almost the same text posted again, with a word or a name changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.learning.copy_tokens import BRAND, copy_tokens
from workers.learning.site_model import has_enough_lessons
from workers.text.tokens import ENOUGH_LETTERS, bands, fingerprint, is_long

from .base import Facts, Filter, Window, plural
from .duplicates import (
    DAY,
    ON_ALL_SITES,
    ON_THIS_SITE,
    SIMILAR_FROM_NETWORK,
    SIMILAR_TEXT,
    copies_from_others,
    network_of,
    repetition_strength,
)


def _band(n: int, of_network: bool = False) -> Callable[[Comment], str]:
    def value(comment: Comment) -> str:
        found = bands(comment.content)
        if not of_network:
            return found[n] if found else ""
        network = network_of(comment)
        return f"{network} {found[n]}" if network and is_long(comment.content) else ""

    return value


@dataclass(frozen=True)
class NearDuplicateFilter(Filter):
    """Counts comments that share most of their word triples in 24 hours, on all sites. See `text.tokens.bands`."""

    name = "near-duplicates"
    signals: ClassVar[SignalCatalogue] = {
        "near-duplicates.text": SignalInfo(
            4.0,
            "nearly the same text as another comment in the last 24 hours, on any site of this deployment; the same "
            "strengths as `duplicates.here`; 0.5 for fewer than twelve words like those that people approved twice, "
            "and 0.99 for others of fewer than twelve words on a site with fifteen lessons of each kind",
            "it repeated no other comment",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Nearly the same text",
            sentence="{evidence}.",
            tone="bad",
            firm=True,
        )
    }
    # One set of windows for all sites: each costs memory for every comment, and they include the site's own comments.
    windows: ClassVar[tuple[Window, ...]] = tuple(
        [Window(name, DAY, _band(n), shared=True) for n, name in enumerate(SIMILAR_TEXT)]
        + [Window(name, DAY, _band(n, True), shared=True) for n, name in enumerate(SIMILAR_FROM_NETWORK)]
    )

    #: Strength for short texts, which never holds alone: many people write nearly the same few words.
    most_of_short: float = 0.5
    #: Strength for texts of fewer than twelve words on a site with enough lessons: it holds, but not what reads honest.
    #: Readers chant ("Iya iya suka suka Zeta"). In three floods 13, 4 and 3 % fewer honest comments were held, and no
    #: more spam published.
    most_of_taught: float = 0.99
    #: Approvals of texts of fewer than twelve words like this one after which it never holds alone either.
    approved: int = 2

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        near = max([facts.counts.get(name, 0) for name in SIMILAR_TEXT])
        same = max(facts.counts.get(ON_THIS_SITE, 0), facts.counts.get(ON_ALL_SITES, 0))
        if near <= same:  # DuplicateFilter counts the identical ones
            return
        others = copies_from_others(comment, facts.counts)
        if strength := repetition_strength(near - same, comment.content, others):
            evidence = f"It has nearly the same text as {plural(near, 'other comment')} of the last 24 hours"
            is_short = len(fingerprint(comment.content)) < ENOUGH_LETTERS
            if is_short or (not is_long(comment.content) and self._is_approved(comment, facts)):
                strength = min(strength, self.most_of_short)
            elif not is_long(comment.content) and has_enough_lessons(facts.corpus):
                strength = min(strength, self.most_of_taught)
            yield Signal("near-duplicates.text", strength, evidence)

    def _is_approved(self, comment: Comment, facts: Facts) -> bool:
        """Decide if people approved texts like this one and marked none as spam."""
        counts = [c for token in copy_tokens(comment) if token[0] != BRAND and (c := facts.corpus.tokens.get(token))]
        return max((ham for ham, _ in counts), default=0) >= self.approved and not any(spam for _, spam in counts)
