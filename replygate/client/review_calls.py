"""Calls for moderators, with the key of a person: list, search, explain, decide and undo."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, TypedDict

from .calls import Call, given, path_part
from .decoding import decode_answer, part_of
from .review_answers import CommentWithNotes, NoteResponse, ReviewedComment, ReviewPage

ProposedAction = Literal["approve", "spam", "remove"]
ListedStatus = Literal["held", "approved", "spam", "removed", "all"]
ReviewAction = ProposedAction | Literal["show-replies"]


class ReviewFilters(TypedDict, total=False):
    """Filters of a list of comments; they are combined. Dates are days, such as `2026-05-01`."""

    status: ListedStatus
    order: Literal["oldest", "newest", "decided", "points", "useful"]
    q: str
    signal: str
    by: str
    received_from: str
    received_to: str
    decided_from: str
    decided_to: str
    script: str
    author: str
    thread: str
    domain: str
    origin: str
    identity: str


def review_page(filters: ReviewFilters | None = None, *, limit: int = 20, cursor: str = "") -> Call[ReviewPage]:
    """List or search one page of comments with their reasons. `review` lists all of them."""
    query: dict[str, str | int | tuple[str, ...]] = {"limit": limit}
    query |= {name: str(value) for name, value in given(**(filters or {}), cursor=cursor).items()}
    return Call("GET", "review/comments", partial(decode_answer, ReviewPage), query)


def explain(id: str) -> Call[CommentWithNotes]:
    """Get one comment with the reasons of the filters, its history and its notes."""
    return Call("GET", _comment(id), partial(decode_answer, CommentWithNotes))


def decide(id: str, version: int, action: ReviewAction, reason: str = "") -> Call[ReviewedComment]:
    """Decide about a comment in the version that you saw. Raises StaleVersionError if it changed since.

    It is not sent again after a lost answer, because the repeat could not be told from another person's decision.
    """
    body = given(action=action, version=version, reason=reason)
    return _change(f"{_comment(id)}/decisions", body)


def undo(id: str, version: int) -> Call[ReviewedComment]:
    """Undo the last moderator's decision about a comment."""
    return _change(f"{_comment(id)}/undo", {"version": version})


def note(id: str, text: str) -> Call[NoteResponse]:
    """Add a note for other moderators. It is never public."""
    return Call(
        "POST", f"{_comment(id)}/notes", partial(decode_answer, NoteResponse), body={"text": text}, repeatable=False
    )


def propose(id: str, version: int, action: ProposedAction, text: str) -> Call[NoteResponse]:
    """Propose a decision about a comment in the version that you saw. A repeat changes nothing."""
    body = {"action": action, "version": version, "text": text}
    return Call("POST", f"{_comment(id)}/proposals", partial(decode_answer, NoteResponse), body=body)


def _comment(id: str) -> str:
    return f"review/comments/{path_part(id)}"


def _change(path: str, body: Mapping[str, object]) -> Call[ReviewedComment]:
    return Call("POST", path, part_of("comment", ReviewedComment), body=body, repeatable=False)
