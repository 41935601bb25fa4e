"""The moderators' pages: their sites, a site's queue, one comment with its history."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from comments.errors import NotFound
from comments.lifecycle import Action, Status
from comments.model import Site

from . import auth, sites
from .auth import Signed
from .deps import deps
from .moderating import Stale, Step, settle
from .openapi import parsed_query, validated
from .review_schemas import FormStep, View
from .reviewed import Reviewed, counts, thread_link, web_link

blueprint = Blueprint("review", __name__, url_prefix="/review")

#: Cards on a page: some minutes of work, and a quick page on a phone.
PER_PAGE = 20

#: What is said of a comment after each step, and in which colour.
SAID: Mapping[Action, tuple[str, str]] = {
    Action.APPROVE: ("Approved", "good"),
    Action.SPAM: ("Marked as spam", "bad"),
    Action.REMOVE: ("Removed", "warn"),
    Action.HOLD: ("Held", "warn"),
    Action.UNDO: ("Taken back", "warn"),
}


@blueprint.get("")
def home() -> str:
    """Every site the person has a role on; one that is gone meanwhile is left out."""
    signed = auth.current()
    rows = [(site, counts(deps().storage, site.id)["held"]) for site in _sites_of(signed)]
    return render_template("review/sites.html", signed=signed, rows=rows)


def _sites_of(signed: Signed) -> list[Site]:
    return [site for site in deps().storage.sites.all() if site.id in signed.person.roles]


@blueprint.get("/<site>")
def queue(site: str) -> str:
    signed = auth.require(site, "viewer")
    view, kept = parsed_query(View), sites.get(site)
    page = deps().storage.comments.by_status(
        site, Status(view.status), PER_PAGE, view.cursor, newest=view.ordered == "newest"
    )
    return render_template(
        "review/queue.html",
        **_frame(kept, signed),
        view=view,
        rows=[Reviewed.of(c, kept, signed) for c in page.rows],
        next=page.cursor,
        counts=counts(deps().storage, site),
        settled=_settled(view.settled, kept, signed),
    )


@blueprint.get("/<site>/<id>")
def comment(site: str, id: str) -> str:
    signed = auth.require(site, "viewer")
    kept, found = sites.get(site), deps().storage.comments.get(site, id)
    return render_template("review/comment.html", **_frame(kept, signed), row=Reviewed.of(found, kept, signed))


@blueprint.post("/<site>/<id>")
def decide(site: str, id: str) -> ResponseReturnValue:
    """The way without JavaScript: back to the page one came from, which says what happened."""
    signed = auth.require(site, "moderator")
    auth.check_csrf(signed)
    asked = validated(FormStep, request.form.to_dict(), strict=False)
    try:
        settle(deps(), site, Step(id, asked.version, Action(asked.action)), signed.person.name)
    except Stale as error:
        kept = sites.get(site)
        row = Reviewed.of(error.comment, kept, signed)
        return render_template("review/comment.html", **_frame(kept, signed), row=row, stale=True), 409
    return _back(site, id, asked)


def _back(site: str, id: str, asked: FormStep) -> Response:
    if asked.alone:
        return redirect(url_for("review.comment", site=site, id=id), 303)
    view = {name: value for name, value in asked.model_dump(include=set(View.model_fields)).items() if value}
    return redirect(url_for("review.queue", **{**view, "site": site, "settled": id}), 303)


def _settled(id: str, site: Site, signed: Signed) -> Reviewed | None:
    """What the flash line speaks of; read afresh, so that an old address never tells an old story."""
    try:
        return Reviewed.of(deps().storage.comments.get(site.id, id), site, signed) if id else None
    except NotFound:
        return None


def _frame(site: Site, signed: Signed) -> dict[str, object]:
    """What every page about comments of one site needs."""
    return {
        "site": site,
        "signed": signed,
        "now": deps().now(),
        "said": SAID,
        "ago": ago,
        "web_link": web_link,
        "thread_link": thread_link,
    }


def ago(then: datetime, now: datetime) -> str:
    """A time as people say it; the exact one stands beside it."""
    minutes = int((now - then) / timedelta(minutes=1))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return "yesterday" if days == 1 else f"{days} days ago"
