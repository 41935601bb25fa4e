"""Links: how many, where to, and how much else there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.drafts import published_text_before_edit
from comments.model import Comment, Signal
from workers.text.links import Link, is_bare, links

from .base import Facts, Filter, Mark, Weight, counted


@dataclass(frozen=True)
class Links(Filter):
    """Advertising needs a link; so do sources. Hence links hold, and make spam only together with something else."""

    name = "links"
    # At the site's limit `many` holds (0.6 of 5), and all of a generous reader's links together stay below spam.
    weights: ClassVar[Mapping[str, Weight]] = {
        "links.some": 1.0,
        "links.many": 5.0,
        "links.only": 1.5,
        "links.author": 0.5,
        "links.shortener": 1.5,
        "links.raw-address": 3.0,
        "links.international": 1.0,
        "links.added": Mark.HOLD,
    }

    #: Words beside the links below which a comment consists of links.
    few_words: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        written, of_author = links(comment.content), links(comment.url)
        if written:
            yield self._count(len(written), facts.site.max_links)
            if is_bare(comment.content, self.few_words):
                yield Signal("links.only", 1.0, "hardly a word beside the links")
        if of_author:
            yield Signal("links.author", 1.0, of_author[0].host)
        yield from self._kinds((*written, *of_author))
        if comment.draft_of:
            yield from self._added(comment, written)

    @staticmethod
    def _count(n: int, limit: int) -> Signal:
        """A limit of 0 is none."""
        if limit and n >= limit:
            evidence = f"{counted(n, 'link')}; {limit} or more look like advertising"
            return Signal("links.many", min(1.0, 0.6 + 0.4 * (n - limit) / limit), evidence)
        return Signal("links.some", min(1.0, n / limit) if limit else 0.5, counted(n, "link"))

    @staticmethod
    def _added(comment: Comment, written: tuple[Link, ...]) -> Iterator[Signal]:
        """Something harmless, and once it is published a link: that is how an edit is misused."""
        before = {link.host for link in links(published_text_before_edit(comment) or "")}
        if hosts := [link.host for link in written if link.host not in before]:
            yield Signal("links.added", 1.0, ", ".join(dict.fromkeys(hosts[:5])))

    @staticmethod
    def _kinds(found: tuple[Link, ...]) -> Iterator[Signal]:
        for name, hosts in (
            ("links.shortener", [link.host for link in found if link.shortened]),
            ("links.raw-address", [link.host for link in found if link.raw_address]),
            ("links.international", [link.host for link in found if link.international]),
        ):
            if hosts:
                yield Signal(name, 1.0, ", ".join(dict.fromkeys(hosts[:5])))
