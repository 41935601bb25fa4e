"""Isso's API for readers: threads, counts, settings of the client, feeds and the latest comments."""

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import BadRequest

from comments.isso_names import isso_number, thread_of_isso_uri
from comments.site import Site
from comments.storage.values import ThreadRow
from comments.validation import is_web_address
from service.deps import deps
from service.reading import feeds, published_threads
from service.reading.fast_path import cache_response
from service.reading.views import READER_CACHE_CONTROL, cached_answer
from service.web import request_body, site_cache
from service.web.request_body import JSON
from service.web.response_cache import RenderedBody
from service.web.schemas import MAX_COUNTED, MAX_LIMIT, PublicComment
from service.web.thread_links import requested_thread

from .isso_access import add_headers_to_unmatched, is_plain, isso_blueprint, json_answer, json_text, requested_uri
from .isso_comments import client_settings, shown_comment
from .isso_threads import (
    CommentBranch,
    CommentSlice,
    find_comment,
    number_of,
    read_branches,
    read_replies,
    top_numbers,
)

blueprint = isso_blueprint("isso_reading")
blueprint.after_app_request(add_headers_to_unmatched)

SORTINGS = ("newest", "oldest", "upvotes")


@dataclass(frozen=True, slots=True)
class ThreadQuestion:
    """Parameters of a request for comments."""

    part: CommentSlice
    parent: int | None
    plain: bool


def requested_isso_thread(site: Site) -> str:
    """Return the thread in the parameter `uri`. Raises BadRequest and Invalid."""
    return requested_thread(site, thread_of_isso_uri(requested_uri(), site))


@blueprint.get("/")
def fetch_thread(site: str) -> Response:
    """List published comments: top-level ones with their replies, or the replies to one comment."""
    found, question = site_cache.get_site(site), _question()
    key, threads = requested_isso_thread(found), deps().storage.threads
    version = threads.version(found.id, key)  # before the comments: see ResponseCache.rendered
    cache_response(found, key, version)
    settings = client_settings(found)
    asked = ("isso", found.id, key, str(question), str(settings))
    return cached_answer(
        asked,
        published_threads.etag(version, *asked),
        JSON,
        lambda: RenderedBody(json_text({**_thread(found, key, question), "config": settings}).encode()),
    )


def _question() -> ThreadQuestion:
    """Read the parameters of a request for comments. Raises BadRequest, with Isso's messages."""
    sort = request.args.get("sort", "oldest")
    if sort not in SORTINGS:
        raise BadRequest("Invalid sort option. Must be one of: 'newest', 'oldest', 'upvotes'")
    limit, offset = _whole_number("limit"), _whole_number("offset") or 0
    if offset < 0:
        raise BadRequest("offset should not be negative")
    try:
        after = float(request.args.get("after", 0))
    except ValueError as error:
        raise BadRequest("after should be a number") from error
    if not math.isfinite(after):
        raise BadRequest("after should be a number")
    nested_limit = _whole_number("nested_limit")
    limit = None if limit is not None and limit < 0 else limit
    # Without a limit for replies, Isso uses that for top-level comments.
    part = CommentSlice(limit, offset, limit if nested_limit is None else nested_limit, after, sort == "newest")
    return ThreadQuestion(part, _whole_number("parent"), is_plain())


def _whole_number(name: str) -> int | None:
    text = request.args.get(name)
    try:
        return None if text is None else int(text)
    except ValueError as error:
        raise BadRequest(f"{name} should be integer") from error


def _thread(site: Site, key: str, question: ThreadQuestion) -> dict[str, Any]:
    storage, part, parent = deps().storage, question.part, question.parent
    if parent is None:
        found = read_branches(storage.threads, site.id, key, part)
        replies = [_branch(branch, question) for branch in found.branches]
        return {"id": None, "total_replies": found.total, "hidden_replies": found.hidden, "replies": replies}
    top = find_comment(storage, site.id, key, parent)
    if top is None or top.depth:
        return {"id": parent, "total_replies": 0, "hidden_replies": 0, "replies": []}
    rows = read_replies(storage.threads, site.id, key, top, part)
    hidden = max(0, top.replies - len(rows) - part.offset)
    replies = [shown_comment(row, parent, question.plain) for row in rows]
    return {"id": parent, "total_replies": top.replies, "hidden_replies": hidden, "replies": replies}


def _branch(branch: CommentBranch, question: ThreadQuestion) -> dict[str, Any]:
    number, total = number_of(branch.top.comment), branch.top.replies
    return {
        **shown_comment(branch.top, None, question.plain),
        "total_replies": total,
        "hidden_replies": max(0, total - len(branch.replies)),
        "replies": [shown_comment(row, number, question.plain) for row in branch.replies],
    }


@blueprint.get("/config")
def isso_settings(site: str) -> Response:
    """Return the settings that the client takes from the server."""
    response = json_answer({"config": client_settings(site_cache.get_site(site))})
    response.headers["Cache-Control"] = READER_CACHE_CONTROL
    return response


@blueprint.post("/count")
def count_uris(site: str) -> Response:
    """Count the published comments of threads, in the order of the request."""
    found, uris = site_cache.get_site(site), request_body.parse(request.get_data())
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise BadRequest("JSON must be a list of URLs")
    if len(uris) > MAX_COUNTED:
        raise BadRequest(f"Count at most {MAX_COUNTED} threads at once.")
    keys = [thread_of_isso_uri(uri, found) for uri in uris]
    counts = published_threads.count_comments(deps().storage, found, keys)
    return json_answer([counts[key] for key in keys])


@blueprint.get("/feed")
def isso_feed(site: str) -> Response:
    """Return an Atom feed of a thread. Its links lead to the places where Isso's client shows the comments."""
    found, storage = site_cache.get_site(site), deps().storage
    key, uri = requested_isso_thread(found), requested_uri()
    version = storage.threads.version(found.id, key)
    cache_response(found, key, version)
    address = feeds.self_address(deps().settings.public_url, f"/isso/{found.id}/feed", uri=uri)

    def render() -> RenderedBody:
        (details,) = storage.thread_details.get(found.id, [key])
        newest = storage.threads.newest(found.id, key, feeds.ENTRIES)
        return RenderedBody(feeds.thread_feed(found, key, address, version, newest, details, _isso_fragment))

    etag = published_threads.etag(version, address, found.name, *found.origins)
    return cached_answer(("isso feed", found.id, address), etag, feeds.ATOM_MEDIA, render)


def _isso_fragment(comment: PublicComment) -> str:
    return f"#isso-{isso_number(comment.id, comment.received)}" if comment.received else ""


@blueprint.get("/latest")
def latest_comments(site: str) -> Response:
    """List the latest comments of all threads, the oldest first as in Isso."""
    found, storage, limit = site_cache.get_site(site), deps().storage, _limit_of_latest()
    cache_response(found, "", storage.threads.site_version(found.id))
    comments = storage.threads.recent(found.id, min(limit, MAX_LIMIT))[::-1]
    parents = top_numbers(storage, found.id, comments)
    rows = zip(comments, parents, strict=True)
    answer = json_answer(
        [{**_latest_fields(ThreadRow(comment), parent), "uri": _uri(found, comment.thread)} for comment, parent in rows]
    )
    answer.headers["Cache-Control"] = READER_CACHE_CONTROL
    return answer


def _limit_of_latest() -> int:
    try:
        limit = int(request.args.get("limit", ""))
    except ValueError:
        limit = 0
    if limit <= 0:
        raise BadRequest("Query parameter 'limit' is mandatory (integer, >0)")
    return limit


def _latest_fields(row: ThreadRow, parent: int | None) -> dict[str, Any]:
    fields = shown_comment(row, parent, plain=False)
    return {name: value for name, value in fields.items() if name not in ("hash", "notification")}


def _uri(site: Site, thread: str) -> str:
    """Return Isso's name of a thread: the path on the first address of the site."""
    path = urlsplit(thread)._replace(scheme="", netloc="").geturl() if is_web_address(thread) else ""
    return path if path and thread_of_isso_uri(path, site) == thread else thread
