"""Author rules: trust, hold, mute and ban rules for authors, networks, linked domains and texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar

from comments.author_rules import (
    PAST_TENSE,
    SHADOWED,
    AuthorRule,
    RuleEffect,
    RuleTarget,
    rule_name,
)
from comments.hosts import all_domains_covering
from comments.model import Comment, Signal
from comments.rule_values import normal_domain
from comments.signals import LINKS_TRUSTED, Override, SignalCatalogue, SignalInfo
from workers.text.links import hosts_named, links
from workers.text.memo import ByIdentity
from workers.text.term_matcher import FieldMatchers, MatchedTerm

from .base import Facts, Filter

#: Signal of each effect. Trust in linked domains is LINKS_TRUSTED instead.
SIGNALS = {
    RuleEffect.TRUST: "standing.trusted",
    RuleEffect.HOLD: "standing.muted",
    RuleEffect.SHADOW: SHADOWED,
    RuleEffect.BAN: "standing.banned",
}
RULE_SIGNALS = frozenset((*SIGNALS.values(), LINKS_TRUSTED))
#: Rules to look up for one comment. No honest comment needs more; a batch of hostile ones must not cost more.
MAX_RULE_NAMES = 300
#: Rules that the evidence of one signal names.
MAX_NAMED_RULES = 3


def rule_names(comment: Comment) -> tuple[str, ...]:
    """Return the names of rules that could apply to a comment. Rules about texts are matched with its words instead."""
    linked = [link.host for link in (*links(comment.content), *links(comment.url))]
    # Links come first, so that many other names do not use up the limit.
    hosts = (*linked, *hosts_named(comment.content))
    names = [rule_name(RuleTarget.AUTHOR, key) for key in comment.author_keys]
    names += [rule_name(RuleTarget.ORIGIN, network) for network in comment.networks]
    names += [rule_name(RuleTarget.RANGE, id) for id in comment.ranges]
    if comment.email:
        names += _names_of_mail_host(comment.email.rpartition("@")[2])
    if hosts:
        names += [rule_name(RuleTarget.DOMAIN, domain) for domain in all_domains_covering(hosts)]
    return tuple(names[:MAX_RULE_NAMES])


@lru_cache(maxsize=512)
def _names_of_mail_host(written: str) -> tuple[str, ...]:
    """Return the names of rules about the domain of an email address."""
    host = normal_domain(written)
    return (
        tuple([rule_name(RuleTarget.EMAIL_DOMAIN, domain) for domain in all_domains_covering((host,))]) if host else ()
    )


@dataclass(frozen=True)
class AuthorRuleFilter(Filter):
    """Applies a moderator's rule until it is deleted or expires."""

    name = "standing"
    # Trust outweighs one link or a line in capitals, but no clear spam.
    signals: ClassVar[SignalCatalogue] = {
        "standing.trusted": SignalInfo(
            -3.0,
            "a moderator trusts the author (half the points by an email address that is not confirmed) or the network",
            title="Trusted by a rule",
            sentence="{evidence}.",
            tone="good",
        ),
        LINKS_TRUSTED: SignalInfo(
            0.0,
            "a moderator trusts the domain of every link and of the website: the signals about links give no points",
            title="All links are trusted",
            sentence="{evidence}. So its links cost no points.",
            tone="good",
        ),
        "standing.muted": SignalInfo(
            Override.HOLD,
            "a rule holds comments by the author or network, or with this link or text",
            "no rule held it",
            title="Held by a rule",
            sentence="{evidence}.",
            tone="warn",
        ),
        SHADOWED: SignalInfo(
            Override.REJECT,
            "a moderator muted the author, network, link or text: the comment is hidden as spam, and its author sees "
            "that it is pending",
            "no rule muted it",
            title="Muted by a rule",
            sentence="{evidence}.",
            tone="bad",
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
        """Yield one signal for each effect. Several rules with the same effect count once."""
        applied = applied_rules(comment, facts)
        for effect in RuleEffect if applied else ():
            rules = [rule for rule in applied if rule.effect is effect and not is_link_trust(rule)]
            rules.sort(key=partial(certainty, comment=comment), reverse=True)
            if rules:
                yield Signal(SIGNALS[effect], certainty(rules[0], comment), _joined_evidence(rules))
        if trusted := [rule for rule in applied if is_link_trust(rule)]:
            yield Signal(LINKS_TRUSTED, 1.0, _joined_evidence(trusted))


@lru_cache(maxsize=64)
def _text_matchers(rules: ByIdentity[tuple[AuthorRule, ...]]) -> FieldMatchers[AuthorRule]:
    return FieldMatchers((rule.fields, MatchedTerm(rule.value, rule.inside, rule)) for rule in rules.value)


def author_rules(comment: Comment, facts: Facts) -> list[AuthorRule]:
    """Return the rules about the author, the network and the links that apply to the comment now."""
    found = [rule for rule in facts.rules if rule.is_active(facts.now) and _has_proof(rule, comment, facts)]
    return found if _is_every_link_trusted(comment, found) else [rule for rule in found if not is_link_trust(rule)]


def is_link_trust(rule: AuthorRule) -> bool:
    """Return True for trust in a linked domain. Anybody can link there, so it only takes away what links cost."""
    return rule.effect is RuleEffect.TRUST and rule.target is RuleTarget.DOMAIN


def _is_every_link_trusted(comment: Comment, rules: list[AuthorRule]) -> bool:
    """Return True if each link in the text, the website and the name is covered: one trusted link pays for no other."""
    trusted = {rule.value for rule in rules if is_link_trust(rule)}
    if not trusted:
        return False
    hosts = {link.host for text in (comment.content, comment.url, comment.author) for link in links(text)}
    return bool(hosts) and all(not trusted.isdisjoint(all_domains_covering((host,))) for host in hosts)


def applied_rules(comment: Comment, facts: Facts) -> list[AuthorRule]:
    """Return all rules that apply to the comment now, each once."""
    applied = author_rules(comment, facts) if facts.rules else []
    if facts.text_rules:
        found = _text_matchers(ByIdentity(facts.text_rules)).found(partial(getattr, comment))
        applied += [rule for rule in dict.fromkeys(rule for rule, _ in found) if rule.is_active(facts.now)]
    return applied


def _has_proof(rule: AuthorRule, comment: Comment, facts: Facts) -> bool:
    """Trust in an email address or its domain needs proof, because anybody can type it."""
    if rule.effect is not RuleEffect.TRUST:
        return True
    if rule.target is RuleTarget.EMAIL_DOMAIN:
        return comment.is_verified
    if _is_by_address(rule, comment):
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


def _joined_evidence(rules: list[AuthorRule]) -> str:
    more = f"; and {len(rules) - MAX_NAMED_RULES} more rules" if len(rules) > MAX_NAMED_RULES else ""
    return "; ".join(map(_evidence, rules[:MAX_NAMED_RULES])) + more


def _evidence(rule: AuthorRule) -> str:
    """Name the rule and its reason. Everybody who sees the comment sees this: it has no address of its author."""
    subject = {
        RuleTarget.AUTHOR: "The author is",
        RuleTarget.EMAIL_DOMAIN: "The domain of the email address is",
        RuleTarget.ORIGIN: "The network is",
        RuleTarget.RANGE: "The range of IP addresses is",
        RuleTarget.DOMAIN: f"Links to {rule.value} are",
        RuleTarget.TERM: f"Comments with “{rule.value}” are" if rule.fields != ("email",) else "The email address is",
        RuleTarget.EXPRESSION: f"Comments with {rule.value} are"
        if rule.fields != ("email",)
        else "The email address is",
    }[rule.target]
    owner = " for all sites" if rule.shared else ""
    note = f" ({rule.note})" if rule.note else ""
    return f"{subject} {PAST_TENSE[rule.effect]} by a rule of {rule.by}{owner}{note}"
