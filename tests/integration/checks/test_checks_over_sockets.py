"""Checks over sockets: many callers at once, judges that are killed, and answers after both.

The tests share a web server. They come in this order, because the first two need a server without a judge, and the last
one stops it.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from comments.pseudonyms import token_digest
from comments.settings import PREFIX
from comments.site import SiteKey
from comments.storage.redis import open_redis
from tests.support.builders import SECRET, a_site, settings
from tests.support.ports import free_port
from tests.support.wait import wait_until

ROOT = Path(__file__).parents[3]
KEY = "rgk_k1_" + "s" * 40
CALLERS = 200


def request(method: str, path: str, body: object = None, **headers: str) -> bytes:
    sent = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", f"Authorization: Bearer {KEY}"]
    lines += [f"Content-Length: {len(sent)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + sent


async def answer(port: int, sent: bytes) -> tuple[int, dict[str, str], str]:
    """Send a request and return status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body.decode()


def check(n: int, wait: int, site: str = "blog") -> bytes:
    body = {"content": f"Comment {n} about the tide at pier {n}.", "author": f"A{n}"}
    return request("POST", f"/v1/sites/{site}/checks", body, Prefer=f"wait={wait}")


@pytest.fixture(scope="module")
def parts(valkey_of_module: str) -> Iterator["Parts"]:
    with ExitStack() as stack:
        yield Parts(stack, valkey_of_module)


class Parts:
    """A web server with one process of two threads, and judges."""

    def __init__(self, stack: ExitStack, redis_url: str) -> None:
        self._stack, self.storage = stack, open_redis(settings(redis_url=redis_url))
        for site in ("blog", "quiet", "last"):
            self.storage.sites.put(a_site(id=site, keys=(SiteKey("k1", token_digest(KEY)),)))
        self._judges: list[subprocess.Popen[bytes]] = []
        self.port = free_port()
        chosen = {"SECRET_KEY": SECRET, "REDIS_URL": redis_url, "PORT": str(self.port)}
        chosen |= {"WEB_PROCESSES": "1", "WEB_THREADS": "2"}
        self._env = {**os.environ, **{PREFIX + name: value for name, value in chosen.items()}}
        self.web = self._start("web")
        wait_until(self._answers, "the web server answers")

    def judge(self) -> None:
        """Start a judge, unless one works."""
        if not self._judges:
            self._judges.append(self._start("work", "judge"))
            wait_until(lambda: bool(self.storage.heartbeats.alive("judge")), "the judge works")

    def kill_judges(self) -> None:
        while self._judges:
            judge = self._judges.pop()
            judge.kill()
            judge.wait()

    def sweep(self) -> None:
        self._start("sweep")

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "replygate", *words]
        process = subprocess.Popen(command, cwd=ROOT, env=self._env, stderr=subprocess.DEVNULL)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def _answers(self) -> bool:
        try:
            return asyncio.run(answer(self.port, request("GET", "/healthz")))[0] == 200
        except OSError:
            return False


def test_waiting_requests_hold_no_thread(parts: Parts) -> None:
    """With two threads and no judge, thirty requests wait, and another one is answered at once."""

    async def ask() -> tuple[list[int], float]:
        waiting = [asyncio.create_task(answer(parts.port, check(n, wait=4, site="quiet"))) for n in range(30)]
        while parts.storage.checks.waiting("quiet") < 30:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        assert (await answer(parts.port, request("GET", "/v1/sites/blog/checks/chk_x")))[0] == 404
        seconds = time.monotonic() - begun
        return [status for status, _, _ in await asyncio.gather(*waiting)], seconds

    statuses, seconds = asyncio.run(ask())
    assert statuses == [202] * 30
    assert seconds < 20, "if each held a thread, it would wait for fourteen times four seconds"


def test_checks_that_a_killed_judge_had_claimed_are_all_answered(parts: Parts) -> None:
    ids = []
    for n in range(100):
        status, _, body = asyncio.run(answer(parts.port, check(n, wait=0)))
        assert status == 202
        ids.append(json.loads(body)["id"])
    claims = parts.storage.queue.claim("blog", "killed", 100, 1.0)  # as a judge does, which then dies
    assert len(claims) == 100
    parts.judge()
    parts.kill_judges()
    parts.sweep()
    parts.judge()
    wait_until(lambda: parts.storage.checks.waiting("blog") == 0, "every check is answered")
    assert all(found and found.results for found in parts.storage.checks.answers("blog", ids))


def test_two_hundred_callers_at_once_get_verdicts_or_an_honest_503(parts: Parts) -> None:
    parts.judge()

    async def all_at_once() -> list[tuple[int, dict[str, str], str]]:
        return await asyncio.gather(*(answer(parts.port, check(n, wait=10)) for n in range(CALLERS)))

    answers = asyncio.run(all_at_once())
    statuses = Counter(status for status, _, _ in answers)
    assert set(statuses) <= {200, 503}, statuses
    assert statuses[200] >= 60, "as many as the two threads and their queue take at once"
    assert all("retry-after" in headers for status, headers, _ in answers if status == 503)
    assert all(json.loads(body)["verdict"] for status, _, body in answers if status == 200)


def test_the_example_of_the_docs_gets_a_verdict(parts: Parts) -> None:
    parts.judge()
    (example,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "checks.md").read_text(), re.DOTALL)
    command = example.replace("https://comments.example", f"http://127.0.0.1:{parts.port}")
    shown = subprocess.run(["bash", "-c", command], env={**os.environ, "KEY": KEY}, capture_output=True, check=True)
    address = f"/v1/sites/blog/checks/{json.loads(shown.stdout)['id']}"

    def verdict() -> str:
        return str(json.loads(asyncio.run(answer(parts.port, request("GET", address)))[2])["verdict"])

    wait_until(lambda: verdict() == "unsure", "the verdict is there, also on a busy machine")


def test_a_waiting_request_is_answered_when_the_server_stops(parts: Parts) -> None:
    parts.kill_judges()

    async def ask() -> int:
        waiting = asyncio.create_task(answer(parts.port, check(1, wait=10, site="last")))
        while not parts.storage.checks.waiting("last"):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        parts.web.terminate()
        return (await waiting)[0]

    begun = time.monotonic()
    assert asyncio.run(ask()) == 202
    assert time.monotonic() - begun < 8
