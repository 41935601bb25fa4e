"""Comments, sites and settings for tests, with harmless defaults. A test sets only the fields that matter to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comments.lifecycle import RESULT, Action, Role
from comments.model import Comment, Decision
from comments.pseudonyms import digest, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import Admission, CommentChange

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "a secret of tests only, long enough to pass"


def a_comment(**changes: Any) -> Comment:
    plain = Comment(
        id=new_id(),
        site="blog",
        thread="first-post",
        received=datetime.now(UTC).replace(microsecond=0),
        author="Ada",
        email="ada@example.org",
        content="The second paragraph made me think of an older essay on the same subject.",
        origin="origin-of-ada",
        identity="identity-of-ada",
    )
    return replace(plain, **changes)


def a_site(**changes: Any) -> Site:
    return replace(Site("blog", "A blog", NOW, origins=("https://blog.example",)), **changes)


def an_admission(**changes: Any) -> Admission:
    return replace(Admission(fingerprint=digest(new_id())), **changes)


def settings(**changes: Any) -> Settings:
    return replace(Settings(secret_key=SECRET), **changes)


def a_decision(action: Action, role: Role = Role.FILTERS, by: str = "filters", **changes: Any) -> Decision:
    return replace(Decision(action, RESULT[action], role, by, NOW + timedelta(seconds=1)), **changes)


def accepted(storage: Storage, **changes: Any) -> Comment:
    """Return a comment that the storage has accepted."""
    comment = a_comment(**changes)
    storage.comments.accept(comment, an_admission())
    return comment


def decided(
    storage: Storage, comment: Comment, action: Action, role: Role = Role.FILTERS, by: str = "filters"
) -> Comment:
    """Apply a decision in the storage and return the comment after it."""
    after = comment.with_decision(a_decision(action, role, by))
    assert storage.comments.decide(comment.site, [CommentChange(comment, after)]) == [True]
    return after


def published(storage: Storage, **changes: Any) -> Comment:
    return decided(storage, accepted(storage, **changes), Action.APPROVE)


def moderated(storage: Storage, comment: Comment, action: Action) -> Comment:
    return decided(storage, comment, action, Role.MODERATOR, "mo")


def removed_with_replies(storage: Storage, comment: Comment) -> Comment:
    """Remove a comment of a site that hides the replies to removed comments too."""
    after = comment.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo")).with_hidden_replies()
    assert storage.comments.decide(comment.site, [CommentChange(comment, after)]) == [True]
    return after
