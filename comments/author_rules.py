"""What a site's moderators said once and for all about an author, a network, a link's domain or a word."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

#: Until when a standing holds that has no end.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Durations a form offers, by their days.
RULE_DURATIONS = {"": "for good", "1": "for a day", "7": "for a week", "30": "for a month", "365": "for a year"}


class About(StrEnum):
    """What a standing is about, and what its value is then."""

    AUTHOR = "author"  # Comment.author_keys: the keyed hash of an e-mail, alone or with "@" and a network
    ORIGIN = "origin"  # Comment.origin
    DOMAIN = "domain"  # of a link, in lower case; those below it are meant too
    TERM = "term"  # a word or phrase, found as the site's own words are


class Stance(StrEnum):
    TRUST = "trust"  # not held as a newcomer, and spoken for
    MUTE = "mute"  # a person looks first
    BAN = "ban"  # taken for spam


@dataclass(frozen=True, slots=True)
class Standing:
    about: About
    value: str
    stance: Stance
    by: str
    at: datetime
    until: datetime = FOREVER
    note: str = ""  # to colleagues

    @property
    def name(self) -> str:
        """Under which it is kept: one standing a thing."""
        return standing_name(self.about, self.value)

    def holds(self, now: datetime) -> bool:
        return now < self.until


def standing_name(about: About, value: str) -> str:
    return f"{about}:{value}"
