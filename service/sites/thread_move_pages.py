"""Owners' pages to move threads: what a move would change, and a button that does it."""

import csv
from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, StringConstraints

from comments.errors import Invalid, Problem, StaleVersion
from comments.job_queue import MOVED_THREADS
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.thread_addresses import MAX_THREAD_TEXT, readable_address, thread_key
from comments.thread_plans import (
    PlannedMove,
    add_prefix,
    apply_moves,
    check_moves,
    mapping_of,
    mapping_text,
    moved_prefix,
    planned_moves,
    prefix_moves,
)
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.client_network import client_network
from service.web.operations import validated

blueprint = Blueprint("thread_move_pages", __name__, url_prefix="/sites/<site>/threads/moves")

#: Threads that one request moves: 2,000 take about three seconds. The command line has no limit.
MAX_MOVES_OF_PAGE = 2_000
#: Rows of a plan that are shown.
SHOWN_MOVES = 200
TOO_MANY_MOVES = (
    "This would move {n} threads; the limit of this page is {limit}. "
    "Move them in parts, or with `replygate thread move`."
)
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_THREAD_TEXT)]


class MoveForm(BaseModel):
    """The form: one thread or all below an address, or a mapping of old and new addresses."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    kind: Literal["one", "prefix", "mapping"] = "one"
    old: Address = ""
    new: Address = ""
    mapping: str = ""
    plan: str = ""  # digest of the plan that the owner confirmed


@dataclass(frozen=True, slots=True)
class MovePlan:
    """Planned moves, with the numbers that sum them up. Pages without comments below `prefix` move too."""

    rows: tuple[PlannedMove, ...]
    prefix: tuple[str, str] | None = None

    @property
    def effects(self) -> Counter[str]:
        return Counter(row.effect for row in self.rows)

    @property
    def comments(self) -> int:
        return sum(row.comments for row in self.rows)

    @property
    def version(self) -> str:
        """A digest that differs if anything else would be done now."""
        return digest(*(self.prefix or ()), *(f"{row.source}\n{row.target}\n{row.effect}" for row in self.rows))


@blueprint.get("")
def moves_page(site: str) -> str:
    """Show the form, filled in with the thread to move if there is one."""
    signed = sessions.require_role(site, "owner")
    return _form(site_cache.get_site(site), signed, MoveForm(old=request.args.get("old", "")[:MAX_THREAD_TEXT]))


def _form(site: Site, signed: SignedIn, form: MoveForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("sites/thread_moves.html", site=site, signed=signed, form=form, problems=problems)


@blueprint.post("")
def submit_moves(site: str) -> ResponseReturnValue:
    """Show what the moves would change. Apply them once the owner confirmed exactly that."""
    signed, found, storage = sessions.require_change(site, "owner"), site_cache.get_site(site), deps().storage
    fields = {name: value for name, value in request.form.items() if name != "file"}
    form = validated(MoveForm, fields, strict=False)
    try:
        if (file := request.files.get("file")) and file.filename:
            form = form.model_copy(update={"mapping": mapping_text(file.read()), "kind": "mapping"})
        moves = _moves(storage, found, form)
        prefix = moved_prefix(found, form.old, form.new) if form.kind == "prefix" else None
        plan = MovePlan(tuple(planned_moves(storage, site, moves)), prefix)
        if form.plan == plan.version:
            if form.kind == "prefix":
                add_prefix(storage, found, form.old, form.new)
            n = apply_moves(storage, site, moves, signed.person.name, client_network(deps()))
            deps().jobs.enqueue(MOVED_THREADS, site)
            return redirect(url_for("thread_pages.threads_page", site=site, done="moved", n=n), 303)
    except Invalid as error:
        return _form(found, signed, form, tuple(error.problems)), 422
    if form.plan:
        raise StaleVersion("The threads have changed since you saw the plan. Go back and look at it again.")
    return render_template(
        "sites/thread_move_plan.html",
        site=found, signed=signed, form=form, plan=plan, shown=SHOWN_MOVES, readable=readable_address,
    )  # fmt: skip


def _moves(storage: Storage, site: Site, form: MoveForm) -> dict[str, str]:
    """Return old -> new name of the threads that the form means. Raises Invalid."""
    if form.kind == "mapping":
        moves = mapping_of(csv.reader(form.mapping.splitlines()), site)
        missing = [] if moves else [Problem("mapping", "required", "Enter an old and a new address in each line.")]
    else:
        named = (("old", form.old), ("new", form.new))
        missing = [Problem(name, "required", f"Enter the {name} address.") for name, text in named if not text]
        moves = {}
        if not missing and form.kind == "prefix":
            moves = prefix_moves(storage, site, form.old, form.new)
            if not moves and not moved_prefix(site, form.old, form.new):
                missing = [Problem("old", "none", "No thread begins with this address.")]
        elif not missing:
            moves = {thread_key(form.old, site): thread_key(form.new, site)}
    if len(moves) > MAX_MOVES_OF_PAGE:
        missing = [Problem("mapping", "too-many", TOO_MANY_MOVES.format(n=len(moves), limit=MAX_MOVES_OF_PAGE))]
    if missing:
        raise Invalid(missing)
    check_moves(moves)
    return moves
