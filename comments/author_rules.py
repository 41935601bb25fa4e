"""Rules about comments: trust, hold, mute or ban an author, a network, a linked domain or a text.

A site has rules of its own. Rules of the deployment are stored under the name SHARED and apply to all its sites.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from .visitor_fields import VISITOR_FIELDS

#: End of a rule without an end.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Durations in forms: days and label.
RULE_DURATIONS = {"": "Forever", "1": "1 day", "7": "7 days", "30": "30 days", "365": "1 year"}
#: Stands for all sites of the deployment. Not a valid site id.
SHARED_RULES = "~"


class RuleTarget(StrEnum):
    """Kind of thing that a rule applies to, and the form of its value."""

    AUTHOR = "author"  # Comment.author_keys: the keyed hash of an email address, alone or with "@" and a network
    EMAIL_DOMAIN = "email-domain"  # of the email address, in lower case; applies to its subdomains too
    ORIGIN = "origin"  # Comment.origin: the keyed hash of a network
    RANGE = "range"  # of IP addresses, in CIDR notation; the web process compares it with the client's address
    DOMAIN = "domain"  # of a link, in lower case; applies to its subdomains too
    TERM = "term"  # a word or phrase, matched like the words in the site's settings
    EXPRESSION = "expression"  # a regular expression in the syntax of RE2


#: Targets that are compared with the text of a comment. The others are looked up by name.
TEXT_TARGETS = (RuleTarget.TERM, RuleTarget.EXPRESSION)


class RuleEffect(StrEnum):
    TRUST = "trust"  # not held as a new author, and fewer points
    HOLD = "hold"  # held for a moderator
    SHADOW = "shadow"  # stored as spam, while its author sees that it is pending
    BAN = "ban"  # marked as spam

    @classmethod
    def _missing_(cls, value: object) -> "RuleEffect | None":
        """Read rules of earlier versions, which called it "mute" to hold a comment."""
        return cls.HOLD if value == "mute" else None


#: Effects for people: the name of the button, and the consequence.
EFFECT_LABELS: Mapping[RuleEffect, tuple[str, str]] = {
    RuleEffect.TRUST: ("Trust", "do not hold as a new author"),
    RuleEffect.HOLD: ("Hold", "send to moderators"),
    RuleEffect.SHADOW: ("Mute", "hide as spam; the author sees “pending”"),
    RuleEffect.BAN: ("Ban", "refuse as spam"),
}
PAST_TENSE: Mapping[RuleEffect, str] = {
    RuleEffect.TRUST: "trusted",
    RuleEffect.HOLD: "held",
    RuleEffect.SHADOW: "muted",
    RuleEffect.BAN: "banned",
}
TARGET_LABELS: Mapping[RuleTarget, str] = {
    RuleTarget.AUTHOR: "Author",
    RuleTarget.EMAIL_DOMAIN: "Email domain",
    RuleTarget.ORIGIN: "Network",
    RuleTarget.RANGE: "IP range",
    RuleTarget.DOMAIN: "Linked domain",
    RuleTarget.TERM: "Word or phrase",
    RuleTarget.EXPRESSION: "Regular expression",
}
#: Name of the signal of a muted comment, by which its author keeps seeing "pending".
SHADOWED = "standing.shadowed"


@dataclass(frozen=True, slots=True)
class AuthorRule:
    """Decision of a moderator about all comments of an author or network, or with a domain or text."""

    target: RuleTarget = field(metadata={"stored": "about"})
    value: str
    effect: RuleEffect = field(metadata={"stored": "stance"})
    by: str
    at: datetime
    until: datetime = FOREVER
    note: str = ""  # the reason, for other moderators
    id: str = ""  # keyed hash of a range, which comments are compared with; "" for other targets
    fields: tuple[str, ...] = VISITOR_FIELDS  # in which a text is looked for
    inside: bool = False  # a term is also found inside longer words
    enabled: bool = True
    shared: bool = False  # applies to all sites of the deployment

    @property
    def name(self) -> str:
        """Key of the rule; there is one rule per target and value."""
        return rule_name(self.target, self.id or self.value)

    def is_active(self, now: datetime) -> bool:
        return self.enabled and now < self.until

    def for_site_owners(self) -> "AuthorRule":
        """Return the rule as the team of a site may read it: operators write reasons of shared rules for operators."""
        return replace(self, by="", note="") if self.shared else self

    @property
    def is_forever(self) -> bool:
        return self.until == FOREVER


@dataclass(frozen=True, slots=True)
class RuleHits:
    """Comments to which a rule applied since it exists, and the last time."""

    n: int = 0
    last: datetime | None = None


def rule_name(target: RuleTarget, value: str) -> str:
    return target + ":" + value  # formatting a member of an enum takes long
