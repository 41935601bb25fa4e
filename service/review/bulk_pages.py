"""Pages of bulk actions: a preview that changes nothing, the progress, and undo."""

from typing import Any, Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.errors import Invalid, Problem
from comments.lifecycle import Action
from comments.model import Comment
from comments.site import Site
from comments.storage.notes_and_bulks import BulkItem
from comments.storage.values import HistoryQuery
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query, validated

from . import bulk_actions
from .bulk_actions import Selection
from .decisions import check_reason
from .page_context import page_context
from .queue_pages import sites_of
from .schemas import ActionName, Strict
from .search import QueueView

blueprint = Blueprint("bulk_pages", __name__, url_prefix="/review")

#: Comments of a preview.
SHOWN = 25


class BulkQuery(QueueView):
    """An action, and the comments it is for.

    They are the selected ones, each as "id.version" ("site.id.version" over all sites); or everything by the author
    `identity` or the network `origin`; or else the pending comments of the view.
    """

    action: ActionName = Action.APPROVE.value
    reason: str = Field("", max_length=30)
    item: list[str] = Field(default=[], max_length=100)
    scope: Literal["", "everything"] = ""

    @property
    def everything(self) -> HistoryQuery:
        """The author or network whose comments are all meant; empty if none is. Raises Invalid for an unclear one."""
        if not self.scope:
            return HistoryQuery()
        if len(self.filters) != 1 or not (self.identity or self.origin):
            raise Invalid([Problem("scope", "unclear", "needs one author or one network, and no other filter")])
        return HistoryQuery(self.identity, self.origin)


class BulkForm(BulkQuery):
    csrf: str = ""
    until: int = 0


class ContinueForm(Strict):
    csrf: str = ""
    step: Literal["continue", "undo"] = "continue"


def _parsed_items(given: list[str]) -> list[BulkItem]:
    """Raises Invalid."""
    parts = [text.rpartition(".") for text in given]
    if not all(id and version.isdigit() and len(version) < 10 for id, _, version in parts):
        raise Invalid([Problem("item", "malformed", "must be a comment's id and version")])
    return [(id, int(version)) for id, _, version in parts]


@blueprint.get("/all/bulk")
def preview_all_sites() -> ResponseReturnValue:
    """Link a selection over all sites to one preview for each site, because reasons differ between sites."""
    signed, query = sessions.require_sign_in(), parsed_query(BulkQuery)
    own = [site for site in sites_of(signed) if sessions.has_role(signed.person, site.id, "moderator")]
    parts = [(site, *_selection_on_site(site, query, signed)) for site in own if query.site in ("", site.id)]
    found = [(site, n, url_for("bulk_pages.preview", site=site.id, **fields)) for site, n, fields in parts if n]
    if len(found) == 1:
        return redirect(found[0][2], 303)
    return render_template(
        "review/bulk_sites.html", signed=signed, view=query, action=Action(query.action), found=found
    )


def _selection_on_site(site: Site, query: BulkQuery, signed: SignedIn) -> tuple[int, dict[str, Any]]:
    """The number of selected comments on one site, and the parameters of its preview."""
    if query.item:
        items = [text.removeprefix(f"{site.id}.") for text in query.item if text.startswith(f"{site.id}.")]
        return len(items), {"action": query.action, "item": items}
    total = bulk_actions.find_listed(deps(), site, query, Action(query.action), signed, 1).total
    return total, {"action": query.action, **_fields(query)}


def _fields(query: BulkQuery) -> dict[str, str]:
    """The filters within a site, as fields of a form."""
    fields = {name: text for name, text in query.filters.items() if name != "site"}
    fields |= {"status": query.status} if query.status != "held" else {}
    return fields | ({"scope": query.scope} if query.scope else {})


@blueprint.get("/<site>/bulk")
def preview(site: str) -> str:
    """Show what would change. Following a link to this page changes nothing."""
    signed = sessions.require_role(site, "moderator")
    query, found = parsed_query(BulkQuery), site_cache.get_site(site)
    action = Action(query.action)
    check_reason(found, action, query.reason)
    values = _everything(found, query) if query.scope else _listed(found, query, signed)
    return render_template(
        "review/bulk_preview.html",
        **page_context(signed),
        site=found,
        query=query,
        action=action,
        fields=_fields(query),
        limit=bulk_actions.MAX_BULK,
        **values,
    )


def _listed(site: Site, query: BulkQuery, signed: SignedIn) -> dict[str, Any]:
    """Values of a preview for selected comments, or for those of a view."""
    chosen = _parsed_items(query.item)
    result = None if chosen else bulk_actions.find_listed(deps(), site, query, Action(query.action), signed, SHOWN)
    shown = chosen or ([(hit.id, hit.version) for hit in result.hits] if result else [])
    comments = deps().storage.comments.load(site.id, [id for id, _ in shown])
    return {
        "about": bulk_actions.selected(chosen).about if chosen else bulk_actions.describe(deps(), query),
        "result": result,
        "total": result.total if result else len(chosen),
        "until": bulk_actions.newest_received(result) if result else 0,
        "sample": [c for c in comments if c],
    }


def _everything(site: Site, query: BulkQuery) -> dict[str, Any]:
    """Values of a preview for everything by an author or network; counts as far as one search goes."""
    page = bulk_actions.find_everything(deps(), site.id, query.everything, bulk_actions.MAX_PREVIEW_COUNT)
    covered: list[Comment] = [c for c in page.rows if bulk_actions.is_covered(c, Action(query.action))]
    return {
        "about": bulk_actions.describe_everything(deps(), site.id, query.everything),
        "result": None,
        "total": len(covered),
        "at_least": bool(page.cursor),
        "searched_to": page.back_to,
        "until": 0,
        "sample": covered[:SHOWN],
    }


@blueprint.post("/<site>/bulk")
def begin(site: str) -> ResponseReturnValue:
    """Start the action, and try the first comments."""
    signed = sessions.require_change(site)
    given = {**request.form.to_dict(), "item": request.form.getlist("item")}
    form, found = validated(BulkForm, given, strict=False), site_cache.get_site(site)
    action, by = Action(form.action), signed.person.name
    check_reason(found, action, form.reason)
    bulk = bulk_actions.start_bulk(deps(), site, _selection(found, form, signed), action, by, form.reason)
    bulk_actions.run_bulk(deps(), site, bulk, by)
    return redirect(url_for("bulk_pages.progress", site=site, bulk_id=bulk.id), 303)


def _selection(site: Site, form: BulkForm, signed: SignedIn) -> Selection:
    if form.scope:
        return Selection(bulk_actions.describe_everything(deps(), site.id, form.everything), everything=form.everything)
    if form.item:
        return bulk_actions.selected(_parsed_items(form.item))
    result = bulk_actions.find_listed(deps(), site, form, Action(form.action), signed)
    return Selection(bulk_actions.describe(deps(), form), bulk_actions.received_until(result, form.until))


@blueprint.get("/<site>/bulk/<bulk_id>")
def progress(site: str, bulk_id: str) -> str:
    signed = sessions.require_role(site, "moderator")
    bulk, at = deps().storage.bulks.get(site, bulk_id), deps().storage.bulks.progress(site, bulk_id)
    return render_template(
        "review/bulk.html",
        **page_context(signed),
        site=site_cache.get_site(site),
        bulk=bulk,
        progress=at,
        full=bulk_actions.is_full(at),
    )


@blueprint.post("/<site>/bulk/<bulk_id>")
def go_on(site: str, bulk_id: str) -> ResponseReturnValue:
    """Continue the action, or start to undo it."""
    signed = sessions.require_change(site)
    form, by = validated(ContinueForm, request.form.to_dict(), strict=False), signed.person.name
    bulk = deps().storage.bulks.get(site, bulk_id)
    if form.step == "undo":
        bulk = bulk_actions.start_undo(deps(), site, bulk, by)
    bulk_actions.run_bulk(deps(), site, bulk, by)
    return redirect(url_for("bulk_pages.progress", site=site, bulk_id=bulk.id), 303)
