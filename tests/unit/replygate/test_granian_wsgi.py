"""The WSGI adapter passes requests on correctly, and limits slow and long bodies."""

import asyncio
import gc
import threading
from typing import Any

import pytest

from replygate import wsgi_environ
from replygate.granian_wsgi import RequestThreads, TooManyWaiting, WSGIAdapter, answer
from service.web.upload_limits import MAX_AKISMET_BODY, Uploader
from tests.support.rsgi_requests import Line, request


def echo(environment: Any, start: Any) -> list[bytes]:
    start("200 OK", [])
    return [environment["wsgi.input"].read()]


def status(line: Line, headers: list[tuple[str, str]], longest: int = 10) -> int:
    adapter = WSGIAdapter(echo, threads=1, max_body=longest, max_form=4 * longest, body_timeout=0.05)
    asyncio.run(adapter.__rsgi__(request(headers, method="POST"), line))
    return line.answered[0]


def environ(scope: Any, body: bytes) -> Any:
    return wsgi_environ.environ(scope, body, scope.headers.items())


def test_a_header_with_an_underscore_does_not_replace_one_with_a_dash() -> None:
    made = environ(request([("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "6.6.6.6")]), b"")
    assert made["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_repeated_headers_are_joined_with_their_separator() -> None:
    made = environ(request([("cookie", "a=1"), ("cookie", "b=2"), ("via", "1"), ("via", "2")]), b"")
    assert made["HTTP_COOKIE"] == "a=1; b=2"
    assert made["HTTP_VIA"] == "1, 2"


def test_text_beyond_ascii_becomes_one_character_a_byte() -> None:
    made = environ(request([], path="/é", query_string="q=é"), b"")
    assert made["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert made["QUERY_STRING"].encode("latin-1").decode() == "q=é"


@pytest.mark.parametrize(("client", "address"), [("192.0.2.1:5", "192.0.2.1"), ("[2001:db8::1]:5", "2001:db8::1")])
def test_the_client_s_address_comes_without_its_port(client: str, address: str) -> None:
    assert environ(request([], client=client), b"")["REMOTE_ADDR"] == address


def test_the_body_and_its_length_arrive() -> None:
    made = environ(request([("content-length", "3"), ("content-type", "text/plain")]), b"abc")
    assert (made["wsgi.input"].read(), made["CONTENT_LENGTH"], made["CONTENT_TYPE"]) == (b"abc", "3", "text/plain")


def test_a_chunked_body_gets_a_length() -> None:
    assert environ(request([("transfer-encoding", "chunked")]), b"abc")["CONTENT_LENGTH"] == "3"


def test_an_application_s_parts_are_joined_and_closed() -> None:
    closed = []

    class Parts(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environment: Any, start: Any) -> Parts:
        start("201 Created", [("x", "y")])
        return Parts([b"a", b"b"])

    assert answer(app, {}) == (201, [("x", "y")], b"ab")
    assert closed


@pytest.mark.parametrize("prefix", ["", "/replies"])
@pytest.mark.parametrize(
    "path", ["/sites/blog/import", "/v1/sites/blog/import", "/sites/blog/rules/import", "/ops/rules/import",
             "/sites/blog/threads/moves"]
)  # fmt: skip
def test_uploads_of_people_who_are_signed_in_may_be_larger(prefix: str, path: str) -> None:
    def size_read(headers: list[tuple[str, str]], path: str) -> int:
        line, length = Line(b"x" * 1000), ("content-length", "1000")
        asyncio.run(uploads().__rsgi__(request([length, *headers], method="POST", path=path), line))
        return len(line.answered[2])

    cookie, key = ("cookie", "session=ines"), ("authorization", "Bearer rgp_ines")
    assert size_read([cookie], prefix + path) == size_read([key], prefix + path) == 1000
    assert size_read([], prefix + path) == size_read([cookie], "/sites/blog/rules") == 0
    assert size_read([("cookie", "session=anything")], prefix + path) == 0


def uploads() -> WSGIAdapter:
    """Return an adapter that lets people with the name of a person in the cookie upload, to the site of the path."""

    def uploader(environment: Any) -> Uploader | None:
        shown = environment.get("HTTP_COOKIE", "") + environment.get("HTTP_AUTHORIZATION", "")
        person = shown[-4:]
        known = person in ("ines", "olga", "paul")
        return Uploader(person, environment["PATH_INFO"].split("/")[-2]) if known else None

    return WSGIAdapter(echo, threads=1, max_body=10, max_form=40, uploader=uploader)


def asked(person: str, site: str, chunked: bool = True) -> Any:
    size = ("transfer-encoding", "chunked") if chunked else ("content-length", "1000")
    return request([size, ("cookie", f"session={person}")], method="POST", path=f"/sites/{site}/import")


async def statuses_during_upload(*others: Any) -> list[int]:
    """Let ines upload slowly to the site blog, and return what the others get. Then it ends, and the last is asked."""
    adapter, slow = uploads(), Line(b"x", ends=False)
    first = asyncio.create_task(adapter.__rsgi__(asked("ines", "blog"), slow))
    await asyncio.sleep(0.05)
    found = []
    for other in others:
        line = Line(b"x" * 20)
        await adapter.__rsgi__(other, line)
        found.append(line.answered[0])
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    line = Line(b"x" * 20)
    await adapter.__rsgi__(others[-1], line)
    return [*found, line.answered[0]]


def test_one_upload_of_each_person_and_site_is_read_at_once() -> None:
    others = (asked("ines", "shop"), asked("olga", "blog"))
    assert asyncio.run(statuses_during_upload(*others)) == [503, 503, 200]


def test_cookies_of_strangers_hold_no_place_of_an_upload() -> None:
    async def run() -> int:
        adapter, tasks = uploads(), []
        for n in range(10):
            tasks.append(asyncio.create_task(adapter.__rsgi__(asked(f"stranger {n}", "blog"), Line(ends=False))))
        await asyncio.sleep(0.05)
        line = Line(b"x" * 1000)
        await adapter.__rsgi__(asked("ines", "blog", chunked=False), line)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(line.answered[2])

    assert asyncio.run(run()) == 1000


@pytest.mark.parametrize("path", ["/1.1/comment-check", "/replies/k/0123456789ab/1.2/submit-ham"])
def test_long_comments_for_the_akismet_api_are_read(path: str) -> None:
    adapter = WSGIAdapter(echo, threads=1, max_body=10, max_form=40)

    def size_read(size: int, path: str) -> int:
        line = Line(b"x" * size)
        asyncio.run(adapter.__rsgi__(request([("content-length", str(size))], method="POST", path=path), line))
        return len(line.answered[2])

    assert size_read(400_000, path) == 400_000
    assert size_read(MAX_AKISMET_BODY + 1, path) == size_read(1000, "/1.1/verify-key") == 0


def test_a_body_in_pieces_is_joined() -> None:
    line = Line(b"ab", b"", b"c")
    assert status(line, [("transfer-encoding", "chunked")]) == 200
    assert line.answered[2] == b"abc"


def test_a_slow_body_times_out() -> None:
    assert status(Line(b"a", ends=False), [("content-length", "5")]) == 408


def test_reading_stops_when_a_body_is_too_long() -> None:
    line = Line(*[b"abcdef"] * 5, ends=False)
    assert status(line, [("transfer-encoding", "chunked")]) == 200
    assert line.answered[2] == b"abcdefabcdef"


def test_a_body_declared_too_long_is_not_read() -> None:
    line = Line(ends=False)
    assert status(line, [("content-length", "11")]) == 200
    assert line.answered[2] == b""


def test_an_error_of_the_application_reaches_the_request() -> None:
    def fail(environment: Any, start: Any) -> list[bytes]:
        raise LookupError("broken")

    async def run() -> int:
        threads = RequestThreads(1, "failing")
        with pytest.raises(LookupError, match="broken"):
            await threads.answer(fail, {})
        status, _, _ = await threads.answer(empty, {})  # by the same thread
        return status

    assert asyncio.run(run()) == 204


def empty(environment: Any, start: Any) -> list[bytes]:
    start("204 NO CONTENT", [])
    return []


def test_a_thread_goes_on_after_a_client_has_disconnected() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(environment: Any, start: Any) -> list[bytes]:
        begun.set()
        may_end.wait(10)
        return empty(environment, start)

    async def run() -> int:
        threads = RequestThreads(1, "slow")
        request = asyncio.create_task(threads.answer(slow, {}))
        assert await asyncio.to_thread(begun.wait, 10)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        may_end.set()
        status, _, _ = await threads.answer(empty, {})
        return status

    assert asyncio.run(run()) == 204


def test_requests_that_would_wait_too_long_are_refused_and_admitted_ones_wait() -> None:
    may_end = threading.Event()

    def slow(environment: Any, start: Any) -> list[bytes]:
        may_end.wait(10)
        return empty(environment, start)

    async def run() -> list[int]:
        threads = RequestThreads(1, "full")
        requests = [asyncio.create_task(threads.answer(slow, {})) for _ in range(33)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyWaiting):
            await threads.answer(empty, {})
        requests.append(asyncio.create_task(threads.answer(empty, {}, admitted=True)))
        await asyncio.sleep(0)
        may_end.set()
        answers = await asyncio.gather(*requests)
        answers.append(await threads.answer(empty, {}))  # there is room again
        return [status for status, _, _ in answers]

    assert asyncio.run(run()) == [204] * 35


def test_the_threads_end_with_their_adapter() -> None:
    async def run() -> list[threading.Thread]:
        threads = RequestThreads(2, "short-lived")
        await asyncio.gather(threads.answer(empty, {}), threads.answer(empty, {}))
        return [thread for thread in threading.enumerate() if thread.name.startswith("short-lived")]

    started = asyncio.run(run())
    assert len(started) == 2
    gc.collect()
    for thread in started:
        thread.join(10)
    assert not any(thread.is_alive() for thread in started)
