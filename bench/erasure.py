"""The longest command of an erasure, on a site with many comments of other people.

    python -m bench.erasure --comments 100000

Prints the time of the preview of a page, of the export of a person with everything from the same browsers, and of the
erasure, each with the command that held Valkey longest.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click

from comments.audit import AuditAction, AuditEntry
from comments.data_subjects import Subject
from comments.erasure_requests import quick_preview, request_erasure
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import Pseudonyms
from comments.queue_ranking import index_outdated
from comments.settings import Settings
from comments.site import Site
from comments.storage.checks import CheckAdmission, CheckRequest, new_check_id
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.redis import connect, open_redis
from comments.subject_export import export_subject
from replygate.embedded_valkey import start
from workers.delivery.deps import DeliveryDeps
from workers.subject_erasure import erase_some

SECRET = "a secret for measurements only, long enough"
EMAIL = "zebulon@quagga.example"
NOW = datetime.now(UTC)
WORDS = ["bread", "garden", "window", "letter", "river", "music", "paper", "winter", "stone", "light", "harbor"]
#: One comment of so many is the person's, has a note, belongs to a bulk action, or is checked too.
PERSONS, NOTED, BULKED, CHECKED = 1_000, 50, 500, 10


def comments(n: int, names: Pseudonyms) -> Iterator[Comment]:
    rng = random.Random(1)
    for number in range(n):
        email = EMAIL if number % PERSONS == 7 else f"reader{number % 5_000}@mail.example"
        at = NOW - timedelta(seconds=n - number)
        step = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", at)
        text = " ".join(rng.choices(WORDS, k=30)) + f" number {number}"
        yield Comment(
            id=f"c{number:025d}", site="blog", thread=f"https://blog.example/{number // 50}", received=at,
            content=text, author=email.partition("@")[0], email=email, identity=names.author(email),
            browser=f"browser-of-{email}", status=Status.APPROVED, version=1, decisions=(step,),
        )  # fmt: skip


def fill(storage: Storage, n: int, names: Pseudonyms) -> None:
    site = Site("blog", "Blog", NOW, origins=("https://blog.example",))
    storage.sites.put(site)
    rows, number, unlimited = comments(n, names), 0, CheckAdmission(seconds=86_400, max_waiting=n)
    while some := list(islice(rows, 100)):
        storage.comments.add_decided("blog", some)
        for comment in some:
            number += 1
            if number % NOTED == 0:
                storage.notes.add("blog", comment.id, Note("mo", NOW, f"look at {comment.author}"))
            if number % BULKED == 0:
                bulk = BulkAction(f"b{number}", Action.SPAM, "mo", NOW, f"by {comment.author}")
                storage.bulks.create("blog", bulk, [(comment.id, 1)])
            if number % CHECKED == 0:
                storage.checks.ask("blog", new_check_id(), CheckRequest(site, "mo", NOW, (comment,)), unlimited)
            if number % CHECKED == 1:
                storage.audit.append(AuditEntry("mo", AuditAction.VIEW_SHARE, comment.author, site="blog"))
    while index_outdated(storage, "blog", {}):
        pass


def measured(client: Any, what: str, work: Callable[[], object]) -> None:
    client.config_set("slowlog-log-slower-than", 1_000)
    client.slowlog_reset()
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    # The fork for a new append-only file takes as long as the memory is large; Valkey does that by itself too.
    commands = [row for row in client.slowlog_get(1_000) if row["command"] != b"BGREWRITEAOF"]
    slow = max(commands, key=lambda row: row["duration"], default=None)
    longest = f"{slow['duration'] / 1000:.1f} ms, {slow['command'][:60]!r}" if slow else "less than 1 ms"
    click.echo(f"{what}: {seconds:.2f} s; longest command {longest}")


@click.command()
@click.option("--comments", "n", default=100_000, show_default=True, help="Comments of everybody.")
def main(n: int) -> None:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory) / "data", fsync="no")
        settings, names = Settings(redis_url=server.url, secret_key=SECRET), Pseudonyms(SECRET)
        try:
            storage, client = open_redis(settings), connect(settings)
            fill(storage, n, names)
            site, person = storage.sites.get("blog"), Subject(identities=(names.author(EMAIL),))
            linked = replace(person, linked=True)
            measured(client, "preview of a page", lambda: quick_preview(storage, site, person, EMAIL))
            measured(client, "preview, same browsers", lambda: quick_preview(storage, site, linked, EMAIL))
            measured(client, "export", lambda: export_subject(storage, site, person, NOW))
            measured(client, "export, same browsers", lambda: export_subject(storage, site, linked, NOW))
            measured(client, "erasure", lambda: _erase(settings, storage, site, person))
        finally:
            server.stop()


def _erase(settings: Settings, storage: Storage, site: Site, person: Subject) -> None:
    d = DeliveryDeps(settings, storage, lambda: datetime.now(UTC))
    wanted = request_erasure(storage, site, person, "ow", NOW, email=EMAIL)
    while not storage.subjects.get("blog", wanted.id).is_done:
        if not erase_some(d, site):
            time.sleep(0.05)
    click.echo(f"erased: {dict(storage.subjects.get('blog', wanted.id).counts)}")


if __name__ == "__main__":
    main()
