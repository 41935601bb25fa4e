"""Author rules: trust, mute and ban rules for authors, networks, linked domains and terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget, rule_name
from comments.hosts import all_domains_covering
from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.signals import Override, SignalCatalogue, SignalInfo
from comments.site import Site
from workers.text.links import hosts_named, links

from .base import Facts, Filter
from .words import found_terms

SIGNALS = {RuleEffect.TRUST: "standing.trusted", RuleEffect.MUTE: "standing.muted", RuleEffect.BAN: "standing.banned"}
PAST_TENSE = {RuleEffect.TRUST: "trusted", RuleEffect.MUTE: "muted", RuleEffect.BAN: "banned"}
#: Rules to look up for one comment. No honest comment needs more; a batch of hostile ones must not cost more.
MAX_RULE_NAMES = 300


def rule_names(comment: Comment) -> tuple[str, ...]:
    """Return the names of rules that could apply to a comment. Rules about terms are matched with its words instead."""
    linked = [link.host for link in (*links(comment.content), *links(comment.url))]
    # Links come first, so that many other names do not use up the limit.
    hosts = (*linked, *hosts_named(comment.content))
    names = [rule_name(RuleTarget.AUTHOR, key) for key in comment.author_keys]
    names += [rule_name(RuleTarget.ORIGIN, comment.origin)] if comment.origin else []
    names += [rule_name(RuleTarget.DOMAIN, domain) for domain in all_domains_covering(hosts)]
    return tuple(names[:MAX_RULE_NAMES])


@dataclass(frozen=True)
class AuthorRuleFilter(Filter):
    """Applies a moderator's rule until it is deleted or expires."""

    name = "standing"
    # Trust outweighs one link or a line in capitals, but no clear spam.
    signals: ClassVar[SignalCatalogue] = {
        "standing.trusted": SignalInfo(
            -3.0,
            "a moderator trusts the author (half the points by e-mail alone), the network, a linked domain or a term",
            label="Trusted by a rule",
        ),
        "standing.muted": SignalInfo(
            Override.HOLD,
            "a moderator muted one of these",
            "no mute rule applied ({evidence})",
            label="Muted by a rule",
        ),
        "standing.banned": SignalInfo(
            Override.REJECT, "a moderator banned one of these", "no ban applied ({evidence})", label="Banned by a rule"
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for rule in applicable_rules(comment, facts.rules, facts.site, facts.now):
            yield Signal(SIGNALS[rule.effect], certainty(rule), _evidence(rule))


def applicable_rules(
    comment: Comment, rules: tuple[AuthorRule, ...], site: Site, now: datetime
) -> Iterator[AuthorRule]:
    """Yield the most certain rule of each effect that applies to the comment now."""
    applicable = [rule for rule in rules if rule.is_active(now) and _applies(rule, comment, site)]
    for effect in RuleEffect if applicable else ():
        if with_effect := [rule for rule in applicable if rule.effect is effect]:
            yield max(with_effect, key=certainty)


def _applies(rule: AuthorRule, comment: Comment, site: Site) -> bool:
    """Check rules about terms; all others were looked up by the comment's own names."""
    return rule.target is not RuleTarget.TERM or bool(found_terms((Term(rule.value),), comment, site))


def certainty(rule: AuthorRule) -> float:
    """Return 1, or 0.5 for trust by email alone, because anybody can type the address of another person."""
    by_email_alone = rule.target is RuleTarget.AUTHOR and "@" not in rule.value
    return 0.5 if rule.effect is RuleEffect.TRUST and by_email_alone else 1.0


def _evidence(rule: AuthorRule) -> str:
    subject = {
        RuleTarget.AUTHOR: "Author",
        RuleTarget.ORIGIN: "Network",
        RuleTarget.DOMAIN: f"Links to {rule.value}",
        RuleTarget.TERM: f"“{rule.value}”",
    }[rule.target]
    return f"{subject}: {PAST_TENSE[rule.effect]} by {rule.by}"
