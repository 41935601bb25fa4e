"""Calls for a site's server: submit and read comments. Each function describes one request and its answer.

`blocking.Client` and `asynchronous.AsyncClient` have a method for each of them, with the same parameters.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Literal, TypeVar
from urllib.parse import quote

from .answers import AcceptedComment, CommentList, CommentStatus
from .decoding import decode_answer, part_of

T = TypeVar("T")

ReadOrder = Literal["oldest", "newest"]


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request to the API of a site.

    `repeatable`: a repeat has no further effect, so it is safe to send it again after a lost answer.
    `public`: sent without the key, so that caches may answer. `seconds` is the time for which the server may wait.
    """

    method: str
    path: str  # below the site
    decode: Callable[[object], T]
    query: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    public: bool = False
    seconds: float = 0


def nothing(value: object) -> None:
    """Decode an answer without a body."""


def given(**fields: object) -> dict[str, object]:
    """Return the fields that have a value, because an empty one is not the same as a missing one."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def path_part(text: str) -> str:
    return quote(text, safe="")


def submit(
    *,
    thread: str,
    content: str,
    author: str = "",
    email: str = "",
    url: str = "",
    parent: str = "",
    ip: str = "",
    user_agent: str = "",
    referrer: str = "",
    thread_title: str = "",
    thread_url: str = "",
    lang: str = "",
    notify: Literal["", "replies"] = "",
    form_token: str = "",
    user_token: str = "",
    author_secret: str = "",
    wait: float = 0,
    idempotency_key: str = "",
) -> Call[AcceptedComment]:
    """Submit a comment. `wait`: seconds to wait for the verdict, ten at most.

    The Idempotency-Key is made once and sent with every attempt, so that a lost answer never makes a second comment.
    Pass your own to make the same promise for your own repeats.
    """
    body = given(
        thread=thread, content=content, author=author, email=email, url=url, parent=parent, ip=ip,
        user_agent=user_agent, referrer=referrer, thread_title=thread_title, thread_url=thread_url,
        lang=lang, notify=notify, form_token=form_token,
    )  # fmt: skip
    headers = {"Idempotency-Key": idempotency_key or secrets.token_urlsafe(24)}
    headers |= {"Prefer": f"wait={min(10, max(1, round(wait)))}"} if wait else {}
    headers |= {"Replygate-User": user_token} if user_token else {}
    headers |= {"Replygate-Author": author_secret} if author_secret else {}
    return Call(
        "POST", "comments", partial(decode_answer, AcceptedComment), body=body, headers=headers, seconds=min(10, wait)
    )


def status(id: str, receipt: str) -> Call[CommentStatus]:
    """Get the status of a comment for its author."""
    headers = {"Replygate-Receipt": receipt}
    return Call("GET", f"comments/{path_part(id)}", partial(decode_answer, CommentStatus), headers=headers, public=True)


def edit(id: str, receipt: str, content: str) -> Call[CommentStatus]:
    """Change the text of a comment for its author. The same text again changes nothing."""
    path, headers, body = f"comments/{path_part(id)}", {"Replygate-Receipt": receipt}, {"content": content}
    return Call("PATCH", path, partial(decode_answer, CommentStatus), body=body, headers=headers, public=True)


def withdraw(id: str, receipt: str) -> Call[CommentStatus]:
    """Withdraw a comment for its author, for good."""
    headers = {"Replygate-Receipt": receipt}
    return Call(
        "DELETE", f"comments/{path_part(id)}", partial(decode_answer, CommentStatus), headers=headers, public=True
    )


def read(thread: str, *, order: ReadOrder = "oldest", limit: int = 50, cursor: str = "") -> Call[CommentList]:
    """Read one page of a thread in reading order. `comments` reads all of it."""
    query: dict[str, str | int | tuple[str, ...]] = {"thread": thread, "order": order, "limit": limit}
    query |= {"cursor": cursor} if cursor else {}
    return Call("GET", "comments", partial(decode_answer, CommentList), query, public=True)


def counts(threads: Iterable[str]) -> Call[Mapping[str, int]]:
    """Count the published comments of threads, at most 100 in one request."""
    return Call("POST", "counts", part_of("counts", Mapping[str, int]), body={"threads": [*threads]}, public=True)


def report(id: str, reason: Literal["spam", "abuse", "other"] = "other") -> Call[None]:
    """Report a published comment, as a reader. The network of this machine counts once for each comment."""
    return Call("POST", f"comments/{path_part(id)}/reports", nothing, body={"reason": reason}, public=True)


def preview(content: str) -> Call[str]:
    """Return the HTML that readers would see. Nothing is stored."""
    return Call("POST", "preview", part_of("html", str), body={"content": content}, public=True)
