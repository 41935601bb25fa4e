"""Standing: what the site's moderators said about this author, this network, these links and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from comments.author_rules import About, Stance, Standing, standing_name
from comments.model import Comment, Signal
from comments.site import Site, Term
from workers.text.hosts import all_domains
from workers.text.links import links

from .base import Facts, Filter, Mark, Weight
from .words import found

SIGNALS = {Stance.TRUST: "standing.trusted", Stance.MUTE: "standing.muted", Stance.BAN: "standing.banned"}
#: Names of one comment that are looked up: more than any honest comment has, few enough for a batch of hostile ones.
MOST_NAMES = 300


def names(comment: Comment) -> tuple[str, ...]:
    """Names of the standings that would matter to a comment; those about terms are matched with its words instead."""
    hosts = dict.fromkeys([link.host for link in (*links(comment.content), *links(comment.url))])
    named = [standing_name(About.AUTHOR, name) for name in comment.author_keys]
    named += [standing_name(About.ORIGIN, comment.origin)] if comment.origin else []
    return tuple((named + [standing_name(About.DOMAIN, domain) for domain in all_domains(hosts)])[:MOST_NAMES])


@dataclass(frozen=True)
class Standings(Filter):
    """A moderator's word about somebody holds until it is taken back, or expires."""

    name = "standing"
    # Trust outweighs what one link or a shouted line costs; what is surely spam it does not.
    weights: ClassVar[Mapping[str, Weight]] = {
        "standing.trusted": -3.0,
        "standing.muted": Mark.HOLD,
        "standing.banned": Mark.REJECT,
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for standing in holding(comment, facts.standings, facts.site, facts.now):
            yield Signal(SIGNALS[standing.stance], sureness(standing), _evidence(standing))


def holding(comment: Comment, standings: tuple[Standing, ...], site: Site, now: datetime) -> Iterator[Standing]:
    """At most one standing of each stance that fits the comment now: the surest."""
    fitting = [s for s in standings if s.holds(now) and _fits(s, comment, site)]
    for stance in Stance if fitting else ():
        of_stance = [s for s in fitting if s.stance is stance]
        if of_stance:
            yield max(of_stance, key=sureness)


def _fits(standing: Standing, comment: Comment, site: Site) -> bool:
    """All others were looked up by the comment's own names."""
    return standing.about is not About.TERM or bool(found((Term(standing.value),), comment, site))


def sureness(standing: Standing) -> float:
    """Anybody may claim an e-mail, so that alone it vouches for half as much as together with its network."""
    by_email_alone = standing.about is About.AUTHOR and "@" not in standing.value
    return 0.5 if standing.stance is Stance.TRUST and by_email_alone else 1.0


def _evidence(standing: Standing) -> str:
    what = {
        About.AUTHOR: "this author",
        About.ORIGIN: "this network",
        About.DOMAIN: f"links to {standing.value}",
        About.TERM: f"“{standing.value}”",
    }[standing.about]
    said = {Stance.TRUST: "trusted", Stance.MUTE: "muted", Stance.BAN: "banned"}[standing.stance]
    return f"{what}: {said} by {standing.by}"
