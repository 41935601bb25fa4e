"""Author: the author's history on this site, and the site's rules for new authors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.author_rules import RuleEffect, RuleTarget
from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo

from .author_rules import applicable_rules
from .base import Facts, Filter, plural


@dataclass(frozen=True)
class AuthorFilter(Filter):
    """Recognizes authors by e-mail, which anybody may type, and more certainly by e-mail and network together."""

    name = "author"
    signals: ClassVar[SignalCatalogue] = {
        "site.moderation": SignalInfo(
            Override.HOLD,
            "the site's `moderation` is `all`",
            "this site did not hold every comment",
            label="Every comment reviewed",
        ),
        "author.first": SignalInfo(
            Override.HOLD,
            "the author has no approved comment on this site, `moderation` is `first`, and no rule trusts the author "
            "or the network",
            "a moderator had approved a comment by this author",
            label="First comment",
        ),
        # It outweighs one weak signal, but never a strong one.
        "author.known": SignalInfo(
            -2.0,
            "more comments by this author were approved than were spam; full strength from three on and from the same "
            "network",
            label="Known author",
        ),
        # More than enough to hold, and half of the points of spam.
        "author.spammed": SignalInfo(
            4.0,
            "more comments by this author were spam than were approved",
            "its author had sent less spam",
            gradual=True,
            harm=2.0,
            label="Author sent spam",
        ),
    }

    #: Approved comments that give full strength.
    enough_approved: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        # Without an origin both keys are the same, and nothing confirms the e-mail.
        certainty = 1.0 if comment.origin and any(facts.approved[1:]) else 0.5
        approved, spam = max(facts.approved, default=0), max(facts.spam, default=0)
        if facts.site.moderation == "all":
            yield Signal("site.moderation", 1.0, "This site holds every comment")
        if not approved and facts.site.moderation == "first" and not _is_trusted(comment, facts):
            yield Signal("author.first", 1.0, "First comment by this author")
        if approved > spam:
            strength = certainty * min(1.0, approved / self.enough_approved)
            yield Signal("author.known", strength, f"{plural(approved, 'approved comment')} by this author")
        if spam > approved:
            yield Signal("author.spammed", min(1.0, spam / 2), f"{plural(spam, 'spam comment')} by this author")


def _is_trusted(comment: Comment, facts: Facts) -> bool:
    """Trust by author or network only: anybody can use a trusted link or term."""
    rules = applicable_rules(comment, facts.rules, facts.site, facts.now) if facts.rules else ()
    return any(
        rule.effect is RuleEffect.TRUST and rule.target in (RuleTarget.AUTHOR, RuleTarget.ORIGIN) for rule in rules
    )
