"""Answer repeated requests of readers from the response cache, without Flask.

Complete answers are cached together with the version of the thread that they show. A repeated request gets the same
bytes as long as storage has that version and the site is unchanged: one check of a version. For a thread of 50 comments
server and Valkey take less than half of their processor time through Flask (`python -m bench.performance`).
"""

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request
from werkzeug.http import parse_etags

from comments.errors import NotFound, StorageDown
from comments.site import Site
from comments.storage.interfaces import Threads
from service.web.access_log import set_route_name
from service.web.public_path import inner_path
from service.web.response_cache import LONGEST_CACHED, OVERHEAD, ResponseCache
from service.web.site_cache import SiteCache

#: Key in `environ` for the ResponseSource that a view declares.
SOURCE_KEY = "replygate.source"
#: Key in `environ` for a CachedResponse that the server has found to be current.
CURRENT_KEY = "replygate.current"
#: Names the ReadingFastPath in `app.extensions`.
READING_EXTENSION = "replygate.reading"

#: Seconds for which an answer is repeated while storage is away. A comment that was removed shortly before, through
#: another process, may be in it.
MAX_STALE_SECONDS = 600.0
#: Seconds after which an answer that is still current is cached anew, so that it is kept for MAX_STALE_SECONDS more.
RENEW_AFTER = LONGEST_CACHED - MAX_STALE_SECONDS
#: Time of the last comparison of an answer that differed from storage: it is not repeated while storage is away.
NEVER = float("-inf")
#: Headers that an answer without a body does not carry.
BODY_HEADERS = ("content-type", "content-length", "link")


@dataclass(frozen=True, slots=True)
class ResponseSource:
    """Comments that an answer shows. `version` was read before the comments were."""

    site: Site
    thread: str  # "" for all threads of the site
    version: int


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A complete answer as Flask gave it."""

    source: ResponseSource
    route: str
    etag: str
    headers: list[tuple[str, str]]
    body: bytes
    last_current: list[float]  # time of the last comparison with storage, by the monotonic clock
    cached_at: float


def cache_response(site: Site, thread: str, version: int) -> None:
    """Cache the answer to the current request. It may depend on nothing but the address and the Origin header."""
    route = request.url_rule.rule if request.url_rule else ""
    request.environ[SOURCE_KEY] = (ResponseSource(site, thread, version), route)


class ReadingFastPath:
    """A WSGI application in front of Flask's.

    A server that has requests wait in an event loop looks for their answers by `cached` and `are_current`, and names
    what it found in `environ`. Then this application neither asks storage nor waits.
    """

    def __init__(
        self,
        app: WSGIApplication,
        sites: SiteCache,
        threads: Threads,
        cache: ResponseCache,
        clock: Callable[[], float] = time.monotonic,
        public_path: str = "",
    ) -> None:
        self._app, self._sites, self._threads, self._cache, self._clock = app, sites, threads, cache, clock
        self._public_path = public_path

    def init_app(self, app: Flask) -> None:
        app.extensions[READING_EXTENSION] = self

    def cached(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """Return the answer that can be repeated if its version is current, without asking storage."""
        if environ["REQUEST_METHOD"] != "GET":
            return None
        cached: CachedResponse | None = self._cache.get(
            _key(environ, inner_path(environ["PATH_INFO"], self._public_path))
        )
        return cached if cached and self._sites.cached(cached.source.site.id) == cached.source.site else None

    def are_current(self, answers: Sequence[CachedResponse]) -> list[bool]:
        """Compare the versions of all answers with storage, in one round trip for a site. Raises StorageDown."""
        now, versions = self._clock(), dict[tuple[str, str], int]()
        for site in {answer.source.site.id for answer in answers}:
            shown = {answer.source.thread for answer in answers if answer.source.site.id == site}
            threads = [thread for thread in shown if thread]
            versions |= {(site, t): v for t, v in zip(threads, self._threads.versions(site, threads), strict=True)}
            if "" in shown:
                versions[site, ""] = self._threads.site_version(site)
        found = [versions[a.source.site.id, a.source.thread] == a.source.version for a in answers]
        for answer, is_current in zip(answers, found, strict=True):
            answer.last_current[0] = now if is_current else NEVER
        return found

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        key = _key(environ, environ["PATH_INFO"])
        cached: CachedResponse | None = environ.get(CURRENT_KEY)
        if cached is None:
            cached = self._cache.get(key)
            if cached and not self._may_repeat(cached):
                self._cache.drop(key)
                cached = None
        if cached is None:
            return self._answer_and_cache(key, environ, start_response)
        if cached.last_current[0] - cached.cached_at > RENEW_AFTER:
            renewed = replace(cached, cached_at=cached.last_current[0])
            self._cache.put(key, renewed, len(cached.body) + OVERHEAD)
        set_route_name(environ, cached.route, cached.source.site.id)
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), cached.etag):
            start_response("304 NOT MODIFIED", [h for h in cached.headers if h[0].lower() not in BODY_HEADERS])
            return []
        start_response("200 OK", list(cached.headers))
        return [cached.body]

    def _may_repeat(self, cached: CachedResponse) -> bool:
        """Return True if the answer would be the same now, or was a short time ago and storage is away."""
        now = self._clock()
        try:
            is_current = self._is_current(cached.source)
        except StorageDown:
            return now - cached.last_current[0] < MAX_STALE_SECONDS
        cached.last_current[0] = now if is_current else NEVER
        return is_current

    def _is_current(self, source: ResponseSource) -> bool:
        """Return True if the answer would be the same now. Flask reports errors, if there are any.

        Raises StorageDown.
        """
        site, thread = source.site.id, source.thread
        try:
            if self._sites.get_site(site) != source.site:
                return False
            version = self._threads.version(site, thread) if thread else self._threads.site_version(site)
        except NotFound:
            return False
        return version == source.version

    def _answer_and_cache(
        self, key: Hashable, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *error: object) -> object:
            started[:] = [(status, headers)]
            return start_response(status, headers, *error)  # type: ignore[arg-type]  # passed on unchanged

        parts = self._app(environ, cast(StartResponse, start))
        source, route = environ.get(SOURCE_KEY, (None, ""))
        if source is None or not started or started[0][0] != "200 OK":
            return parts
        body = _read_all(parts)
        headers = started[0][1]
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        now = self._clock()
        self._cache.put(key, CachedResponse(source, route, etag, headers, body, [now], now), len(body) + OVERHEAD)
        return [body]


def _key(environ: WSGIEnvironment, path: str) -> Hashable:
    return path, environ.get("QUERY_STRING", ""), environ.get("HTTP_ORIGIN")


def _read_all(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _matches(if_none_match: str, etag: str) -> bool:
    if not if_none_match:
        return False
    return if_none_match == etag or parse_etags(if_none_match).contains_weak(etag.strip('"'))
