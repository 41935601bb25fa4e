"""Near-duplicates: almost the same text posted again, with a word or a name changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.text.tokens import BANDS, bands

from .base import Facts, Filter, Window, plural
from .duplicates import DAY, ON_ALL_SITES, ON_THIS_SITE, repetition_strength


def _band(n: int) -> Callable[[Comment], str]:
    def value(comment: Comment) -> str:
        found = bands(comment.content)
        return found[n] if found else ""

    return value


@dataclass(frozen=True)
class NearDuplicateFilter(Filter):
    """Counts comments that share most of their word triples in 24 hours, on all sites. See `text.tokens.bands`."""

    name = "near-duplicates"
    signals: ClassVar[SignalCatalogue] = {
        "near-duplicates.text": SignalInfo(
            4.0,
            "nearly the same text as another comment in the last 24 hours, on any site of this deployment",
            "nearly the same text had been posted less often",
            gradual=True,
            harm=2.0,
            label="Near-duplicate",
            firm=True,
        )
    }
    # One set of windows for all sites: each costs memory for every comment, and they include the site's own comments.
    windows: ClassVar[tuple[Window, ...]] = tuple(
        Window(f"near-duplicates.{n}", DAY, _band(n), shared=True) for n in range(BANDS)
    )

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        near = max([facts.counts.get(window.name, 0) for window in self.windows])
        same = max(facts.counts.get(ON_THIS_SITE, 0), facts.counts.get(ON_ALL_SITES, 0))
        if near > same:  # DuplicateFilter counts the identical ones
            evidence = f"Nearly the same text as {plural(near, 'other comment')} in the last 24 hours"
            yield Signal("near-duplicates.text", repetition_strength(near - same), evidence)
