"""Wire formats: what the public API takes and answers; they validate requests, and the OpenAPI document shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from comments.email_subscriptions import REPLIES
from comments.lifecycle import Outcome
from comments.reports import Wrong
from comments.validation import LENGTHS

ID_EXAMPLE = "mfrggzdfmztwq2lknnwg23tpoa"
THREAD_EXAMPLE = "https://blog.example/2026/hello-world"
TIME_EXAMPLE = "2026-11-22T13:09:26Z"

#: Roots on one page, and threads counted in one call: a page of a blog's archive shows fewer.
MAX_LIMIT, MAX_COUNTED = 100, 200


class Wire(BaseModel):
    """An unknown field is refused: whoever sends one expects it to have an effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def told(description: str, example: object, **schema: Any) -> Any:
    """A text field that may be left out; `schema` is documentation, since `comments.validation` judges the value."""
    return Field(default="", description=description, examples=[example], json_schema_extra=schema)


class Submission(Wire):
    """A reply as a visitor's form or a site's server sends it.

    Which fields must be filled in is the site's choice: by default author, email and content. `thread` always is.
    The site's honeypot field may be sent too; only programs fill it in.
    """

    thread: str = told("The page: any key, or its address.", THREAD_EXAMPLE, maxLength=LENGTHS["thread"])
    parent: str = told("Id of the published comment that this one answers.", ID_EXAMPLE)
    author: str = told("The name to show.", "Ada", maxLength=LENGTHS["author"])
    email: str = told("Never published.", "ada@example.com", maxLength=LENGTHS["email"])
    url: str = told("The author's own page, http or https.", "https://ada.example", maxLength=LENGTHS["url"])
    content: str = told("Text with a little Markdown. HTML is shown as it was typed.", "I *enjoyed* this.")
    ip: str = told("The visitor's address; only with the site's key. It is hashed, not kept.", "203.0.113.7")
    user_agent: str = told("The visitor's browser; only with the site's key.", "Mozilla/5.0")
    referrer: str = told("The page the form was on; only with the site's key.", THREAD_EXAMPLE)
    form_token: str = told("`token` of the site's form.", "19abc.0.x")
    form_proof: str = told("The work that the form asked for, while the site is flooded.", "73911")
    notify: str = told("`replies`: mail its author about replies, once they confirmed it.", "", enum=["", REPLIES])


class AcceptedComment(Wire):
    """A submission that is kept. `receipt` is its author's secret: only with it the outcome can be asked for."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Outcome = Field(description="`pending` unless the request waited for the verdict.", examples=["pending"])
    received: datetime = Field(examples=[TIME_EXAMPLE])
    receipt: str = Field(examples=["3q2-7wH0mVnU5a8LxO1cYd_k"])
    status_url: str = Field(description="Where to ask what became of it.", examples=["/v1/sites/blog/comments/..."])


class CommentStatus(Wire):
    """What an author is told. Why the filters refused a comment is not said: it would teach spammers."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Outcome = Field(examples=["published"])
    received: datetime = Field(examples=[TIME_EXAMPLE])
    reason: str = Field(description="Why a moderator removed it, where they let its author know.", examples=[""])
    content: str = Field(description="As its author last wrote it, unless that was refused.", examples=["Well said."])
    edit: Outcome | Literal[""] = Field(
        description="What became of the latest edit of a published comment; empty if there was none.", examples=[""]
    )
    edit_reason: str = Field(description="Why a moderator refused that edit, in the same way.", examples=[""])
    seconds_to_edit: int = Field(description="For how long it may still be changed; 0 where it may not.", examples=[0])


class CommentEdit(Wire):
    """What a comment shall say instead."""

    content: str = Field(description="Text with a little Markdown.", examples=["I *enjoyed* this very much."])


class Report(Wire):
    """What a reader finds wrong with a comment."""

    reason: Wrong = Field(default="other", description="In a word.", examples=["spam"])


class PublicComment(Wire):
    """A published comment."""

    id: str = Field(examples=[ID_EXAMPLE])
    thread: str = Field(examples=[THREAD_EXAMPLE])
    parent: str = Field(description="Id of the comment it answers; empty for one about the page.", examples=[""])
    depth: int = Field(description="0 for a comment about the page, 1 for an answer to it, and so on.", examples=[0])
    author: str = Field(examples=["Ada"])
    url: str = Field(examples=["https://ada.example"])
    content: str = Field(description="As it was written. Escape it.", examples=["I *enjoyed* this."])
    html: str = Field(description="As sanitised HTML.", examples=["<p>I <em>enjoyed</em> this.</p>\n"])
    received: datetime = Field(examples=[TIME_EXAMPLE])


class CommentList(Wire):
    """Published comments in reading order: each comment about the page is followed by everything below it."""

    comments: list[PublicComment]
    total: int = Field(description="Published comments of the whole thread.", examples=[1])
    next: str = Field(description="The `cursor` of the next page; empty on the last.", examples=[""])
    version: int = Field(description="Where to begin to follow the thread: `after` of its events.", examples=[0])


class PageQuery(Wire):
    """Which part of a thread. `limit` counts comments about the page; all answers below them come along."""

    order: Literal["oldest", "newest"] = "oldest"
    cursor: str = Field(default="", max_length=200, description="`next` of the page before.")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)


class ThreadQuery(PageQuery):
    """Which part of which thread."""

    thread: str = Field(min_length=1, max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])


class FeedQuery(Wire):
    """Which thread; without one, the site."""

    thread: str = Field(default="", max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])


class NoQuery(Wire):
    """No parameters: another spelling of an address would be another entry in every cache."""


class FollowQuery(Wire):
    """From where to follow."""

    after: int | None = Field(default=None, ge=0, le=2**53, description="`version` of what you read; else from now on.")


class FollowThreadQuery(FollowQuery):
    """Which thread to follow, and from where."""

    thread: str = Field(min_length=1, max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])


Thread = Annotated[str, Field(min_length=1, max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])]


class CountsQuery(Wire):
    """Which threads to count."""

    thread: list[Thread] = Field(min_length=1, max_length=MAX_COUNTED, description="May be repeated.")


class CountsBody(Wire):
    """Which threads to count, where there are too many for an address."""

    threads: list[Thread] = Field(min_length=1, max_length=MAX_COUNTED)


class Counts(Wire):
    """Published comments of each thread, by the thread as it was asked for."""

    counts: dict[str, int] = Field(examples=[{THREAD_EXAMPLE: 3}])


class ThreadState(Wire):
    """Whether a thread takes new comments."""

    closed: bool = Field(examples=[True])


class ReceiptQuery(Wire):
    """The receipt, where it is not sent as the header `Replygate-Receipt`."""

    receipt: str = Field(default="", max_length=100)


class FieldProblem(Wire):
    """One thing wrong with one field."""

    field: str = Field(examples=["email"])
    code: str = Field(examples=["email"])
    message: str = Field(examples=["Please enter a valid email address."])


class ProblemDetails(Wire):
    """An error, after RFC 9457."""

    type: str = Field(examples=["urn:replygate:invalid"])
    title: str = Field(examples=["Some fields need another look"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=[""])
    problems: list[FieldProblem] = Field(description="Empty where no field is to blame.")
