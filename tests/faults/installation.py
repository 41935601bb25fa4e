"""A whole installation under `replygate up`, with a webhook receiver and a mail server outside of it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from comments.settings import PREFIX, Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from replygate import embedded_valkey
from tests.faults.visitors import Seen
from tests.support.builders import SECRET
from tests.support.mail_server import MailServer
from tests.support.ports import free_port
from tests.support.receiver import Receiver
from tests.support.running_service import TAKES_HANGUPS
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[2]
SENDER = "replies@blog.example"
PARTS = ("judge", "background", "delivery", "sweep", "web")


@dataclass(frozen=True)
class OutsideStore:
    """Servers for storage that the test runs. `direct_url` leads this test around a proxy."""

    url: str
    direct_url: str
    servers: Any
    queue_url: str = ""
    wait_replicas: int = 0

    def variables(self) -> dict[str, str]:
        queue = {"QUEUE_REDIS_URL": self.queue_url} if self.queue_url else {}
        return {"REDIS_URL": self.url, "WAIT_REPLICAS": str(self.wait_replicas), **queue}


class Installation:
    """Runs as a context manager. `env` are further variables of all its processes, such as LD_PRELOAD.

    It runs `replygate up`, or with a `store` of its own all parts but Valkey.
    """

    def __init__(self, directory: Path, env: Mapping[str, str] = {}, store: OutsideStore | None = None) -> None:
        self.directory, self.port, self.store = directory, free_port(), store
        self.receiver, self.mail = Receiver(), MailServer()
        self.settings = Settings(
            secret_key=SECRET,
            redis_url=store.direct_url if store else embedded_valkey.url(directory),
            queue_redis_url=store.queue_url if store else "",
            socket_timeout=5.0,
        )
        self.environment = env
        #: The site that has traffic now, and what its visitors were answered.
        self.site, self.seen = "", Seen()
        #: Traffic of further sites, which the fault itself brought.
        self.further: list[Any] = []

    def __enter__(self) -> Self:
        self._around = contextlib.ExitStack()
        self._around.enter_context(self.receiver)
        self._around.enter_context(self.mail)
        self.start()
        self.storage: Storage = open_redis(self.settings)
        self._client = self._around.enter_context(connect(self.settings))
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._around.close()

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        chosen = {
            "SECRET_KEY": SECRET,
            "JUDGES": "2",
            "TRUSTED_PROXIES": "1",
            "WEBHOOK_HTTP_ALLOW": self.receiver.authority,
            "SMTP_URL": self.mail.url,
            "MAIL_FROM": SENDER,
            **(self.store.variables() if self.store else {}),
        }
        env = {**os.environ, **{PREFIX + name: value for name, value in chosen.items()}, **self.environment}
        up = ("replygate", "--data", str(self.directory), "up", "--port", str(self.port))
        parts = ("tests.faults.parts", str(self.port))
        words = [*TAKES_HANGUPS, sys.executable, "-m", *(parts if self.store else up)]
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(words, cwd=ROOT, env=env, start_new_session=True, **pipes)
        assert self.process.stdout is not None
        assert b"is up" in self.process.stdout.readline()

    def stop(self) -> list[str]:
        """Stop all parts in order. Return problems: processes that are left, and a wrong status."""
        pids = self.pids()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(90)
        finally:
            self.process.kill()
            self.process.communicate()
        left = [f"process {pid} was left behind" for pid in pids if not has_ended(pid)]
        return left + ([f"`replygate up` ended with {status}"] if status else [])

    def wait_for_end(self, pids: list[int]) -> None:
        """Wait until `up` has ended and all `pids`, which ran below it."""
        self.process.communicate()
        wait_until(lambda: all(map(has_ended, pids)), "all parts have ended")

    def pids(self) -> list[int]:
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def processes(self, part: str) -> list[psutil.Process]:
        """Return the processes of a part: "valkey", "web process", or one of PARTS."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if self._part(process) == part:
                    found.append(process)
        return found

    def _part(self, process: psutil.Process) -> str:
        words = " ".join(process.cmdline()).rstrip()  # the title of a forked process may be padded
        if "valkey-server" in words:
            return "valkey"
        name = next((part for part in PARTS if words.endswith(part) or words.endswith(f"{part}_server")), "")
        return "web process" if name == "web" and process.ppid() != self.process.pid else name

    def process_of(self, part: str) -> psutil.Process:
        """Wait for the part, and return its first process."""
        wait_until(lambda: bool(self.processes(part)), f"{part} runs")
        return self.processes(part)[0]

    def kill(self, part: str) -> None:
        self.process_of(part).kill()

    def valkey(self) -> Any:
        """Return the client of this test. It connects again after a restart."""
        return self._client


def pause(seconds: float) -> None:
    """Let the traffic run: a fault lasts a time, which no condition can replace."""
    time.sleep(seconds)
