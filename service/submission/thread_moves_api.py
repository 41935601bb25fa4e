"""API for a site's server: move threads whose pages have new addresses."""

from flask import Blueprint, Response, request
from pydantic import Field

from comments.audit import BY_SITE_KEY
from comments.job_queue import MOVED_THREADS
from comments.thread_addresses import thread_key
from comments.thread_plans import add_prefix, apply_moves, check_moves, joined_moves, planned_moves, prefix_moves
from service.deps import deps
from service.web import site_access, site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, operation, parsed_body
from service.web.schemas import Thread, Wire

blueprint = Blueprint("thread_moves_api", __name__, url_prefix="/v1/sites/<site>")

#: Moves in one request.
MAX_MOVES = 100


class ThreadMove(Wire):
    """Old and new name of a thread."""

    old: Thread
    new: Thread


class ThreadMovesBody(Wire):
    """Threads to move."""

    moves: list[ThreadMove] = Field(min_length=1, max_length=MAX_MOVES)
    prefix: bool = Field(default=False, description="Move all threads below each old address: a folder or a host.")
    dry_run: bool = Field(default=False, description="Only answer what would change.")


class PlannedThreadMove(Wire):
    """Effect of one move."""

    old: str
    new: str
    comments: int = Field(description="Published comments under the old name.", examples=[3])
    effect: str = Field(
        description="`move`, `merge` with comments that are there, or `alias` without any to move, "
        "or `none` if it has moved already."
    )


class ThreadMovesAnswer(Wire):
    """Effect of every move."""

    moves: list[PlannedThreadMove]


@blueprint.post("/threads/moves")
@operation(
    summary="Move threads",
    description="Old names answer with the new thread afterwards: for readers, feeds, counts, forms and links. Threads "
    "that both have comments are merged. Repeating it changes nothing. For the site's own server.",
    body=ThreadMovesBody,
    parse=False,
    answers={200: ThreadMovesAnswer},
    auth="site-key",
    tags=("threads",),
)
def move_threads(site: str) -> Response:
    found, storage = site_cache.get_site(site), deps().storage
    site_access.require_key(found, request)
    body = parsed_body(ThreadMovesBody)
    moves = joined_moves(
        [
            prefix_moves(storage, found, pair.old, pair.new)
            if body.prefix
            else {thread_key(pair.old, found): thread_key(pair.new, found)}
            for pair in body.moves
        ]
    )
    check_moves(moves)
    plans = planned_moves(storage, found.id, moves)
    if not body.dry_run:
        for pair in body.moves if body.prefix else ():
            add_prefix(storage, found, pair.old, pair.new)
        apply_moves(storage, found.id, moves, BY_SITE_KEY, client_network(deps()))
        deps().jobs.enqueue(MOVED_THREADS, found.id)
    rows = [PlannedThreadMove(old=p.source, new=p.target, comments=p.comments, effect=p.effect) for p in plans]
    return json_response(ThreadMovesAnswer(moves=rows))
