"""AuthorRule: what the site's moderators said about this author, this network, these links and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget, rule_name
from comments.hosts import all_domains_covering
from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.site import Site
from workers.text.links import hosts_named, links

from .base import Facts, Filter, Mark, Weight
from .words import found

SIGNALS = {RuleEffect.TRUST: "standing.trusted", RuleEffect.MUTE: "standing.muted", RuleEffect.BAN: "standing.banned"}
#: Names of one comment that are looked up: more than any honest comment has, few enough for a batch of hostile ones.
MOST_NAMES = 300


def names(comment: Comment) -> tuple[str, ...]:
    """Names of the rules that would matter to a comment; those about terms are matched with its words instead."""
    hosts = (*hosts_named(comment.content), *[link.host for link in links(comment.url)])
    named = [rule_name(RuleTarget.AUTHOR, name) for name in comment.author_keys]
    named += [rule_name(RuleTarget.ORIGIN, comment.origin)] if comment.origin else []
    return tuple(
        (named + [rule_name(RuleTarget.DOMAIN, domain) for domain in all_domains_covering(hosts)])[:MOST_NAMES]
    )


@dataclass(frozen=True)
class AuthorRuleFilter(Filter):
    """A moderator's word about somebody holds until it is taken back, or expires."""

    name = "standing"
    # Trust outweighs what one link or a shouted line costs; what is surely spam it does not.
    weights: ClassVar[Mapping[str, Weight]] = {
        "standing.trusted": -3.0,
        "standing.muted": Mark.HOLD,
        "standing.banned": Mark.REJECT,
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for rule in holding(comment, facts.rules, facts.site, facts.now):
            yield Signal(SIGNALS[rule.effect], sureness(rule), _evidence(rule))


def holding(comment: Comment, rules: tuple[AuthorRule, ...], site: Site, now: datetime) -> Iterator[AuthorRule]:
    """At most one rule of each effect that fits the comment now: the surest."""
    fitting = [s for s in rules if s.is_active(now) and _fits(s, comment, site)]
    for effect in RuleEffect if fitting else ():
        of_stance = [s for s in fitting if s.effect is effect]
        if of_stance:
            yield max(of_stance, key=sureness)


def _fits(rule: AuthorRule, comment: Comment, site: Site) -> bool:
    """All others were looked up by the comment's own names."""
    return rule.target is not RuleTarget.TERM or bool(found((Term(rule.value),), comment, site))


def sureness(rule: AuthorRule) -> float:
    """Anybody may claim an e-mail, so that alone it vouches for half as much as together with its network."""
    by_email_alone = rule.target is RuleTarget.AUTHOR and "@" not in rule.value
    return 0.5 if rule.effect is RuleEffect.TRUST and by_email_alone else 1.0


def _evidence(rule: AuthorRule) -> str:
    what = {
        RuleTarget.AUTHOR: "this author",
        RuleTarget.ORIGIN: "this network",
        RuleTarget.DOMAIN: f"links to {rule.value}",
        RuleTarget.TERM: f"“{rule.value}”",
    }[rule.target]
    said = {RuleEffect.TRUST: "trusted", RuleEffect.MUTE: "muted", RuleEffect.BAN: "banned"}[rule.effect]
    return f"{what}: {said} by {rule.by}"
