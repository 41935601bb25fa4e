"""Make `tests/data/imports/remark42.real.json.gz` with the genuine Remark42, through its HTTP API.

Run it as `python -m tools.make_remark42_backup remark42 tests/data/imports/remark42.real.json.gz`. Its source
builds with `go build -mod=vendor -o remark42 ./app` in the folder `backend`. Ids, times and hashes differ each time;
everything else is the same.
"""

import gzip
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

SITE, PASSWORD = "blog", "an admin's password"
ORIGIN = "https://blog.example"
HELLO, UNICODE, CLOSED = f"{ORIGIN}/hello/", f"{ORIGIN}/gr%C3%B6%C3%9Fe/", f"{ORIGIN}/closed?page=2"
TITLES = {HELLO: "Hello & <i>world</i>", UNICODE: "Größe & 日本", CLOSED: "A page that is closed"}
STAFF = "admin"


@dataclass(frozen=True, slots=True)
class Row:
    """A comment to send. `parent` is the number of an earlier row, from 0."""

    page: str
    author: str
    text: str
    parent: int | None = None
    change: str = ""  # "edit", "delete" by a moderator, "pin"


ROWS = (
    Row(HELLO, "Ada Lovelace", "First! I **really** liked this.\n\nhttps://a.example/?a=1&b=2"),
    Row(HELLO, "Bob and Co", "Thanks, Ada.", parent=0),
    Row(HELLO, "Ada Lovelace", "An answer, two levels down.", parent=1),
    Row(HELLO, "Chris", "*italic* `code`\n\n* one\n* two\n\n> a quote\n\n```\nif a < b:\n    return\n```"),
    Row(HELLO, "Mallory", "<script>alert(1)</script> & <img src=x onerror=alert(2)> <b>b</b>"),
    Row(HELLO, "Dora", "I will regret this.", change="delete"),
    Row(HELLO, "Chris", "Why?", parent=5),
    Row(HELLO, STAFF, "Thank you all.", parent=0, change="pin"),
    Row(UNICODE, "Žofie", "Grüße aus Köln 🎉 日本語 עברית e\u0301"),
    Row(UNICODE, "Jürgen", "Zeile eins\nZeile zwei\n\nAbsatz", parent=8, change="edit"),
    Row(CLOSED, "Dora", "The last word: " + "x" * 900),
)


@contextmanager
def running_remark42(program: str) -> Iterator[str]:
    """Start the server with an empty store, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = [f"--url={url}", f"--port={port}", "--address=127.0.0.1", f"--site={SITE}", f"--admin-passwd={PASSWORD}"]
    folders = ["--store.bolt.path=db", "--backup=backup", "--avatar.fs.path=avatars", "--image.fs.path=images"]
    words = [
        str(Path(program).absolute()),
        "server",
        *options,
        *folders,
        "--secret=0123456789abcdef",
        "--auth.anon",
        "--update-limit=100",
    ]
    with tempfile.TemporaryDirectory() as directory:
        process = subprocess.Popen(words, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not _answers(url):
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ping").status_code == 200
    except httpx.TransportError:
        return False


def signed_in(url: str, name: str) -> httpx.Client:
    """Return a client of a person who only gave a name, or of the administrator."""
    params = {"site": SITE}
    if name == STAFF:
        return httpx.Client(base_url=url, params=params, auth=(STAFF, PASSWORD))
    client = httpx.Client(base_url=url, params=params)
    time.sleep(1)  # the server takes two sign-ins in a second
    answer = client.get("/auth/anonymous/login", params={"user": name, "aud": SITE, "from": url})
    answer.raise_for_status()
    client.headers["X-XSRF-TOKEN"] = client.cookies["XSRF-TOKEN"]
    return client


def fill(url: str) -> None:
    """Send all rows, then change some of them."""
    clients, ids = {name: signed_in(url, name) for name in dict.fromkeys(row.author for row in ROWS)}, list[str]()
    admin = clients[STAFF]
    for row in ROWS:
        client = clients[row.author]
        body = {
            "text": row.text,
            "title": TITLES[row.page],
            "locator": {"site": SITE, "url": row.page},
            "pid": "" if row.parent is None else ids[row.parent],
        }
        answer = client.post("/api/v1/comment", json=body)
        answer.raise_for_status()
        ids.append(answer.json()["id"])
        if row.change == "edit":
            edited = {"text": f"{row.text} (edited)", "summary": "a word more"}
            client.put(f"/api/v1/comment/{ids[-1]}", params={"url": row.page}, json=edited).raise_for_status()
    for id, row in zip(ids, ROWS, strict=True):
        if row.change == "delete":
            admin.delete(f"/api/v1/admin/comment/{id}", params={"url": row.page}).raise_for_status()
        if row.change == "pin":
            admin.put(f"/api/v1/admin/pin/{id}", params={"url": row.page, "pin": 1}).raise_for_status()
    admin.put("/api/v1/admin/readonly", params={"url": CLOSED, "ro": 1}).raise_for_status()


def main(program: str, path: str) -> None:
    with running_remark42(program) as url:
        fill(url)
        backup = signed_in(url, STAFF).get("/api/v1/admin/export", params={"mode": "stream"})
        backup.raise_for_status()
    Path(path).write_bytes(gzip.compress(backup.content, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
