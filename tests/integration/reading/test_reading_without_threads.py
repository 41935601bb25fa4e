"""Cached answers are repeated without a request thread, and never after a change."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from comments.errors import StorageDown
from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from replygate.granian_wsgi import WSGIAdapter
from service.reading.fast_path import READING_EXTENSION
from tests.support.builders import moderated, published
from tests.support.public_app import PublicApp, open_public_app
from tests.support.rsgi_requests import Line, request

PATH, QUERY = "/v1/sites/blog/comments", "thread=first-post"
FEED = "/v1/sites/blog/feed.atom"


class Versions:
    """Threads of a storage. Records how many versions each call asks for; can wait, be away, or fail."""

    def __init__(self, storage: Storage) -> None:
        self._threads = storage.threads
        self.calls: list[int] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> object:
        if self.error:
            raise self.error
        return getattr(self._threads, name)

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        if self.error:
            raise self.error
        self.calls.append(len(threads))
        assert self.may_go_on.wait(10)
        return list(self._threads.versions(site, threads))


class Server:
    """The adapter of the shipped server with the application on a storage."""

    def __init__(self, storage: Storage, **settings: Any) -> None:
        self.threads = Versions(storage)
        self.web: PublicApp = open_public_app(replace(storage, threads=self.threads), **settings)  # type: ignore[arg-type]
        self.adapter = WSGIAdapter(
            self.app, threads=1, max_body=10_000, max_form=10_000, reading=self.web.app.extensions[READING_EXTENSION]
        )
        self.in_request_threads = list[str]()

    def app(self, environ: Any, start_response: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            self.in_request_threads.append(environ["PATH_INFO"])
        return self.web.app.wsgi_app(environ, start_response)

    async def get(self, path: str = PATH, query: str = QUERY, **headers: str) -> tuple[int, dict[str, str], bytes]:
        line = Line()
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
        await self.adapter.__rsgi__(request(sent, path=path, query_string=query), line)
        status, found, body = line.answered
        return status, {name.lower(): value for name, value in found}, body


@pytest.fixture
def server(storage: Storage) -> Server:
    published(storage, content="soon gone")
    return Server(storage)


def test_a_cached_answer_is_repeated_without_a_request_thread(server: Server) -> None:
    async def read() -> list[tuple[int, dict[str, str], bytes]]:
        first = await server.get()
        return [first, await server.get(), await server.get(if_none_match=first[1]["etag"])]

    first, again, unchanged = asyncio.run(read())
    assert first == again
    assert (unchanged[0], unchanged[2]) == (304, b"")
    assert server.in_request_threads == [PATH]


@pytest.mark.parametrize(("path", "query"), [(PATH, QUERY), (FEED, "")])
def test_a_comment_that_was_removed_is_in_no_answer(server: Server, storage: Storage, path: str, query: str) -> None:
    async def read() -> tuple[bytes, bytes, bytes]:
        shown = [(await server.get(path, query))[2] for _ in range(2)]
        (comment,) = storage.threads.newest("blog", "first-post", 10)
        moderated(storage, comment, Action.REMOVE)
        return (*shown, (await server.get(path, query))[2])

    first, again, after = asyncio.run(read())
    assert b"soon gone" in first
    assert first == again
    assert b"soon gone" not in after
    assert server.in_request_threads == [path, path]


def test_requests_that_wait_at_the_same_time_are_compared_in_one_round_trip(server: Server, storage: Storage) -> None:
    published(storage, thread="second-post")

    async def read() -> list[int]:
        for thread in ("first-post", "second-post"):
            await server.get(query=f"thread={thread}")
        server.threads.may_go_on.clear()
        first = asyncio.create_task(server.get())
        while not server.threads.calls:
            await asyncio.sleep(0.001)
        queries = [QUERY, "thread=second-post"] * 20
        others = [asyncio.create_task(server.get(query=query)) for query in queries]
        gone = asyncio.create_task(server.get())
        await asyncio.sleep(0)
        gone.cancel()
        server.threads.may_go_on.set()
        return [status for status, _, _ in await asyncio.gather(first, *others)]

    assert asyncio.run(read()) == [200] * 41
    assert server.threads.calls == [1, 2]


def test_without_storage_a_request_thread_repeats_the_answer(server: Server) -> None:
    async def read() -> list[int]:
        before = await server.get()
        server.threads.error = StorageDown("away")
        return [(await server.get())[0], (await server.get(if_none_match=before[1]["etag"]))[0]]

    assert asyncio.run(read()) == [200, 304]
    assert server.in_request_threads == [PATH] * 3


def test_an_answer_that_differed_is_not_repeated_when_storage_goes_away_afterwards(
    server: Server, storage: Storage
) -> None:
    compare = server.threads.versions

    def compare_and_go_away(site: str, threads: Sequence[str]) -> list[int]:
        versions = compare(site, threads)
        server.threads.error = StorageDown("away")
        return versions

    async def read() -> list[int]:
        statuses = [(await server.get())[0]]
        (comment,) = storage.threads.newest("blog", "first-post", 10)
        moderated(storage, comment, Action.REMOVE)
        server.threads.versions = compare_and_go_away  # type: ignore[method-assign]
        return [*statuses, (await server.get())[0], (await server.get())[0]]

    assert asyncio.run(read()) == [200, 503, 503]


def test_a_fault_while_comparing_belongs_to_its_request_alone(server: Server) -> None:
    async def read() -> int:
        await server.get()
        server.threads.error = LookupError("broken")
        with pytest.raises(LookupError, match="broken"):
            await server.get()
        server.threads.error = None
        return (await server.get())[0]

    assert asyncio.run(read()) == 200


def test_an_answer_below_a_public_path_needs_no_request_thread(storage: Storage) -> None:
    published(storage)
    server = Server(storage, public_url="https://example.com/replies")

    async def read() -> list[tuple[int, dict[str, str], bytes]]:
        return [await server.get(path) for path in (f"/replies{PATH}", f"/replies{PATH}", PATH)]

    first, *others = asyncio.run(read())
    assert first[0] == 200
    assert others == [first, first]
    assert server.in_request_threads == [f"/replies{PATH}"]


def test_an_answer_without_a_thread_writes_no_pending_errors(server: Server) -> None:
    """The event loop must not wait for storage."""
    errors = server.web.app.extensions["replygate.ops"].errors

    async def read() -> None:
        await server.get()
        errors._pending[503] += 1
        await server.get()

    asyncio.run(read())
    assert errors._pending == {503: 1}
