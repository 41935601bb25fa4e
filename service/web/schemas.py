"""Schemas of the public API. They validate requests, and the OpenAPI document describes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from comments.email_subscriptions import REPLIES
from comments.lifecycle import Outcome
from comments.report_rules import ReportReason
from comments.thread_addresses import MAX_THREAD_TEXT
from comments.visitor_fields import FIELDS_BY_NAME

ID_EXAMPLE = "mfrggzdfmztwq2lknnwg23tpoa"
THREAD_EXAMPLE = "https://blog.example/2026/hello-world"
TIME_EXAMPLE = "2026-11-22T13:09:26Z"

#: Top-level comments on one page, and threads counted in one call: more than an archive page of a blog shows.
MAX_LIMIT, MAX_COUNTED = 100, 200


class Wire(BaseModel):
    """Base of all schemas. Unknown fields are refused, because their sender expects them to have an effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


def optional_text(description: str, example: object, **schema: Any) -> Any:
    """Declare an optional text field. `schema` is documentation; `comments.validation` checks the value."""
    return Field(default="", description=description, examples=[example], json_schema_extra=schema)


def visitor_field(name: str) -> Any:
    """Declare a field of `comments.visitor_fields`."""
    field = FIELDS_BY_NAME[name]
    limit = {"maxLength": field.max_length} if field.max_length is not None else {}
    return optional_text(field.description, field.example, **limit)


class Submission(Wire):
    """A comment as a visitor's form or a site's server sends it.

    The site decides which fields are required: by default author, email and content. `thread` always is. The site's
    honeypot field may be sent too; only bots fill it in.
    """

    thread: str = optional_text("Key or address of the page.", THREAD_EXAMPLE, maxLength=MAX_THREAD_TEXT)
    thread_title: str = optional_text("Article's title. Without a site key, only if the thread has none.", "Hello")
    thread_url: str = optional_text("Page of a thread that is named by a key; like its title.", THREAD_EXAMPLE)
    parent: str = optional_text("Id of the published comment that this one replies to.", ID_EXAMPLE)
    author: str = visitor_field("author")
    email: str = visitor_field("email")
    url: str = visitor_field("url")
    content: str = visitor_field("content")
    ip: str = optional_text("Visitor's IP address, only with a site key. Stored as a keyed hash.", "203.0.113.7")
    user_agent: str = optional_text("Visitor's browser, only with a site key.", "Mozilla/5.0")
    referrer: str = optional_text("Page with the form, only with a site key.", THREAD_EXAMPLE)
    form_token: str = optional_text("`token` of the site's reply form.", "19abc.0.x")
    form_proof: str = optional_text("Proof of work that the reply form asked for.", "73911")
    lang: str = optional_text("Language of the page, for emails to the author.", "de", maxLength=35)
    notify: str = optional_text(
        "`replies`: email the author about replies, after they confirmed the address.", "", enum=["", REPLIES]
    )
    user_token: str = optional_text(
        "Signed token of the site's user, for forms. Programs send it in the header `Replygate-User`.", ""
    )


class AcceptedComment(Wire):
    """A comment that is stored. `receipt` is the author's secret for its status, edits and withdrawal."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Outcome = Field(description="`pending` unless the request waited for the verdict.", examples=["pending"])
    received: datetime = Field(examples=[TIME_EXAMPLE])
    receipt: str = Field(examples=["3q2-7wH0mVnU5a8LxO1cYd_k"])
    author_secret: str = Field(
        description="Keep it in the browser and send it with the next comment in the header `Replygate-Author`. It "
        "shows that both comments are by the same author.",
        examples=["mfrggzdfmztwq2lknnwg23tpoa.s1gOtW3rFyXk0qP8hL2v_A"],
    )
    status_url: str = Field(description="URL of the comment's status.", examples=["/v1/sites/blog/comments/..."])


class CommentStatus(Wire):
    """Status of a comment for its author. Signals of the filters are left out: they would teach spammers."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Outcome = Field(examples=["published"])
    hidden: bool = Field(default=False, description="Approved, but a comment above was removed with its replies.")
    received: datetime = Field(examples=[TIME_EXAMPLE])
    reason: str = Field(description="Reason for the removal, if a moderator shared one.", examples=[""])
    content: str = Field(description="The author's latest text that was not refused.", examples=["Well said."])
    edit: Outcome | Literal[""] = Field(
        description="Status of the latest edit of a published comment; empty without one.", examples=[""]
    )
    edit_reason: str = Field(description="Reason for refusing that edit, if a moderator shared one.", examples=[""])
    seconds_to_edit: int = Field(description="Seconds left to edit the comment; 0 if it cannot be.", examples=[0])


class CommentEdit(Wire):
    """New text of a comment."""

    content: str = Field(description="Text with a little Markdown.", examples=["I *enjoyed* this very much."])


class CommentReport(Wire):
    """A reader's report of a comment."""

    reason: ReportReason = Field(default="other", description="Reason for the report.", examples=["spam"])


class PublicComment(Wire):
    """A published comment, or the stub of one that is no longer published but has published replies."""

    id: str = Field(examples=[ID_EXAMPLE])
    thread: str = Field(examples=[THREAD_EXAMPLE])
    parent: str = Field(description="Id of the comment it replies to; empty for a top-level comment.", examples=[""])
    depth: int = Field(description="0 for a top-level comment, 1 for a reply to it, and so on.", examples=[0])
    author: str = Field(examples=["Ada"])
    url: str = Field(examples=["https://ada.example"])
    verified: bool = Field(description="The site signed the author in, or the author confirmed the email address.")
    role: str = Field(description="`staff` for the site's team; otherwise empty.", examples=[""])
    avatar: str = Field(description="https address of the signed user's picture; often empty.", examples=[""])
    content: str = Field(description="Text as written. Escape it before you show it.", examples=["I *enjoyed* this."])
    html: str = Field(description="Sanitized HTML.", examples=["<p>I <em>enjoyed</em> this.</p>\n"])
    received: datetime | None = Field(description="`null` for a stub.", examples=[TIME_EXAMPLE])
    pinned: bool = Field(default=False, description="A moderator pinned it: it comes first in its thread.")
    removed: bool = Field(default=False, description="A stub: not published, but replies are. All else is empty.")
    replies: int = Field(default=0, description="Published comments below it, at any depth.", examples=[0])
    more: str = Field(default="", description="`cursor` of the rest of its replies; empty at the end.", examples=[""])


class CommentList(Wire):
    """Comments in reading order: each is followed by the replies to it."""

    comments: list[PublicComment]
    total: int = Field(description="Published comments in the whole thread.", examples=[1])
    next: str = Field(description="`cursor` of the next page; empty on the last.", examples=[""])
    version: int = Field(description="Version of the thread: pass it as `after` to follow changes.", examples=[0])


class PageQuery(Wire):
    """Page of a thread. `limit` counts all comments on it."""

    order: Literal["oldest", "newest"] = "oldest"
    cursor: str = Field(default="", max_length=200, description="`next` of the previous page, or `more` of a comment.")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)


class ThreadQuery(PageQuery):
    """Thread, and page of it."""

    thread: str = Field(min_length=1, max_length=MAX_THREAD_TEXT, examples=[THREAD_EXAMPLE])


Language = Annotated[str, Field(max_length=35, description="Language of the texts; the site's without it.")]


class FragmentQuery(PageQuery):
    """Page of a thread as HTML."""

    lang: Language = ""


class ThreadFragmentQuery(ThreadQuery):
    """Thread, and page of it as HTML."""

    lang: Language = ""


class FeedQuery(Wire):
    """Thread of the feed; the whole site without one."""

    thread: str = Field(default="", max_length=MAX_THREAD_TEXT, examples=[THREAD_EXAMPLE])


class NoQuery(Wire):
    """No parameters: every other spelling of the address would be another entry in caches."""


class FollowQuery(Wire):
    """Position from which to follow."""

    after: int | None = Field(
        default=None, ge=0, le=2**53, description="`version` of the comments you have; without it, from now on."
    )


class FollowThreadQuery(FollowQuery):
    """Thread to follow, and the position."""

    thread: str = Field(min_length=1, max_length=MAX_THREAD_TEXT, examples=[THREAD_EXAMPLE])


Thread = Annotated[str, Field(min_length=1, examples=[THREAD_EXAMPLE])]


class CountsQuery(Wire):
    """Threads to count."""

    thread: list[Thread] = Field(min_length=1, max_length=MAX_COUNTED, description="Repeat it for several threads.")


class CountsBody(Wire):
    """Threads to count, where there are too many for an address."""

    threads: list[Thread] = Field(min_length=1, max_length=MAX_COUNTED)


class ThreadCounts(Wire):
    """Published comments of each thread, by the thread as requested."""

    counts: dict[str, int] = Field(examples=[{THREAD_EXAMPLE: 3}])


class ThreadState(Wire):
    """State of a thread: open or closed for new comments."""

    closed: bool = Field(examples=[True])


class ReceiptQuery(Wire):
    """The receipt, if it is not sent in the header `Replygate-Receipt`."""

    receipt: str = Field(default="", max_length=100)


class StatusQuery(ReceiptQuery):
    """The receipt or, for a browser's page, a one-time code for it."""

    code: str = Field(default="", max_length=100, description="One-time code, for the page only.")
    lang: Language = ""


class FieldProblem(Wire):
    """One problem with one field."""

    field: str = Field(examples=["email"])
    code: str = Field(examples=["email"])
    message: str = Field(examples=["Email address is missing an @."])


class ProblemDetails(Wire):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:replygate:invalid"])
    title: str = Field(examples=["Some fields are not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=[""])
    problems: list[FieldProblem] = Field(description="Problems of single fields, if there are any.")
