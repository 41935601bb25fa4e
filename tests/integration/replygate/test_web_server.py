"""The running web server: slow clients delay no other request, odd requests arrive, and no process outlives it."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from comments.settings import PREFIX
from comments.storage.redis import open_redis
from tests.support.builders import SECRET, a_site, settings
from tests.support.ports import free_port
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[3]
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/sites/blog/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@contextmanager
def serving(redis_url: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Start a web server with one process of two threads and one site. Return its port."""
    open_redis(settings(redis_url=redis_url)).sites.put(a_site())
    port = free_port()
    chosen = {
        "SECRET_KEY": SECRET,
        "REDIS_URL": redis_url,
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "2",
    }
    env = {**os.environ, **{PREFIX + name: value for name, value in chosen.items()}}
    words = [sys.executable, "-m", "replygate", "web"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: send_request(port, HEALTH).startswith(b"HTTP/1.1 200"), "it answers")
        yield process, port
        process.kill()


@pytest.fixture(scope="module")
def port(valkey_server: str) -> Iterator[int]:
    """The port of a server that the tests share."""
    with serving(valkey_server) as (_, port):
        yield port


@pytest.fixture
def own(valkey_server: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The port of a server that the test may stop."""
    with serving(valkey_server) as web:
        yield web


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15)


def send_request(port: int, head: bytes, body: bytes = b"") -> bytes:
    """Send a request and return the whole response; empty if no server listens."""
    try:
        with connect(port) as client:
            client.sendall(head + b"Connection: close\r\n\r\n" + body)
            return b"".join(iter(lambda: client.recv(65536), b""))
    except ConnectionError:
        return b""


def test_clients_that_never_finish_do_not_delay_others(port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(port)) for _ in range(40)]
        for n, client in enumerate(slow):
            client.sendall(POST + b"Content-Length: 100\r\n\r\n{" if n % 2 else POST[:-10])
        for _ in range(6):
            assert send_request(port, HEALTH).startswith(b"HTTP/1.1 200")
        assert not select.select(slow, [], [], 0)[0], "none of them had to be given up first"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: 100000\r\n", b""),
        (b"Transfer-Encoding: chunked\r\n", b"11170\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n"),
    ],
    ids=["declared", "chunked"],
)
def test_a_body_that_is_too_long_is_refused_by_the_application(port: int, headers: bytes, body: bytes) -> None:
    answer = send_request(port, POST + headers, body)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("address", ["comments", "wp-comments-post.php", "preview"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
@pytest.mark.parametrize("size", [100, 70_000, 240_000, 300_000, 2_000_000])
def test_a_form_of_any_size_gets_a_page(port: int, address: str, kind: str, size: int) -> None:
    text = "x" * size
    body = f"thread=a\r\nauthor=A\r\nlang=fr\r\ncontent={text}\r\n"
    if kind == "application/x-www-form-urlencoded":
        body = body.strip().replace("\r\n", "&")
    if kind == "multipart/form-data":
        body = f'--b\r\nContent-Disposition: form-data; name="content"\r\n\r\n{text}\r\n--b--\r\n'
        kind += "; boundary=b"
    head = f"POST /v1/sites/blog/{address} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Type: {kind}\r\n"
    answer = send_request(port, f"{head}Content-Length: {len(body)}\r\n".encode(), body.encode()).decode()
    assert answer.split()[1] in ("413", "415", "422")
    assert "</html>" in answer
    if address != "preview" and size <= 240_000:
        assert text in answer, "it is not lost"
        assert '<html lang="fr"' in answer or "lang=fr" not in body


def test_a_long_comment_in_chinese_is_accepted(port: int) -> None:
    """In a form each letter is nine bytes."""
    fields = {"thread": "a", "author": "A", "email": "a@example.com", "content": "字" * 9_000}
    body = urlencode(fields).encode()
    assert len(body) > 65_536
    head = POST.replace(b"json", b"x-www-form-urlencoded") + b"Accept: text/html\r\n"
    answer = send_request(port, head + f"Content-Length: {len(body)}\r\n".encode(), body)
    assert answer.startswith(b"HTTP/1.1 303")


ODD_PATHS = (b"/%ff%fe", b"/v1/sites/a%2fb/comments", b"//", b"/%00", "/é?é".encode(), b"/healthz?%", b"*")


def test_odd_paths_are_answered(port: int) -> None:
    for path in ODD_PATHS:
        status = send_request(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n").split(b" ", 2)[1]
        assert status[:1] in (b"2", b"3", b"4"), path


def test_head_is_answered_without_a_body(port: int) -> None:
    head, _, body = send_request(port, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""


def test_no_web_process_outlives_the_main_one(own: tuple["subprocess.Popen[bytes]", int]) -> None:
    web, port = own
    children = psutil.Process(web.pid).children(recursive=True)
    assert children
    web.kill()
    for child in children:
        wait_until(lambda child=child: has_ended(child.pid), "the web process is gone")
    assert send_request(port, HEALTH) == b""


def test_a_killed_web_process_is_replaced(own: tuple["subprocess.Popen[bytes]", int]) -> None:
    web, port = own
    psutil.Process(web.pid).children()[0].kill()
    wait_until(lambda: send_request(port, HEALTH).startswith(b"HTTP/1.1 200"), "it answers again")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_web_server(own: tuple["subprocess.Popen[bytes]", int], number: signal.Signals) -> None:
    web, _ = own
    web.send_signal(number)
    assert web.wait(60) == 0
