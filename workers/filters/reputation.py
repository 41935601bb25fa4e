"""Reputation: decisions of moderators about other comments that link to the same domains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.hosts import all_domains
from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.learning.site_model import DOMAIN_TOKEN, linked_hosts

from .base import Facts, Filter, plural

SPAM, HAM, OTHER_SITES = "reputation.spam", "reputation.ham", "reputation.elsewhere"


#: Domain, or the token of a domain -> number of lessons or sites: (ham, spam).
Counts = Mapping[str, tuple[int, int]]


def linked_domains(comment: Comment) -> tuple[str, ...]:
    """Return the hosts that the content links to, and their parent domains with the same owner."""
    return all_domains(linked_hosts(comment)) if comment.has_text else comment.kept_domains


@dataclass(frozen=True)
class ReputationFilter(Filter):
    """Compares the lessons of spam and of ham that contain the linked domains.

    It uses the same counts as the learned filter, so neither a campaign nor one moderator makes a reputation. A domain
    with many authors, such as a shortener, is in both kinds of lessons and gives no signal.
    """

    name = "reputation"
    # SPAM holds, and is spam only with strong other signals. The policy limits what HAM and other history take away.
    signals: ClassVar[SignalCatalogue] = {
        SPAM: SignalInfo(
            3.0,
            "a link to a domain that is in this site's lessons of spam; full strength from five on, where an approved "
            "one outweighs three",
            "less spam had linked to the same domain",
            gradual=True,
            title="Domain known for spam",
            sentence="{evidence}.",
            tone="bad",
            of_links=True,
        ),
        HAM: SignalInfo(
            -2.0,
            "every link is to a host that is in approved lessons of this site; full strength from five on",
            title="Domain known as good",
            sentence="{evidence}.",
            tone="good",
            history=True,
        ),
        OTHER_SITES: SignalInfo(
            2.5,
            "a link to a domain that other sites of this deployment marked as spam, if `REPLYGATE_SHARE_REPUTE` is on; "
            "full strength from three sites on",
            "fewer sites had marked the same links as spam",
            gradual=True,
            title="Spam on other sites",
            sentence="{evidence}.",
            tone="bad",
            of_links=True,
        ),
    }

    #: Lessons that give full strength; then a domain holds a comment alone.
    enough_lessons: int = 5
    #: Lessons of spam that one lesson of ham outweighs: an approved comment had a reason to link there.
    spam_per_ham: int = 3
    #: Other sites that give full strength.
    enough_sites: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if hosts := linked_hosts(comment):
            domains = all_domains(hosts)
            yield from self._on_this_site(hosts, domains, facts.corpus.tokens)
            if facts.other_sites:
                yield from self._on_other_sites(domains, facts.other_sites)

    def _on_this_site(self, hosts: tuple[str, ...], domains: tuple[str, ...], lessons: Counts) -> Iterator[Signal]:
        names = (*hosts, *domains)
        counts = {name: lessons[token] for name in names if (token := DOMAIN_TOKEN + name) in lessons}
        if not counts:
            return
        worst = max(counts, key=lambda name: self._excess_of_spam(*counts[name]))
        weakest = min(hosts, key=lambda name: counts.get(name, (0, 0)))
        if (excess := self._excess_of_spam(*counts[worst])) > 0:
            yield Signal(SPAM, min(1.0, excess / self.enough_lessons), _evidence(worst, *counts[worst]))
        elif approved := counts.get(weakest, (0, 0))[0]:
            yield Signal(HAM, min(1.0, approved / self.enough_lessons), _evidence(weakest, *counts[weakest]))

    def _on_other_sites(self, domains: tuple[str, ...], sites: Counts) -> Iterator[Signal]:
        worst = max(domains, key=lambda name: self._excess_of_spam(*sites.get(name, (0, 0))))
        ham, spam = sites.get(worst, (0, 0))
        if (excess := self._excess_of_spam(ham, spam)) > 0:
            evidence = f"Links to {worst} were spam on {plural(spam, 'other site')} and published on {ham or 'none'}"
            yield Signal(OTHER_SITES, min(1.0, excess / self.enough_sites), evidence)

    def _excess_of_spam(self, ham: int, spam: int) -> int:
        return spam - self.spam_per_ham * ham


def _evidence(domain: str, ham: int, spam: int) -> str:
    published = plural(ham, "published comment") if ham else "no published comment"
    return f"Links to {domain} were in {plural(spam, 'spam comment') if spam else 'no spam'} and in {published}"
