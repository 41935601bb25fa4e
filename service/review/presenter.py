"""What a moderator is shown of a comment: the same on pages and in JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from comments import explanations
from comments.lifecycle import ALLOWED, Action, Role, Status, actions_for
from comments.markdown import html
from comments.model import Comment, Decision, Signal
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.validation import is_web_address
from service.accounts.sessions import SignedIn, has_role, may_see_emails


class SignalSeen(BaseModel):
    """One thing that a filter saw, what it weighs and what it points at."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    points: float
    strength: float = Field(description="0 to 1")
    evidence: str
    holds: bool = Field(description="asks for a person, whatever the points")


class Step(BaseModel):
    """One decision of a comment's history."""

    model_config = ConfigDict(from_attributes=True)

    action: Action
    before: Status
    status: Status
    role: Role
    by: str = Field(description="a moderator's name, `filters`, `its readers` or `its author`")
    at: datetime
    policy: str = Field(description="version of the policy that weighed the signals")
    score: float
    reason: str = Field(description="code of what the author is told; empty where nothing is")
    replaced: str = Field(description="what it said until its author's latest edit; empty for every other step")
    signals: list[SignalSeen]


class Reasons(BaseModel):
    """Why the filters decided as they did: first what asks for a person, then by points."""

    by: str = Field(description="`filters`, or `its readers` where their reports had it held later")
    status: Status
    score: float = Field(description="sum of all points")
    hold_at: float = Field(description="points from which on a comment was held, when this one was judged")
    spam_at: float = Field(description="points from which on a comment was spam, when this one was judged")
    probability: float | None = Field(
        description="of spam, by what is shipped and what the site taught alone; null where that was not asked"
    )
    policy: str
    at: datetime
    signals: list[SignalSeen]
    approved_if: str = Field(description="the smallest change with which it would have been approved; a sentence")


class Reviewed(BaseModel):
    """A comment as moderators see it. What a visitor wrote is text, never markup, except `html`."""

    id: str
    site: str
    thread: str
    parent: str
    revises: str = Field(description="id of the published comment that this one would change; mostly empty")
    received: datetime
    status: Status
    version: int = Field(description="send it back with a decision")
    author: str
    email: str = Field(description="for moderators, or for owners where the site says so; else empty")
    url: str
    content: str = Field(description="as it was sent")
    html: str = Field(description="as readers get it")
    origin: str = Field(description="keyed name of the visitor's network")
    user_agent: str
    referrer: str
    reasons: Reasons | None
    decisions: list[Step]
    actions: list[Action] = Field(description="what the person who asks may do now")
    undoable: bool

    @classmethod
    def of(cls, comment: Comment, site: Site, signed: SignedIn) -> Self:
        may_decide = has_role(signed.person, site.id, "moderator")
        return cls(
            **{name: getattr(comment, name) for name in PLAIN},
            revises=comment.draft_of,
            email=comment.email if may_see_emails(signed.person, site) else "",
            html=html(comment.public_content),
            reasons=_reasons(comment.filter_decision),
            decisions=[Step.model_validate(d) for d in comment.decisions],
            actions=list(actions_for(Role.MODERATOR, comment.status)) if may_decide else [],
            undoable=comment.can_undo and may_decide,
        )


#: The fields that are shown as they are kept.
PLAIN = (
    *("id", "site", "thread", "parent", "received", "status", "version"),
    *("author", "url", "content", "origin", "user_agent", "referrer"),
)


def _reasons(verdict: Decision | None) -> Reasons | None:
    if verdict is None:
        return None
    return Reasons(
        by=verdict.by,
        status=verdict.status,
        score=verdict.score,
        hold_at=verdict.hold_at,
        spam_at=verdict.spam_at,
        probability=verdict.probability,
        policy=verdict.policy,
        at=verdict.at,
        signals=[SignalSeen.model_validate(s) for s in sorted(verdict.signals, key=_weight)],
        approved_if=explanations.words(verdict),
    )


def _weight(signal: Signal) -> tuple[bool, float, float]:
    return not signal.holds, -signal.points, -signal.strength


def web_link(text: str) -> str:
    """`text` where it is an address that a moderator may be given to click, else ""."""
    return text if is_web_address(text) else ""


def thread_link(thread: str, site: Site) -> str:
    """The page a comment stands under: an address as it is, a path below the site's first origin; "" for a bare key."""
    if thread.startswith("/") and site.origins:
        return web_link(site.origins[0].rstrip("/") + thread)
    return web_link(thread)


def counts(storage: Storage, site: str) -> dict[str, int]:
    """How many comments stand in each status that moderators see."""
    standing = storage.comments.counters(site).current
    return {status: standing.get(status, 0) for status in ALLOWED[Role.MODERATOR]}
