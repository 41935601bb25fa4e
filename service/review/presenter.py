"""A comment as moderators see it, on pages and in JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from comments.lifecycle import REVIEWED, Action, Role, Status, actions_for
from comments.markdown import html
from comments.model import Comment
from comments.page_links import NO_DETAILS, page_address_of, page_link
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.thread_details import ThreadDetails
from comments.storage.values import Counters
from comments.text_notes import deletion_note
from comments.validation import is_web_address
from service.accounts.sessions import SignedIn, has_role, may_see_emails
from service.deps import deps
from service.web.reasons import Reasons, ReviewedSignal, reasons_of


class ReviewedDecision(BaseModel):
    """One decision in a comment's history."""

    model_config = ConfigDict(from_attributes=True)

    action: Action
    before: Status
    status: Status
    role: Role
    by: str = Field(description="a moderator's name, `filters`, `its readers` or `its author`")
    at: datetime
    policy: str = Field(description="version of the policy that weighed the signals")
    score: float
    reason: str = Field(description="code of the reason that the author sees; empty if there is none")
    replaced: str = Field(description="text before the author's latest edit; empty for other decisions")
    signals: list[ReviewedSignal]


class ReviewedComment(BaseModel):
    """A comment as moderators see it. Visitors' input is plain text in every field except `html`."""

    id: str
    site: str
    thread: str
    parent: str
    revises: str = Field(description="for an edit: id of the published comment that it changes")
    received: datetime
    status: Status
    version: int = Field(description="send it back with a decision")
    author: str
    verified: bool = Field(description="signed in by the site, or confirmed by email")
    role: str = Field(description="`staff` for the site's team; otherwise empty")
    email: str = Field(description="for moderators, or only for owners if the site is set so; otherwise empty")
    url: str
    content: str = Field(description="as submitted")
    html: str = Field(description="as readers see it")
    origin: str = Field(description="keyed hash of the visitor's network")
    network_56: str = Field(description="keyed hash of the IPv6 /56 of this network; empty for IPv4")
    network_48: str = Field(description="keyed hash of its /48; empty for IPv4")
    user_agent: str
    referrer: str
    reasons: Reasons | None
    decisions: list[ReviewedDecision]
    actions: list[Action] = Field(description="actions that the signed-in person may take now")
    undoable: bool
    text_deleted: str = Field(description="note in place of a text that was deleted after its time; otherwise empty")
    hides_replies: bool = Field(description="the published replies to it are hidden too; `show-replies` ends that")

    @classmethod
    def of(cls, comment: Comment, site: Site, signed: SignedIn) -> Self:
        may_decide = has_role(signed.person, site.id, "moderator")
        return cls(
            **{name: getattr(comment, name) for name in COPIED},
            revises=comment.draft_of,
            verified=comment.is_verified,
            email=comment.email if may_see_emails(signed.person, site) else "",
            html=html(comment.public_content) if comment.has_text else _note(comment),
            text_deleted=deletion_note(comment.text_kept_days),
            reasons=reasons_of(comment.filter_decision, deps().signals),
            decisions=[ReviewedDecision.model_validate(d) for d in comment.decisions],
            actions=list(actions_for(Role.MODERATOR, comment.status)) if may_decide and comment.has_text else [],
            undoable=comment.can_undo and may_decide,
        )


#: Fields copied from the comment.
COPIED = (
    *("id", "site", "thread", "parent", "received", "status", "version"),
    *("author", "url", "content", "origin", "network_56", "network_48"),
    *("user_agent", "referrer", "hides_replies", "role"),
)


def _note(comment: Comment) -> str:
    return f'<p class="muted">{deletion_note(comment.text_kept_days)}.</p>'


def web_link(text: str) -> str:
    """Return `text` if it is a web address that is safe to link to, or ""."""
    return text if is_web_address(text) else ""


def thread_link(thread: str, site: Site, details: ThreadDetails = NO_DETAILS) -> str:
    """Address of a comment's page. A path is relative to the site's first origin; a bare key has no page ("")."""
    thread = page_address_of(thread, details)
    if thread.startswith("/") and not thread.startswith("//") and site.origins:
        return web_link(site.origins[0].rstrip("/") + thread)
    return web_link(page_link(site, thread) or thread)


def status_counts(storage: Storage, site: str) -> dict[str, int]:
    """Number of comments in each status that moderators see."""
    return reviewed_counts(storage.comments.counters(site))


def reviewed_counts(counters: Counters) -> dict[str, int]:
    return {status: counters.current.get(status, 0) for status in REVIEWED}
