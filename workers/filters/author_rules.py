"""Author rules: trust, mute and ban rules for authors, networks, linked domains and terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget, rule_name
from comments.hosts import all_domains_covering
from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.signals import Override, SignalCatalogue, SignalInfo
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
    names += [rule_name(RuleTarget.ORIGIN, network) for network in comment.networks]
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
            "a moderator trusts the author (half the points by an email address that is not confirmed), the network, a "
            "linked domain or a term",
            title="Trusted by a rule",
            sentence="{evidence}.",
            tone="good",
        ),
        "standing.muted": SignalInfo(
            Override.HOLD,
            "a moderator muted one of these",
            "no rule muted it",
            title="Muted by a rule",
            sentence="{evidence}.",
            tone="warn",
        ),
        "standing.banned": SignalInfo(
            Override.REJECT,
            "a moderator banned one of these",
            "no rule banned it",
            title="Banned by a rule",
            sentence="{evidence}.",
            tone="bad",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        for rule in applicable_rules(comment, facts):
            yield Signal(SIGNALS[rule.effect], certainty(rule, comment), _evidence(rule))


def applicable_rules(comment: Comment, facts: Facts) -> Iterator[AuthorRule]:
    """Yield the most certain rule of each effect that applies to the comment now."""
    applicable = [rule for rule in facts.rules if rule.is_active(facts.now) and _applies(rule, comment, facts)]
    for effect in RuleEffect if applicable else ():
        if with_effect := [rule for rule in applicable if rule.effect is effect]:
            yield max(with_effect, key=partial(certainty, comment=comment))


def _applies(rule: AuthorRule, comment: Comment, facts: Facts) -> bool:
    """Check rules about terms, and trust in an email address. All others were looked up by the comment's own names."""
    if rule.target is RuleTarget.TERM:
        return bool(found_terms((Term(rule.value),), comment, facts.site))
    if rule.effect is RuleEffect.TRUST and _is_by_address(rule, comment):
        proven = (*comment.proven_keys, comment.network_key)
        return comment.is_verified or facts.approved_under(comment, *proven) > 0
    return True


def _is_by_address(rule: AuthorRule, comment: Comment) -> bool:
    """Return True for a rule about an email address alone, which anybody can type."""
    return rule.target is RuleTarget.AUTHOR and rule.value == comment.identity


def certainty(rule: AuthorRule, comment: Comment) -> float:
    """Return 1, or 0.5 for trust in an email address that only an earlier comment makes likely."""
    is_likely = _is_by_address(rule, comment) and not comment.is_verified
    return 0.5 if rule.effect is RuleEffect.TRUST and is_likely else 1.0


def _evidence(rule: AuthorRule) -> str:
    subject = {
        RuleTarget.AUTHOR: "Author",
        RuleTarget.ORIGIN: "Network",
        RuleTarget.DOMAIN: f"Links to {rule.value}",
        RuleTarget.TERM: f"“{rule.value}”",
    }[rule.target]
    return f"{subject}: {PAST_TENSE[rule.effect]} by {rule.by}"
