"""Run parts of the service as real processes on a free port."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from comments.settings import PREFIX
from tests.support.builders import SECRET
from tests.support.ports import free_port
from tests.support.wait import wait_until

ROOT = Path(__file__).parents[2]

#: Runs a command that hears SIGHUP, also if the tests run under `nohup`.
TAKES_HANGUPS = ("env", "--default-signal=HUP")
#: Runs a command again whenever it ends, as a supervisor does, until SIGTERM.
AGAIN = 'trap "kill \\$pid; wait \\$pid; exit" TERM; while :; do "$0" "$@" & pid=$!; wait $pid; done'


@contextmanager
def running_service(
    redis_url: str, *parts: tuple[str, ...], again: bool = False, log: int = subprocess.DEVNULL, **settings: str
) -> Iterator[str]:
    """Start the web part with one process, and give its address.

    `parts` are further `replygate` commands. With `again` they are started again when they end. `log` is a file
    descriptor for the log.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    values = {"SECRET_KEY": SECRET, "REDIS_URL": redis_url, "PORT": str(port), "PUBLIC_URL": url, "WEB_PROCESSES": "1"}
    env = {**os.environ, **{PREFIX + name: value for name, value in (values | settings).items()}}
    with ExitStack() as stack:
        for part in (("web",), *parts):
            loop = ("sh", "-c", AGAIN) if again and part != ("web",) else ()
            words = [*loop, sys.executable, "-m", "replygate", *part]
            process = subprocess.Popen(words, cwd=ROOT, env=env, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        wait_until(lambda: is_healthy(url), "the service responds")
        yield url


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
