"""Make `tests/data/imports/isso.db` with the genuine Isso, through its HTTP API.

Run it as `python -m tools.make_isso_database isso/bin/isso tests/data/imports/isso.db`; `tools/isso_server.py` says how
to install Isso. Times, the signing key and the votes' filters differ each time; everything else is the same.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from .isso_server import running_isso


@dataclass(frozen=True, slots=True)
class Row:
    """A comment to send. `parent` is the number of an earlier comment; Isso counts from 1."""

    thread: str
    text: str
    author: str | None = None
    email: str | None = None
    website: str | None = None
    parent: int | None = None
    address: str = "192.0.2.7"
    notify: bool = False


TITLES = {
    "/2024/hello-world/": "Hello, world!",
    "/2024/größe-und-日本/": "Größe & 日本 <em>titles</em>",
    "/notes.html?page=2": "Notes, page 2",
    "post-42": "A thread with an id of its own",
    "/quiet/": "Only a comment that waits",
    "/gone/": "Everything here was deleted, except a reply",
}
HELLO, UNICODE, NOTES, OWN_ID, QUIET, GONE = TITLES

#: The numbers at the right are Isso's ids.
PUBLISHED = (
    Row(HELLO, "First! I **really** liked this.", "Ada", "ada@example.org", "https://ada.example/", notify=True),  # 1
    Row(HELLO, "Thanks, Ada.", "Bob & <b>Co</b>", "o'hara+blog@example.org", "bob.example/a?b=1&c='2'", parent=1),  # 2
    Row(HELLO, "An anonymous answer, one level down.", parent=2, address="2001:db8:1:2::3"),  # 3: below 1
    Row(HELLO, "Hi, now some Markdown: *italic*, `code`\n\n* one\n* two\n\n> a quote", "Chris", address="198.51.100.4"),
    Row(HELLO, "<script>alert(1)</script> & <img src=x onerror=alert(2)> [x](javascript:alert(3))", "Mallory"),  # 5
    Row(HELLO, "I will regret this.", "Dora", "dora@example.net", "http://dora.example"),  # 6: deleted, has replies
    Row(HELLO, "Why?", "Eve", "eve@example.com", parent=6),  # 7
    Row(HELLO, "No idea.", "Ada", "ada@example.org", "https://ada.example/", parent=6),  # 8
    Row(HELLO, "Deleted without a trace.", "Dora", "dora@example.net"),  # 9: deleted, no replies
    Row(
        UNICODE,
        "Grüße aus Köln 🎉 日本語 عربي עברית \u202eabc\u202c e\u0301 👩‍👩‍👧‍👦",
        "Žofie 🦊",
        "zofie@příklad.example",
    ),  # 10
    Row(UNICODE, "Zeile eins\nZeile zwei\r\nZeile drei\n\n\n    eingerückt", "Jürgen", "juergen@example.de", parent=10),
    Row(UNICODE, "I edited this one. ", "Frank", "frank@example.org"),  # 12: edited
    Row(NOTES, "Query strings name threads, too.", "Gil", "gil@example.org", "https://gil.example/?a=1&b=2"),  # 13
    Row(NOTES, "x" * 5000 + "\n\nlong", "Longwinded", address="203.0.113.9"),  # 14
    Row(OWN_ID, "A thread may have any id.", "Hana"),  # 15
    Row(OWN_ID, "1. one\n2. two\n\n```\ncode\n```", None, "only-email@example.org"),  # 16
    Row(GONE, "Only my reply stays.", "Ivy", "ivy@example.org"),  # 17: deleted, has a reply
    Row(GONE, "It does.", "Jo", parent=17),  # 18
)
#: Sent while moderation is on: they wait for a moderator.
PENDING = (
    Row(HELLO, "Buy cheap pills at http://pills.example !!!", "Pills", "spam@pills.example", address="203.0.113.7"),
    Row(HELLO, "I wait for a moderator, below a published comment.", "Kim", "kim@example.org", parent=4),  # 20
    Row(QUIET, "Nobody has read this yet.", "Lou", "lou@example.org"),  # 21
)  # fmt: skip
#: Comment, whether the vote is for it, address of the voter.
VOTES = (
    (1, True, "198.51.100.20"),
    (1, True, "198.51.101.20"),
    (1, False, "198.51.102.20"),
    (2, True, "198.51.100.20"),
    (5, False, "198.51.100.20"),
    (5, False, "198.51.101.20"),
)
EDITED, DELETED = {12: "I edited this one. *Better now.*"}, (6, 9, 17)


def main(isso: Path, database: Path) -> None:
    database.unlink(missing_ok=True)
    with running_isso(isso, database) as client:
        cookies = {}
        for row in PUBLISHED:
            answer = send(client, row)
            cookies |= {answer.json()["id"]: answer.headers["Set-Cookie"].split(";")[0]}
            client.cookies.clear()
        for number, text in EDITED.items():
            client.put(f"/id/{number}", json={"text": text}, headers={"Cookie": cookies[number]}).raise_for_status()
        for number in DELETED:
            headers = {"Cookie": cookies[number], "Content-Type": "application/json"}
            client.delete(f"/id/{number}", headers=headers).raise_for_status()
        for number, liked, address in VOTES:
            path = f"/id/{number}/{'like' if liked else 'dislike'}"
            client.post(path, headers={"X-Forwarded-For": address}).raise_for_status()
    with running_isso(isso, database, moderated=True) as client:
        for row in PENDING:
            send(client, row)


def send(client: httpx.Client, row: Row) -> httpx.Response:
    fields = {
        "text": row.text,
        "author": row.author,
        "email": row.email,
        "website": row.website,
        "parent": row.parent,
        "title": TITLES[row.thread],
        "notification": int(row.notify),
    }
    answer = client.post("/new", params={"uri": row.thread}, json=fields, headers={"X-Forwarded-For": row.address})
    return answer.raise_for_status()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
