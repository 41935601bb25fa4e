"""Taking down everything from one author or network, a chunk at a time, and taking that back.

Every decision of one removal bears the moment in which it began, and the name of who began it: so what belongs to it
is read from the comments themselves, and undoing needs no list that could be lost.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import Invalid, Problem
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from service.accounts import sessions
from service.deps import deps
from service.web.operations import parsed_query, validated

from .author_history import Source, source
from .decisions import Step, settle_all

blueprint = Blueprint("removal", __name__, url_prefix="/sites/<site>/<any(authors, origins):kind>/<name>/removal")

#: Comments that one request takes down: some 30 ms of work. And how many the preview counts.
CHUNK, COUNTED = 100, 1_000
#: A removal is gone on with for so long after it began.
LONGEST = timedelta(hours=1)
#: What readers see or may come to see; spam and what is down already stay as they are.
STANDING = (Status.HELD, Status.APPROVED)


class Going(BaseModel):
    """How far a removal, or taking one back, has come."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    began: int = Field(0, ge=0, lt=10**14, description="ms; 0 before it began")
    cursor: str = Field("", max_length=200)
    n: int = Field(0, ge=0, lt=10**9, description="comments so far")
    undo: bool = False


@blueprint.get("")
def page(site: str, kind: str, name: str) -> str:
    """The preview before it begins; then how far it has come."""
    signed = sessions.require_role(site, "moderator")
    going, here = parsed_query(Going), source(site, kind, name)
    frame = here.frame(signed)
    if going.began:
        return render_template("review/source_removal.html", **frame, going=going)
    found = deps().storage.author_history.find(site, here.trace, COUNTED)
    counts = {status: sum(c.status is status for c in found.rows) for status in Status}
    return render_template("review/source_removal.html", **frame, going=going, found=found, counts=counts)


@blueprint.post("")
def go_on(site: str, kind: str, name: str) -> ResponseReturnValue:
    """Take one chunk down, or back, and lead to the page that says so and goes on."""
    signed = sessions.require_change(site)
    going, here = validated(Going, request.form.to_dict(), strict=False), source(site, kind, name)
    now = deps().now()
    began = _moment(going.began) if going.began else now
    if not going.undo and not now - LONGEST <= began <= now:
        raise Invalid([Problem("began", "range", "is not within the last hour; begin again")])
    by = signed.person.name
    after = _undo_some(here, going, by) if going.undo else _remove_some(here, going, began, by)
    onward = url_for(
        "removal.page", site=site, kind=kind, name=name,
        began=_ms(began), cursor=after.cursor, n=after.n, undo=int(going.undo),
    )  # fmt: skip
    return redirect(onward, 303)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=deps().now().tzinfo)


def _remove_some(here: Source, going: Going, began: datetime, by: str) -> Going:
    at = _moment(_ms(began))  # as it is kept
    found = deps().storage.author_history.find(here.site.id, here.trace, CHUNK, going.cursor)
    steps = [Step(c.id, c.version, Action.REMOVE) for c in found.rows if c.status in STANDING]
    return _settle(here, going, steps, by, found.cursor, at)


def _undo_some(here: Source, going: Going, by: str) -> Going:
    at = _moment(going.began)
    found = deps().storage.author_history.find(here.site.id, here.trace, CHUNK, going.cursor)
    steps = [Step(c.id, c.version, Action.UNDO) for c in found.rows if belongs(c, at, by)]
    return _settle(here, going, steps, by, found.cursor, deps().now())


def _settle(here: Source, going: Going, steps: list[Step], by: str, cursor: str, at: datetime) -> Going:
    """What changed meanwhile is left to whoever changed it."""
    results = settle_all(replace(deps(), now=lambda: at), here.site.id, steps, by) if steps else []
    done = sum(isinstance(result, Comment) for result in results)
    return going.model_copy(update={"n": going.n + done, "cursor": cursor})


def belongs(comment: Comment, began: datetime, by: str) -> bool:
    """Whether the comment is down by that removal still."""
    last = comment.current_decision
    return (
        last is not None
        and (last.role, last.action, last.by) == (Role.MODERATOR, Action.REMOVE, by)
        and _ms(last.at) == _ms(began)
    )
