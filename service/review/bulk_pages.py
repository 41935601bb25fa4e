"""Bulk steps as pages: first what would change, then how far it is, and the way back."""

from typing import Any, Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.errors import Invalid, Problem
from comments.lifecycle import Action
from comments.site import Site
from comments.storage.notes_and_bulks import BulkItem
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query, validated

from . import bulk_actions
from .decisions import check_reason
from .page_context import page_context
from .queue_pages import sites_of
from .search import View
from .wire import Strict, Verb

blueprint = Blueprint("bulk", __name__, url_prefix="/review")

#: Comments shown of those that would change.
SHOWN = 25


class Preview(View):
    """A view and what is to be done with it; or the comments that were chosen on a page, each as "id.version".

    Over all sites they are "site.id.version".
    """

    action: Verb = Action.APPROVE.value
    reason: str = Field("", max_length=30)
    item: list[str] = Field(default=[], max_length=100)


class Begin(Preview):
    csrf: str = ""
    upto: int = 0


class GoOn(Strict):
    csrf: str = ""
    step: Literal["go-on", "undo"] = "go-on"


def _items(given: list[str]) -> list[BulkItem]:
    """Raises Invalid."""
    parts = [text.rpartition(".") for text in given]
    if not all(id and version.isdigit() and len(version) < 10 for id, _, version in parts):
        raise Invalid([Problem("item", "malformed", "must be a comment's id and version")])
    return [(id, int(version)) for id, _, version in parts]


@blueprint.get("/all/bulk")
def everywhere() -> ResponseReturnValue:
    """What was meant on the page of all sites is agreed to site by site, as each has reasons of its own."""
    signed, asked = sessions.require_sign_in(), parsed_query(Preview)
    own = [site for site in sites_of(signed) if sessions.has_role(signed.person, site.id, "moderator")]
    shares = [(site, *_share(site, asked, signed)) for site in own if asked.site in ("", site.id)]
    some = [(site, n, url_for("bulk.preview", site=site.id, **fields)) for site, n, fields in shares if n]
    if len(some) == 1:
        return redirect(some[0][2], 303)
    verb = Action(asked.action).row.bulk
    return render_template("review/bulk_sites.html", signed=signed, view=asked, verb=verb, some=some)


def _share(site: Site, asked: Preview, signed: SignedIn) -> tuple[int, dict[str, Any]]:
    """How many are of one site, and how its own preview is asked for them."""
    if asked.item:
        items = [text.removeprefix(f"{site.id}.") for text in asked.item if text.startswith(f"{site.id}.")]
        return len(items), {"action": asked.action, "item": items}
    return bulk_actions.matching(deps(), site, asked, signed, 1).total, {
        "action": asked.action,
        **bulk_actions.fields(asked),
    }


@blueprint.get("/<site>/bulk")
def preview(site: str) -> str:
    """Changes nothing: who comes here by a link only looks."""
    signed = sessions.require_role(site, "moderator")
    asked, kept = parsed_query(Preview), site_cache.get_site(site)
    check_reason(kept, Action(asked.action), asked.reason)
    chosen = _items(asked.item)
    hits = None if chosen else bulk_actions.matching(deps(), kept, asked, signed, SHOWN)
    shown = chosen or ([(spot.id, spot.version) for spot in hits.spots] if hits else [])
    return render_template(
        "review/bulk_preview.html",
        **page_context(signed),
        site=kept,
        view=asked,
        action=Action(asked.action),
        verb=Action(asked.action).row.bulk,
        about=f"{len(chosen)} chosen by hand" if chosen else bulk_actions.about(asked),
        fields=bulk_actions.fields(asked),
        hits=hits,
        total=hits.total if hits else len(chosen),
        upto=bulk_actions.latest(hits) if hits else 0,
        sample=bulk_actions.sample(deps().storage, site, shown),
    )


@blueprint.post("/<site>/bulk")
def begin(site: str) -> ResponseReturnValue:
    """Write down which comments, and settle the first of them."""
    signed = sessions.require_change(site)
    given = {**request.form.to_dict(), "item": request.form.getlist("item")}
    asked, kept = validated(Begin, given, strict=False), site_cache.get_site(site)
    action, chosen = Action(asked.action), _items(asked.item)
    check_reason(kept, action, asked.reason)
    items = chosen or bulk_actions.snapshot(bulk_actions.matching(deps(), kept, asked, signed), asked.upto)
    told = f"{len(chosen)} chosen by hand" if chosen else bulk_actions.about(asked)
    begun = bulk_actions.begin(deps(), site, items, signed.person.name, action, told, asked.reason)
    bulk_actions.go_on(deps(), site, begun, signed.person.name)
    return redirect(url_for("bulk.progress", site=site, bulk_id=begun.id), 303)


@blueprint.get("/<site>/bulk/<bulk_id>")
def progress(site: str, bulk_id: str) -> str:
    signed = sessions.require_role(site, "moderator")
    storage = deps().storage
    return render_template(
        "review/bulk.html",
        **page_context(signed),
        site=site_cache.get_site(site),
        bulk=storage.bulks.get(site, bulk_id),
        progress=storage.bulks.progress(site, bulk_id),
    )


@blueprint.post("/<site>/bulk/<bulk_id>")
def go_on(site: str, bulk_id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    asked, by = validated(GoOn, request.form.to_dict(), strict=False), signed.person.name
    at = deps().storage.bulks.get(site, bulk_id)
    if asked.step == "undo":
        at = bulk_actions.undo(deps(), site, at, by)
    bulk_actions.go_on(deps(), site, at, by)
    return redirect(url_for("bulk.progress", site=site, bulk_id=at.id), 303)
