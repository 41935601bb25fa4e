"""One person among the commenters of a site, by the keyed names under which the person's comments are stored."""

from dataclasses import dataclass, replace
from typing import Self

from .model import Comment
from .text_deletion import KeptLesson, without_text
from .text_notes import ERASED


@dataclass(frozen=True, slots=True)
class Subject:
    """The names are keyed hashes: none of them can be turned back into an address.

    Comments of the site's signed users belong to the person if one of them has the person's address, because the site
    vouches for it. Comments from the same browsers do so only if asked for (`linked`): a family may share one.
    """

    identities: tuple[str, ...] = ()  # of email addresses, Comment.identity
    users: tuple[str, ...] = ()  # Comment.user
    browsers: tuple[str, ...] = ()  # Comment.browser, if `linked`, or of comments without any other name
    ids: tuple[str, ...] = ()  # single comments, for a person without any name
    linked: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.identities, *self.users, *self.browsers)

    def has(self, comment: Comment) -> bool:
        """True if the comment is the person's, and not erased yet."""
        if comment.text_kept_days == ERASED:
            return False
        is_named = comment.identity in self.identities or comment.user in self.users
        return is_named or comment.browser in self.browsers or (comment.draft_of or comment.id) in self.ids

    def widened(self, comment: Comment) -> Self:
        """Add the names that one of the person's comments shows to be theirs too."""
        browser = comment.browser if self.linked or not (comment.identity or comment.user) else ""
        return replace(
            self,
            identities=_with(self.identities, comment.identity if comment.user or self.linked else ""),
            users=_with(self.users, comment.user),
            browsers=_with(self.browsers, browser),
        )


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if not name or name in names else (*names, name)


def subject_of_comment(comment: Comment, linked: bool = False) -> Subject:
    """Return the author of a comment. An anonymous one without a browser is known by this comment only."""
    plain = Subject((), (), (), (comment.draft_of or comment.id,), linked)
    if comment.identity or comment.user:
        plain = replace(plain, identities=_with((), comment.identity), users=_with((), comment.user))
    return plain.widened(comment)


def erased(comment: Comment, lesson: KeptLesson) -> Comment:
    """Return the stub of a comment whose author's data is erased: id, place, time, status, and steps without words."""
    stub = without_text(comment, ERASED, "", lesson)
    return replace(stub, identity="", user="", browser="", email_confirmed=False, role="")
