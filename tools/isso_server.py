"""Run the genuine Isso for as long as a `with` block lasts, to make test data with it.

Isso is not a dependency. Install it into an environment of its own: `python -m venv isso && isso/bin/pip install isso`.
"""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

#: Isso asks the site for the title of a thread unless the client sends one; nothing answers at this address.
SITE = "http://blog.example"
CONFIGURATION = """
[general]
dbpath = {database}
host = {site}
latest-enabled = true
reply-notifications = true
[moderation]
enabled = {moderated}
[server]
listen = http://127.0.0.1:{port}
trusted-proxies = 127.0.0.1
[guard]
enabled = false
[rss]
base = {site}
[hash]
algorithm = pbkdf2
"""
START_SECONDS = 30


@contextmanager
def running_isso(isso: Path, database: Path, moderated: bool = False) -> Iterator[httpx.Client]:
    """Start the program `isso` with the database and yield a client of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        configuration = Path(directory, "isso.cfg")
        configuration.write_text(
            CONFIGURATION.format(database=database, site=SITE, moderated=str(moderated).lower(), port=port)
        )
        process = subprocess.Popen([isso, "-c", configuration, "run"], stderr=subprocess.DEVNULL)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Origin": SITE}) as client:
                _wait_until_ready(client)
                yield client
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(client: httpx.Client) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            client.get("/config").raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
