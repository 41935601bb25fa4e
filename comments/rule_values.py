"""Kinds of rules as people write them: check a value, and bring it into the form in which comments are compared."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import idna

from .author_rules import EFFECT_LABELS, PAST_TENSE, SHARED_RULES, TEXT_TARGETS, AuthorRule, RuleEffect, RuleTarget
from .expressions import check_slashes, compile_expression, is_expression
from .hosts import is_public_suffix, is_registry_suffix, is_under_top_level_domain
from .network_ranges import parse_range, range_target
from .pseudonyms import Pseudonyms
from .setting_values import parse_term
from .visitor_fields import VISITOR_FIELDS

MAX_RULE_TEXT = 200
#: A pseudonym as pages show it; that of an author may end in "@" and the name of a network.
KEYED_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}(@[A-Za-z0-9_-]{1,40})?")
DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
#: Top-level domains for examples and tests, which no registry lists.
RESERVED = ("example", "test")
SCHEME = re.compile(r"[a-z]+:/*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """The value of a rule in its normal form."""

    target: RuleTarget
    value: str
    id: str = ""
    fields: tuple[str, ...] = ()  # () for all


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A kind of value that people enter. `parse` raises ValueError with a predicate, such as "is not a domain"."""

    label: str
    example: str
    parse: Callable[[str, str, Pseudonyms], RuleValue]  # of the text and the site


def _email(text: str, _site: str, pseudonyms: Pseudonyms) -> RuleValue:
    name, at, domain = text.rpartition("@")
    if not (name and at and domain) or " " in text:
        raise ValueError("is not an email address")
    return RuleValue(RuleTarget.AUTHOR, pseudonyms.author(text))


def _user(text: str, site: str, pseudonyms: Pseudonyms) -> RuleValue:
    if site == SHARED_RULES:
        raise ValueError("is the id of a user of one site: add the rule there")
    if not text.isprintable():
        raise ValueError("is not the id of a signed user")
    return RuleValue(RuleTarget.AUTHOR, pseudonyms.user(site, text))


def _pseudonym(target: RuleTarget) -> Callable[[str, str, Pseudonyms], RuleValue]:
    def parse(text: str, _site: str, _pseudonyms: Pseudonyms) -> RuleValue:
        if not KEYED_NAME.fullmatch(text):
            noun = "an author" if target is RuleTarget.AUTHOR else "a network"
            raise ValueError(f"is not the pseudonym of {noun}")
        return RuleValue(target, text)

    return parse


def _range(text: str, _site: str, pseudonyms: Pseudonyms) -> RuleValue:
    return RuleValue(*range_target(parse_range(text), pseudonyms))


def _domain_rule(target: RuleTarget) -> Callable[[str, str, Pseudonyms], RuleValue]:
    def parse(text: str, _site: str, _pseudonyms: Pseudonyms) -> RuleValue:
        domain = normal_domain(text)
        if not domain:
            raise ValueError("is not a domain, such as spam.example")
        if is_registry_suffix(domain):
            raise ValueError(f"cannot be used: {domain} is a public suffix. Name one of the sites under it")
        return RuleValue(target, domain)

    return parse


def normal_domain(text: str) -> str:
    """Return the ASCII form of a domain or of the domain in a URL, without "www."; "" if there is none."""
    host = re.split(r"[/?#:]", SCHEME.sub("", text, count=1), maxsplit=1)[0].rpartition("@")[2].strip(".").lower()
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
    named = plain.removeprefix("www.")
    # Without "www.", a suffix such as `github.io` would cover the sites of other people.
    plain = plain if is_public_suffix(named) else named
    return plain if DOMAIN.fullmatch(plain) else ""


def _term(text: str, _site: str, _pseudonyms: Pseudonyms) -> RuleValue:
    """A term may name its fields: author+url:casino. Between slashes it is a regular expression."""
    if not text.isprintable():
        raise ValueError("is not a word or phrase: it has characters that cannot be printed")
    term = parse_term(text)
    check_slashes(term.text)
    if is_expression(term.text):
        compile_expression(term.text[1:-1])
        return RuleValue(RuleTarget.EXPRESSION, term.text, fields=term.fields)
    return RuleValue(RuleTarget.TERM, term.text, fields=term.fields)


def _expression(text: str, _site: str, _pseudonyms: Pseudonyms) -> RuleValue:
    check_slashes(text)
    pattern = text[1:-1] if is_expression(text) else text
    compile_expression(pattern)
    return RuleValue(RuleTarget.EXPRESSION, f"/{pattern}/")


RULE_KINDS: Mapping[str, RuleKind] = {
    "email": RuleKind("Email address", "ada@example.com", _email),
    "email-domain": RuleKind("Email domain", "mail.example", _domain_rule(RuleTarget.EMAIL_DOMAIN)),
    "user": RuleKind("Signed user (id)", "user-17", _user),
    "author": RuleKind("Author (pseudonym)", "", _pseudonym(RuleTarget.AUTHOR)),
    "network": RuleKind("Network (pseudonym)", "", _pseudonym(RuleTarget.ORIGIN)),
    "range": RuleKind("IP address or range", "203.0.113.0/24", _range),
    "domain": RuleKind("Linked domain", "spam.example", _domain_rule(RuleTarget.DOMAIN)),
    "term": RuleKind("Word or phrase", "cheap pills", _term),
    "expression": RuleKind("Regular expression", "/ca[s5]ino/", _expression),
}
#: Kinds whose value is an email address or a part of one.
EMAIL_KINDS = ("email", "email-domain")
#: Fields in which people who may not see email addresses can look for a text.
FIELDS_WITHOUT_EMAIL = tuple(name for name in VISITOR_FIELDS if name != "email")
#: The kind under which a stored rule is shown and exported. The value that people entered may be a secret.
KIND_OF_TARGET: Mapping[RuleTarget, str] = {
    RuleTarget.AUTHOR: "author",
    RuleTarget.EMAIL_DOMAIN: "email-domain",
    RuleTarget.ORIGIN: "network",
    RuleTarget.RANGE: "range",
    RuleTarget.DOMAIN: "domain",
    RuleTarget.TERM: "term",
    RuleTarget.EXPRESSION: "expression",
}


def parse_value(kind: str, text: str, site: str, pseudonyms: Pseudonyms) -> RuleValue:
    """Return the value in its normal form. Raises ValueError with a predicate that completes "The value …"."""
    text = text.strip()
    if not text:
        raise ValueError("is missing")
    if len(text) > MAX_RULE_TEXT:
        raise ValueError(f"must have at most {MAX_RULE_TEXT} characters")
    return RULE_KINDS[kind].parse(text, site, pseudonyms)


def guess_kind(text: str) -> str:
    """Return the kind of a value in a list that does not name kinds."""
    if is_expression(parse_term(text).text):
        return "term"
    try:
        parse_range(text)
        return "range"
    except ValueError:
        pass
    name, at, _ = text.rpartition("@")
    if at and " " not in text and normal_domain(text):
        return "email" if name else "email-domain"
    labels = normal_domain(text).split(".")
    is_domain = len(labels) > 1 and " " not in text
    return "domain" if is_domain and (labels[-1] in RESERVED or is_under_top_level_domain(labels)) else "term"


def check_combination(rule: AuthorRule) -> AuthorRule:
    """Return the rule if its parts make sense together. Raises ValueError with a predicate."""
    if rule.effect is RuleEffect.TRUST and rule.target in TEXT_TARGETS:
        raise ValueError("cannot be trusted: anybody can write a word. Trust an author, a network or a domain")
    if not rule.fields:
        raise ValueError("must be looked for in at least one field")
    return rule


def check_hidden_emails(kind: str, rule: AuthorRule) -> AuthorRule:
    """Return a rule of a person who may not see email addresses: its matches would show them. Raises ValueError."""
    if kind in EMAIL_KINDS or (rule.target in TEXT_TARGETS and "email" in rule.fields):
        raise ValueError("is about email addresses, which this site shows to owners only: ask an owner to add the rule")
    return rule


def with_value(rule: AuthorRule, found: RuleValue) -> AuthorRule:
    """Return the rule about this value. Only texts have fields and may be inside words."""
    is_text = found.target in TEXT_TARGETS
    return replace(
        rule,
        target=found.target,
        value=found.value,
        id=found.id,
        fields=(found.fields if found.fields not in ((), VISITOR_FIELDS) else rule.fields)
        if is_text
        else VISITOR_FIELDS,
        inside=rule.inside and found.target is RuleTarget.TERM,
    )


def parse_effect(text: str) -> RuleEffect:
    """Return the effect with this name: that of the button, or the stored one. Raises ValueError."""
    wanted = text.strip().lower()
    for effect, (label, _) in EFFECT_LABELS.items():
        if wanted in (effect.value, label.lower(), PAST_TENSE[effect]):
            return effect
    raise ValueError(f"has no effect: {text!r} is none of trust, hold, mute and ban")
