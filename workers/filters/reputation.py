"""Reputation: what this site's moderators made of comments that link to the same domains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from ..domains import domains_of
from ..learning import LINKED, linked
from .base import Facts, Filter, Weight

SPAM, HAM = "reputation.spam", "reputation.ham"


@dataclass(frozen=True)
class Reputation(Filter):
    """Lessons, counted as the learned filter counts them, so that neither a campaign nor one person makes a name.

    A domain is nobody's alone: a shortener, or one with blogs below it, is in spam and in honest comments, and then it
    says nothing.
    """

    name = "reputation"
    # The one holds, and is spam only with much beside it; the other outweighs what links cost while they are few.
    weights: ClassVar[Mapping[str, Weight]] = {SPAM: 3.0, HAM: -2.0}

    #: Lessons from which on a domain is known in full: by then one alone holds.
    enough: int = 5
    #: Lessons of spam that one of ham outweighs: whoever was approved linked to it for a reason.
    forgiven: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        hosts, taught = linked(comment), facts.corpus.tokens
        known = {domain: taught.get(LINKED + domain, (0, 0)) for host in hosts for domain in domains_of(host)}
        if not known:
            return
        worst, least = (
            max(known, key=lambda name: self._against(*known[name])),
            min(hosts, key=lambda name: known[name]),
        )
        against, (approved, _) = self._against(*known[worst]), known[least]
        if against > 0:
            yield Signal(SPAM, min(1.0, against / self.enough), _told(worst, *known[worst]))
        elif approved:
            yield Signal(HAM, min(1.0, approved / self.enough), _told(least, *known[least]))

    def _against(self, ham: int, spam: int) -> int:
        return spam - self.forgiven * ham


def _told(domain: str, ham: int, spam: int) -> str:
    return f"{domain}: {spam} spam, {ham} approved here"
