"""The receiver of docs/webhooks.md accepts genuine events only, and the page agrees with the code."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comments.pseudonyms import Pseudonyms
from comments.site import WEBHOOK_EVENTS, Webhook
from comments.storage.interfaces import Storage
from replygate.commands.webhook_commands import webhook as commands
from service.ops.health import PARTS
from tests.support.builders import NOW, SECRET, a_site, published, settings
from tests.support.deliveries import finish
from tests.support.ports import free_port
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.delivery.address_guard import trusted_hosts
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.retry_policy import BACKOFF
from workers.delivery.webhook_payload import signed_headers
from workers.deps import Deps, now, set_deps
from workers.jobs import deliver
from workers.judging.policy import build_policy

DOCS = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
KEY = Pseudonyms(SECRET).webhook_secret("blog", "hook", "k1")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def receiver(tmp_path: Path, port: int) -> Iterator[Path]:
    """Run the receiver of the docs, and give the file with its output."""
    (program,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    (tmp_path / "receiver.py").write_text(program)
    with (tmp_path / "output").open("wb") as output:
        env = {**os.environ, "SECRET": KEY, "PORT": str(port)}
        words = [sys.executable, str(tmp_path / "receiver.py")]
        with subprocess.Popen(words, env=env, stdout=output, stderr=subprocess.DEVNULL) as process:
            wait_until(lambda: _is_listening(port))
            yield tmp_path / "output"
            process.kill()


def _is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def post(port: int, signed: dict[str, str], body: bytes) -> int:
    return GuardedHTTP(trusted_hosts(f"127.0.0.1:{port}")).post(f"http://127.0.0.1:{port}/", signed, body)


def test_the_receiver_prints_each_event_once(storage: Storage, receiver: Path, port: int) -> None:
    hook = Webhook("hook", f"http://127.0.0.1:{port}/", NOW, ("k2", "k1"))
    storage.sites.put(a_site(webhooks=(hook,)))
    http = GuardedHTTP(trusted_hosts(f"127.0.0.1:{port}"))
    set_deps(Deps(settings(), storage, now, RecordedJobs(), (), build_policy((), {}), http=http))
    comment = published(storage)
    for _ in range(2):
        deliver("blog", "")
        wait_until(lambda: storage.deliveries.figures("blog").pending == 0)
        (delivery,) = storage.deliveries.recent("blog", 10)
        finish(storage, delivery, replace(delivery, state=delivery.state.PENDING, due=now()))
    assert receiver.read_text() == f"published {comment.id}:1 published\n"


def test_the_receiver_refuses_forged_events(receiver: Path, port: int) -> None:
    body = b'{"id": "x:1", "type": "decision"}'
    genuine = dict(signed_headers([KEY], now(), body))
    signature = genuine["Replygate-Signature"]
    forged = [
        dict(signed_headers(["another secret"], now(), body)),
        dict(signed_headers([KEY], NOW.replace(year=2020), body)),
        {"Replygate-Signature": signature.replace("t=", "t=1")},
        {"Replygate-Signature": signature + ",t=1"},
        {"Replygate-Signature": signature.partition(",")[0]},
        {"Replygate-Signature": ""},
        {},
    ]
    assert [post(port, signed, body) for signed in forged] == [403] * len(forged)
    assert post(port, genuine, body + b" ") == 403
    assert receiver.read_text() == ""
    assert post(port, genuine, body) == 204


def test_the_page_names_all_commands_and_events() -> None:
    used = set(re.findall(r"replygate webhook (\w+)", DOCS)) | set(re.findall(r"`(\w+)`", DOCS))
    assert set(commands.commands) <= used
    assert set(WEBHOOK_EVENTS) <= used
    assert "replygate work delivery" in DOCS
    assert "delivery" in PARTS


def test_the_page_states_the_retry_intervals() -> None:
    assert "5 s, 30 s, 2 min, 10 min, 1 h and then hourly" in " ".join(DOCS.split())
    assert BACKOFF == (5, 30, 120, 600, 3600)
