"""Trust, mute and ban rules of a site."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

#: End of a rule without an end.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Durations in forms: days and label.
RULE_DURATIONS = {"": "Forever", "1": "1 day", "7": "7 days", "30": "30 days", "365": "1 year"}


class RuleTarget(StrEnum):
    """Kind of thing that a rule applies to, and the form of its value."""

    AUTHOR = "author"  # Comment.author_keys: the keyed hash of an email address, alone or with "@" and a network
    ORIGIN = "origin"  # Comment.origin: the keyed hash of a network
    DOMAIN = "domain"  # of a link, in lower case; applies to its subdomains too
    TERM = "term"  # a word or phrase, matched like the words in the site's settings


class RuleEffect(StrEnum):
    TRUST = "trust"  # not held as a new author, and fewer points
    MUTE = "mute"  # held for a moderator
    BAN = "ban"  # marked as spam


@dataclass(frozen=True, slots=True)
class AuthorRule:
    """Decision of a moderator about all comments of an author or network, or with a domain or term."""

    target: RuleTarget = field(metadata={"stored": "about"})
    value: str
    effect: RuleEffect = field(metadata={"stored": "stance"})
    by: str
    at: datetime
    until: datetime = FOREVER
    note: str = ""  # for other moderators

    @property
    def name(self) -> str:
        """Key of the rule; there is one rule per target and value."""
        return rule_name(self.target, self.value)

    def is_active(self, now: datetime) -> bool:
        return now < self.until


def rule_name(target: RuleTarget, value: str) -> str:
    return f"{target}:{value}"
