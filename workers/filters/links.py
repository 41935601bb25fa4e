"""Links: their number, their kind, and the amount of other text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.drafts import published_text_before_edit
from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.text.links import Link, has_fewer_words_than, links, number_of_links

from .base import Facts, Filter, plural

#: Harm of an advertisement, compared with an honest comment that waits.
ADVERTISING = 1.5


@dataclass(frozen=True)
class LinkFilter(Filter):
    """Advertising needs links, but so do sources. Links alone hold; with other signals they make a comment spam."""

    name = "links"
    # At the site's limit `many` holds (0.6 of 5): the limit is the owner's rule. The other points are log-odds that
    # `training.policy_points` fitted next to the model, which sees the same links. It fitted 0 for some of them, which
    # is rounded up to a tenth, and bare links to an IP address are too rare to tell.
    signals: ClassVar[SignalCatalogue] = {
        "links.some": SignalInfo(
            0.1,
            "links, fewer than the site's `max_links`",
            "it had fewer links",
            gradual=True,
            harm=ADVERTISING,
            title="Some links",
            sentence="It has {evidence}.",
            tone="warn",
            brief="{evidence}",
            of_links=True,
        ),
        "links.many": SignalInfo(
            5.0,
            "as many links as `max_links`, or more",
            "it had fewer links",
            gradual=True,
            harm=ADVERTISING,
            title="Many links",
            sentence="It has {evidence}.",
            tone="warn",
            brief="{evidence}",
            of_links=True,
        ),
        "links.only": SignalInfo(
            1.5,
            "hardly any words besides the links",
            "it had more words besides its links",
            harm=ADVERTISING,
            title="Hardly more than links",
            sentence="It has hardly any words besides the links.",
            tone="warn",
            of_links=True,
        ),
        "links.author": SignalInfo(
            0.1,
            "the author gave a website",
            "the author had given no website",
            harm=ADVERTISING,
            title="Author gave a website",
            sentence="The author gave the website {evidence}.",
            tone="warn",
            of_links=True,
        ),
        "links.shortener": SignalInfo(
            0.3,
            "a link to a URL shortener",
            "it had no shortened link",
            harm=ADVERTISING,
            title="Shortened link",
            sentence="It links to {evidence}, which hides the real address.",
            tone="bad",
            of_links=True,
        ),
        "links.raw-address": SignalInfo(
            1.0,
            "a link to a bare IP address",
            "it did not link to a bare IP address",
            harm=ADVERTISING,
            title="Link to an IP address",
            sentence="It links to a bare IP address: {evidence}.",
            tone="bad",
            of_links=True,
        ),
        "links.international": SignalInfo(
            0.3,
            "a link to a host with letters beyond ASCII, which can look like another",
            "its links had plain letters only",
            harm=ADVERTISING,
            title="Link with unusual letters",
            sentence="It links to {evidence}, which can look like another address.",
            tone="warn",
            of_links=True,
        ),
        "links.added": SignalInfo(
            Override.HOLD,
            "the edit of a published comment adds a link that readers did not see before",
            "the edit had added no link",
            harm=ADVERTISING,
            title="Edit adds a link",
            sentence="The edit adds a link to {evidence}, which readers have not seen yet.",
            tone="warn",
        ),
    }

    #: Words besides the links below which a comment consists of links.
    few_words: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        in_text, of_author = links(comment.content), links(comment.url)
        if in_text:
            if n := number_of_links(in_text):
                yield self._count(n, facts.site.max_links)
            if has_fewer_words_than(comment.content, self.few_words):
                yield Signal("links.only", 1.0, "Hardly any words besides the links")
        if of_author:
            yield Signal("links.author", 1.0, of_author[0].host)
        yield from self._kinds((*in_text, *of_author))
        if comment.draft_of:
            yield from self._added(comment, in_text)

    @staticmethod
    def _count(n: int, limit: int) -> Signal:
        """Return the strength for `n` links. A limit of 0 means no limit."""
        if limit and n >= limit:
            evidence = f"{plural(n, 'link')}; {limit} or more look like advertising"
            return Signal("links.many", min(1.0, 0.6 + 0.4 * (n - limit) / limit), evidence)
        return Signal("links.some", min(1.0, n / limit) if limit else 0.5, plural(n, "link"))

    @staticmethod
    def _added(comment: Comment, in_text: tuple[Link, ...]) -> Iterator[Signal]:
        """Find links that an edit adds. Spammers post a harmless comment and add a link once it is published."""
        before = {link.host for link in links(published_text_before_edit(comment) or "")}
        if hosts := [link.host for link in in_text if link.host not in before]:
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
