"""Visitors, readers and moderators of some sites of a cluster, who note every answer."""

import itertools
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from comments.errors import StorageDown
from comments.lifecycle import Action, Status
from comments.storage.interfaces import Storage
from tests.support.builders import moderated
from tests.support.wait import wait_until

SITES = ("blog", "news", "shop")


@dataclass
class Crowd:
    """Visitors and readers of some sites, and a moderator who removes every fifth comment that is published."""

    url: str
    store: Storage
    accepted: dict[str, list[str]] = field(default_factory=lambda: {site: [] for site in SITES})
    removed: list[tuple[str, str]] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        runs = [(run, site) for site in SITES for run in (self._submit, self._read, self._moderate)]
        self._threads = [threading.Thread(target=run, args=(site,)) for run, site in runs]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, n: int) -> None:
        """Wait until `n` more comments of each site are accepted."""
        before = {site: len(ids) for site, ids in self.accepted.items()}
        wait_until(
            lambda: all(len(ids) >= before[site] + n for site, ids in self.accepted.items()), "comments are accepted"
        )

    def _ask(self, path: str, body: object = None, key: str = "") -> dict[str, object] | None:
        """Return the answer; None for a refusal."""
        request = urllib.request.Request(f"{self.url}/v1/sites/{path}", json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.statuses.add(answer.status)
                found: dict[str, object] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            self.statuses.add(error.code)
            if error.code != 503:
                self.failures.append(f"{path}: {error.code} {error.read()!r}")
            return None

    def _submit(self, site: str) -> None:
        for n in itertools.count():
            body = {"thread": f"post-{n % 3}", "author": "Ada", "email": "ada@example.org", "content": f"Text {n}."}
            while not self._stop.is_set():
                if answer := self._ask(f"{site}/comments", body, f"{site}-{n}"):
                    self.accepted[site].append(str(answer["id"]))
                    break
                self._stop.wait(0.05)
            if self._stop.wait(0.02):
                return

    def _read(self, site: str) -> None:
        for n in itertools.count():
            self._ask(f"{site}/comments?thread=post-{n % 3}")
            if self._stop.wait(0.05):
                return

    def _moderate(self, site: str) -> None:
        for n in itertools.count(0, 5):
            while not self._stop.wait(0.05):
                try:
                    if len(self.accepted[site]) <= n:
                        continue
                    comment = self.store.comments.get(site, self.accepted[site][n])
                    if comment.status is Status.APPROVED:
                        moderated(self.store, comment, Action.REMOVE)
                    if comment.status is not Status.QUEUED:
                        self.removed.append((site, comment.id))
                        break
                except StorageDown:
                    continue
            if self._stop.is_set():
                return
