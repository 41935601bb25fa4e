"""Live updates of a thread, by polling and by event stream."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from comments.lifecycle import Action
from comments.settings import PREFIX
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site, accepted, decided, moderated, published, removed_with_replies
from tests.support.ports import free_port
from tests.support.public_app import PublicApp, open_public_app
from tests.support.wait import wait_until

ROOT = Path(__file__).parents[3]
FOLLOW = "/v1/sites/blog/threads/first-post/events"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


def test_changes_since_the_version_are_sent_at_once(web: PublicApp) -> None:
    root = published(web.storage)
    version = web.client.get("/v1/sites/blog/comments?thread=first-post").json["version"]
    new = published(web.storage)
    moderated(web.storage, root, Action.REMOVE)
    answer = web.client.get(f"{FOLLOW}?after={version}", headers={"Origin": "https://blog.example"})
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://blog.example"
    now = web.storage.threads.version("blog", "first-post")
    assert answer.text == (
        f'retry: 15000\nevent: published\ndata: {{"ids": ["{new.id}"]}}\n\n'
        f'event: removed\ndata: {{"ids": ["{root.id}"]}}\n\nid: {now}\n\n'
    )
    assert web.client.get("/v1/sites/blog/events", query_string={"thread": "first-post", "after": version}).data == (
        answer.data
    )


def test_the_last_event_id_overrides_the_query(web: PublicApp) -> None:
    published(web.storage)
    now = web.storage.threads.version("blog", "first-post")
    answer = web.client.get(f"{FOLLOW}?after=0", headers={"Last-Event-ID": str(now)})
    assert answer.text == f"retry: 15000\nid: {now}\n\n"
    for unknown in ("x", "9" * 15, "٣"):
        answer = web.client.get(FOLLOW, headers={"Last-Event-ID": unknown})
        assert "event: reset" in answer.text
        assert f"id: {now}" in answer.text


def test_a_reader_of_the_old_address_follows_the_thread_after_a_move(web: PublicApp) -> None:
    published(web.storage)
    before = web.storage.threads.version("blog", "first-post")
    web.storage.thread_moves.move("blog", "first-post", "second-post")
    moved = web.client.get(FOLLOW, headers={"Last-Event-ID": str(before)})
    assert "event: reset" in moved.text
    version = web.storage.threads.version("blog", "second-post")
    assert f"id: {version}" in moved.text
    new = published(web.storage, thread="first-post")
    assert web.storage.comments.get("blog", new.id).thread == "second-post"
    answer = web.client.get(FOLLOW, headers={"Last-Event-ID": str(version)})
    assert f'event: published\ndata: {{"ids": ["{new.id}"]}}' in answer.text


def test_without_a_version_only_new_changes_are_sent(web: PublicApp) -> None:
    published(web.storage)
    assert "event" not in web.client.get(FOLLOW).text


def test_unpublished_comments_cause_no_events(web: PublicApp) -> None:
    accepted(web.storage)
    decided(web.storage, accepted(web.storage), Action.HOLD)
    root = published(web.storage)
    child = published(web.storage, parent=root.id)
    removed_with_replies(web.storage, root)
    payload = web.client.get(f"{FOLLOW}?after=0").text
    assert child.id not in payload
    assert "published" not in payload


def test_bad_requests_are_refused(web: PublicApp) -> None:
    for address in (f"{FOLLOW}?after=-1", f"{FOLLOW}?after=x", f"{FOLLOW}?x=1", "/v1/sites/blog/events"):
        assert web.client.get(address).status_code == 422
    assert web.client.get("/v1/sites/nobody/threads/a/events").status_code == 404


class Listener:
    """A browser's end of a stream."""

    def __init__(self, port: int, query: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self._socket.sendall(f"GET {FOLLOW}{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.received = b""

    def wait_for(self, pattern: str) -> "re.Match[bytes]":
        """Wait for the first match in the received text."""
        while not (found := re.search(pattern.encode(), self.received, re.DOTALL)):
            piece = self._socket.recv(65536)
            assert piece, self.received
            self.received += piece
        return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    """Listeners that are closed after the web part has stopped."""
    opened: list[Listener] = []
    yield opened
    for listener in opened:
        listener.close()


@dataclass(frozen=True)
class WebPart:
    port: int
    process: psutil.Process


@pytest.fixture
def web_part(redis_storage: Storage, valkey_url: str, listeners: list[Listener]) -> Iterator[WebPart]:
    """A web part with one process of one thread."""
    redis_storage.sites.put(a_site())
    chosen = free_port()
    values = {"SECRET_KEY": SECRET, "REDIS_URL": valkey_url, "PORT": str(chosen)}
    one = {"WEB_PROCESSES": "1", "WEB_THREADS": "1"}
    env = {**os.environ, **{PREFIX + name: value for name, value in (values | one).items()}}
    words = [sys.executable, "-m", "replygate", "web"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: is_served(chosen), "it answers")
        yield WebPart(chosen, psutil.Process(process.pid))
        process.terminate()
        assert process.wait(15) == 0, "open streams hold no restart up"


@pytest.fixture
def port(web_part: WebPart) -> int:
    return web_part.port


def is_served(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return client.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def test_streams_use_no_threads_and_send_changes(redis_storage: Storage, port: int, listeners: list[Listener]) -> None:
    listeners += [Listener(port) for _ in range(30)]
    for listener in listeners:
        listener.wait_for("retry: 2000\nid: 0\n\n")
    assert is_served(port), "with one thread, and thirty streams"
    first = published(redis_storage)
    for listener in listeners:
        received = listener.wait_for(f"event: published.*{first.id}.*\nid: (\\d+)\n\n")
    removed = moderated(redis_storage, first, Action.REMOVE)
    listeners.append(Listener(port, f"?after={received[1].decode()}"))
    for listener in listeners:
        listener.wait_for(f"event: removed.*{removed.id}")


def test_streams_of_disconnected_readers_end(web_part: WebPart, listeners: list[Listener]) -> None:
    serving = max(web_part.process.children(), key=lambda p: p.num_threads())
    quiet = serving.num_fds()
    listeners += [Listener(web_part.port) for _ in range(20)]
    for listener in listeners:
        listener.wait_for("retry: 2000")
    for listener in listeners:
        listener.close()
    wait_until(lambda: serving.num_fds() <= quiet + 2, "their connections are closed")
