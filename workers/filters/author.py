"""Author: whether this site has approved the author before, and what it asks of newcomers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.author_rules import RuleEffect, RuleTarget
from comments.model import Comment, Signal

from .author_rules import holding
from .base import Facts, Filter, Mark, Weight, counted


@dataclass(frozen=True)
class Author(Filter):
    """Knows authors by e-mail, which anybody may claim, and more surely by e-mail and network together."""

    name = "author"
    weights: ClassVar[Mapping[str, Weight]] = {
        "site.moderation": Mark.HOLD,
        "author.first": Mark.HOLD,
        "author.known": -2.0,  # outweighs one weak signal, never a strong one
        "author.spammed": 4.0,  # more than enough for a second look, half of what spam takes
    }

    #: Approved comments after which an author counts as known in full.
    settled: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        # Without an origin both names say the same, and the surer one is not to be had.
        sure = 1.0 if comment.origin and any(facts.approved[1:]) else 0.5
        approved, spam = max(facts.approved, default=0), max(facts.spam, default=0)
        if facts.site.moderation == "all":
            yield Signal("site.moderation", 1.0, "this site holds every comment")
        if not approved and facts.site.moderation == "first" and not _is_trusted(comment, facts):
            yield Signal("author.first", 1.0, "no comment of this author was approved here before")
        if approved > spam:
            strength = sure * min(1.0, approved / self.settled)
            yield Signal("author.known", strength, f"{counted(approved, 'approved comment')} by this author")
        if spam > approved:
            yield Signal("author.spammed", min(1.0, spam / 2), f"{counted(spam, 'spam comment')} by this author")


def _is_trusted(comment: Comment, facts: Facts) -> bool:
    """By who or where they are: a link or a word anybody may borrow."""
    rules = holding(comment, facts.rules, facts.site, facts.now) if facts.rules else ()
    return any(s.effect is RuleEffect.TRUST and s.target in (RuleTarget.AUTHOR, RuleTarget.ORIGIN) for s in rules)
