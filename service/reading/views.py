"""Reading API: threads as JSON and HTML, feeds and counts, all cacheable by shared caches."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from comments.site import Site
from service.deps import deps
from service.web import site_cache
from service.web.operations import Header, json_response, operation
from service.web.page_language import site_translation
from service.web.request_body import JSON
from service.web.response_cache import RenderedBody, response_cache
from service.web.schemas import (
    CommentList,
    CountsBody,
    CountsQuery,
    FeedQuery,
    FragmentQuery,
    NoQuery,
    PageQuery,
    ThreadCounts,
    ThreadFragmentQuery,
    ThreadQuery,
)
from service.web.site_access import add_cors_headers
from service.web.thread_links import requested_thread

from . import feeds, html_fragment, published_threads
from .fast_path import cache_response
from .thread_routes import PATH_DESCRIPTION, thread_route

blueprint = Blueprint("reading", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

#: Browsers revalidate on every visit and mostly get 304; a CDN asks once in 10 seconds for all of them. A removed
#: comment is gone within 10 seconds.
READER_CACHE_CONTROL = "public, max-age=0, s-maxage=10"

HTML_MEDIA = "text/html"
READING = ("reading",)
UNCHANGED = "Not changed since the ETag you sent."
IF_NONE_MATCH = Header("If-None-Match", "The ETag of the answer you have; 304 means that it is still current.")
CACHING = {"ETag": "Identifies this version of the answer.", "Cache-Control": "How long shared caches may use it."}
CACHED: Mapping[str, Any] = {"headers": (IF_NONE_MATCH,), "answer_headers": CACHING, "tags": READING}
PAGED: Mapping[str, Any] = {**CACHED, "answer_headers": CACHING | {"Link": 'The next page, as `rel="next"`.'}}


@thread_route(
    blueprint,
    "comments",
    ThreadQuery,
    PageQuery,
    summary="List a thread's comments",
    description="Published comments of a page, in reading order, by the page's key or address.",
    answers={200: CommentList, 304: UNCHANGED},
    **CACHED,
)
def read_thread(site: str, thread: str, query: PageQuery) -> Response:
    return _page(site, thread, query, JSON)


@thread_route(
    blueprint,
    "comments.html",
    ThreadFragmentQuery,
    FragmentQuery,
    summary="Get a thread as HTML",
    description="A fragment for server-side includes and static site generators: nested lists with classes that begin "
    "with `rg-`, without script or style.",
    answers={200: "The thread.", 304: UNCHANGED},
    media=HTML_MEDIA,
    **PAGED,
)
def thread_html(site: str, thread: str, query: FragmentQuery | ThreadFragmentQuery) -> Response:
    return _page(site, thread, query, HTML_MEDIA, query.lang)


@blueprint.get("/feed.atom")
@operation(
    summary="Get a feed of new comments",
    description="Atom feed of the latest 50 comments of the site or of one thread.",
    query=FeedQuery,
    answers={200: "The feed.", 304: UNCHANGED},
    media=feeds.ATOM_MEDIA,
    **CACHED,
)
def feed(site: str, query: FeedQuery) -> Response:
    found, threads = site_cache.get_site(site), deps().storage.threads
    if query.thread:
        return _thread_feed(found, query.thread, _address(found, "/feed.atom", thread=query.thread))
    address, version = _address(found, "/feed.atom"), threads.site_version(found.id)
    cache_response(found, "", version)
    return cached_answer(
        ("site feed", found.id),
        _feed_etag(found, address, version),
        feeds.ATOM_MEDIA,
        lambda: RenderedBody(_site_feed(found, address, version)),
    )


def _site_feed(site: Site, address: str, version: int) -> bytes:
    comments = deps().storage.threads.recent(site.id, feeds.ENTRIES)
    names = sorted({comment.thread for comment in comments})
    details = dict(zip(names, deps().storage.thread_details.get(site.id, names), strict=True))
    return feeds.site_feed(site, address, version, comments, details)


@blueprint.get("/threads/<thread:thread>/feed.atom")
@operation(
    summary="Get a feed of a thread's new comments (thread in the path)",
    description=PATH_DESCRIPTION,
    query=NoQuery,
    answers={200: "The feed.", 304: UNCHANGED},
    media=feeds.ATOM_MEDIA,
    **CACHED,
)
def feed_by_path(site: str, thread: str, query: NoQuery) -> Response:
    found = site_cache.get_site(site)
    return _thread_feed(found, thread, _address(found, f"/threads/{quote(thread, safe='')}/feed.atom"))


def _thread_feed(site: Site, thread: str, address: str) -> Response:
    key, storage = requested_thread(site, thread), deps().storage
    version = storage.threads.version(site.id, key)
    cache_response(site, key, version)

    def render() -> RenderedBody:
        (details,) = storage.thread_details.get(site.id, [key])
        newest = storage.threads.newest(site.id, key, feeds.ENTRIES)
        return RenderedBody(feeds.thread_feed(site, key, address, version, newest, details))

    return cached_answer(("feed", site.id, address), _feed_etag(site, address, version), feeds.ATOM_MEDIA, render)


def _feed_etag(site: Site, address: str, version: int) -> str:
    """A feed also shows site settings, which have no version."""
    return published_threads.etag(version, address, site.name, *site.origins)


def _address(site: Site, path: str, **query: str) -> str:
    return feeds.self_address(deps().settings.public_url, f"/v1/sites/{site.id}{path}", **query)


def _page(site: str, thread: str, query: PageQuery, media: str, language: str = "") -> Response:
    found, threads = site_cache.get_site(site), deps().storage.threads
    key = requested_thread(found, thread)
    version = threads.version(found.id, key)  # before the comments: see ResponseCache.rendered
    cache_response(found, key, version)

    def render() -> RenderedBody:
        if media == JSON:
            return published_threads.thread_page_json(threads, found.id, key, query, version)
        page = published_threads.thread_page(threads, found.id, key, query, version)
        chosen = query.model_dump(exclude_defaults=True, exclude={"thread", "cursor"})
        part = _address(found, "/comments.html", thread=key, **{name: str(value) for name, value in chosen.items()})
        return RenderedBody(html_fragment.render_fragment(page, comments_url, part, texts).encode(), page.next)

    comments_url, texts = _address(found, "/comments"), site_translation(found, language)
    question = (media, comments_url, texts.code, query.order, query.cursor, str(query.limit))
    return cached_answer((found.id, key, *question), published_threads.etag(version, *question), media, render)


def cached_answer(question: tuple[str, ...], etag: str, media: str, render: Callable[[], RenderedBody]) -> Response:
    """Answer from the response cache if it has this version, else render the body."""
    return _conditional(etag, media, lambda: response_cache().rendered(question, etag, render))


def _conditional(etag: str, media: str, body: Callable[[], RenderedBody]) -> Response:
    """Answer 304 to a client that has this version, else the body."""
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        page = body()
        response = Response(page.body, mimetype=media)
        if page.next and media == HTML_MEDIA:
            following = urlencode({**request.args, "cursor": page.next})
            response.headers["Link"] = f'<?{following}>; rel="next"'
    response.set_etag(etag)
    response.headers["Cache-Control"] = READER_CACHE_CONTROL
    return response


@blueprint.get("/counts")
@operation(
    summary="Count comments of several threads",
    description="Always list the threads in the same order, so that shared caches can answer.",
    query=CountsQuery,
    answers={200: ThreadCounts, 304: UNCHANGED},
    **CACHED,
)
def count_threads(site: str, query: CountsQuery) -> Response:
    found = site_cache.get_site(site)
    cache_response(found, "", deps().storage.threads.site_version(found.id))
    body = _counts(found, query.thread).model_dump_json()
    return _conditional(published_threads.etag(0, body), JSON, lambda: RenderedBody(body.encode()))


@blueprint.post("/counts")
@operation(
    summary="Count comments of many threads",
    description="For more threads than fit into an address.",
    body=CountsBody,
    answers={200: ThreadCounts},
    tags=READING,
)
def count_many_threads(site: str, body: CountsBody) -> Response:
    return json_response(_counts(site_cache.get_site(site), body.threads))


def _counts(site: Site, threads: list[str]) -> ThreadCounts:
    """Count, sorted by thread, so that the order of the request does not change the ETag."""
    found = published_threads.count_comments(deps().storage, site, threads)
    return ThreadCounts(counts=dict(sorted(found.items())))
