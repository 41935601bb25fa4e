"""Near-duplicates: almost the same text posted again, with a word or a name changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from workers.text.tokens import BANDS, bands

from .base import Facts, Filter, Weight, Window, counted
from .duplicates import ANYWHERE, DAY, HERE, step


def _band(n: int) -> Callable[[Comment], str]:
    def value(comment: Comment) -> str:
        found = bands(comment.content)
        return found[n] if found else ""

    return value


@dataclass(frozen=True)
class NearDuplicates(Filter):
    """Texts that share most of their word triples within a day, on any site here. See `text.bands`."""

    name = "near-duplicates"
    weights: ClassVar[Mapping[str, Weight]] = {"near-duplicates.text": 4.0}
    # One set of windows for all sites: each costs memory for every comment, and a site's own are among them.
    windows: ClassVar[tuple[Window, ...]] = tuple(
        Window(f"near-duplicates.{n}", DAY, _band(n), shared=True) for n in range(BANDS)
    )

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        near = max([facts.counts.get(window.name, 0) for window in self.windows])
        same = max(facts.counts.get(HERE, 0), facts.counts.get(ANYWHERE, 0))
        if near > same:  # what is the same is counted there already
            evidence = f"nearly the text of {counted(near, 'other')} within a day"
            yield Signal("near-duplicates.text", step(near - same), evidence)
