"""Reputation: what this site's moderators made of comments that link to the same domains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.hosts import all_domains
from comments.model import Comment, Signal
from workers.learning.site_model import LINKED, linked

from .base import Facts, Filter, Weight

SPAM, HAM, ELSEWHERE = "reputation.spam", "reputation.ham", "reputation.elsewhere"


#: Domain, or a token for one -> lessons, or sites: of ham and of spam.
Counts = Mapping[str, tuple[int, int]]


def domains(comment: Comment) -> tuple[str, ...]:
    """Of the hosts that the content links to, with those above that one owner has."""
    return all_domains(linked(comment))


@dataclass(frozen=True)
class Reputation(Filter):
    """Lessons, counted as the learned filter counts them, so that neither a campaign nor one person makes a name.

    A domain is nobody's alone: a shortener, or one with blogs below it, is in spam and in honest comments, and then it
    says nothing.
    """

    name = "reputation"
    # The one holds, and is spam only with much beside it; the other outweighs what links cost while they are few.
    weights: ClassVar[Mapping[str, Weight]] = {SPAM: 3.0, HAM: -2.0, ELSEWHERE: 2.5}

    #: Lessons from which on a domain is known in full: by then one alone holds.
    enough: int = 5
    #: Lessons of spam that one of ham outweighs: whoever was approved linked to it for a reason.
    forgiven: int = 3
    #: Other sites that called a domain spam, from which on that is believed in full.
    sites: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if hosts := linked(comment):
            names = all_domains(hosts)
            yield from self._here(hosts, names, facts.corpus.tokens)
            if facts.elsewhere:
                yield from self._elsewhere(names, facts.elsewhere)

    def _here(self, hosts: tuple[str, ...], names: tuple[str, ...], taught: Counts) -> Iterator[Signal]:
        known = {name: taught[token] for name in (*hosts, *names) if (token := LINKED + name) in taught}
        if not known:
            return
        worst = max(known, key=lambda name: self._against(*known[name]))
        least = min(hosts, key=lambda name: known.get(name, (0, 0)))
        if (against := self._against(*known[worst])) > 0:
            yield Signal(SPAM, min(1.0, against / self.enough), _told(worst, *known[worst]))
        elif approved := known.get(least, (0, 0))[0]:
            yield Signal(HAM, min(1.0, approved / self.enough), _told(least, *known[least]))

    def _elsewhere(self, names: tuple[str, ...], sites: Counts) -> Iterator[Signal]:
        worst = max(names, key=lambda name: self._against(*sites.get(name, (0, 0))))
        ham, spam = sites.get(worst, (0, 0))
        if (against := self._against(ham, spam)) > 0:
            evidence = f"{worst}: spam on {spam} other site(s), approved on {ham}"
            yield Signal(ELSEWHERE, min(1.0, against / self.sites), evidence)

    def _against(self, ham: int, spam: int) -> int:
        return spam - self.forgiven * ham


def _told(domain: str, ham: int, spam: int) -> str:
    return f"{domain}: {spam} spam, {ham} approved here"
