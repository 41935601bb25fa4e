"""Visitors that submit comments over HTTP, and try again under the same key until they get a 202."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

TIMEOUT = 10.0  # seconds; a frozen server must not stop a visitor for good
AGAIN = 0.05  # seconds until the next try

#: Enough of them that comments do not look like copies of each other.
WORDS = (
    "garden", "winter", "kettle", "letters", "market", "bridge", "morning", "teacher", "violin", "harbour",
    "candle", "orchard", "pencil", "valley", "thunder", "blanket", "museum", "copper", "lantern", "meadow",
    "cousin", "ladder", "sparrow", "engine", "pillow", "village", "coffee", "mirror", "basket", "river",
    "station", "pepper", "window", "forest", "button", "shadow", "island", "bakery", "planet", "saddle",
    "ribbon", "anchor", "thread", "castle",
)  # fmt: skip


@dataclass
class Seen:
    """What visitors were told. `ids` maps each key to every id that a 202 gave for it."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)  # statuses and errors
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, id: str) -> None:
        with self.lock:
            self.ids.setdefault(key, set()).add(id)


class Visitor:
    """Submits its share of the comments, at a steady pace, on one kept-alive connection."""

    def __init__(self, port: int, site: str, key: str, seen: Seen) -> None:
        self._port, self._site, self._key, self._seen = port, site, key, seen
        self._connection: http.client.HTTPConnection | None = None

    def submit_all(self, numbers: range, pause: float) -> None:
        for n in numbers:
            self.submit(n)
            if n % 20 == 0:
                self.submit(n)  # a client that did not hear its answer says it again
            time.sleep(pause)
        self._hang_up()

    def submit(self, n: int) -> str:
        """The id that the 202 gives, however often it takes."""
        key = f"key-{n:08d}"
        while True:
            status, answer = self._post(key, n)
            self._seen.told[status] += 1
            if status == "202":
                self._seen.note(key, answer["id"])
                return str(answer["id"])
            if status.isdigit() and not status.startswith("5"):
                raise AssertionError(f"submission {n} was answered with {status}: {answer}")
            time.sleep(AGAIN)

    def _post(self, key: str, n: int) -> tuple[str, dict[str, str]]:
        body = json.dumps(
            {
                "thread": f"thread-{n % 50}",
                "author": f"Visitor {n}",
                "email": f"visitor-{n}@example.org",
                "content": " ".join(random.Random(n).choices(WORDS, k=25)),
                "ip": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",  # a visitor each, so that few are held for haste
            }
        )
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Authorization": f"Bearer {self._key}",
        }
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            self._connection.request("POST", f"/v1/sites/{self._site}/comments", body, headers)
            answer = self._connection.getresponse()
            return str(answer.status), json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._hang_up()
            return type(error).__name__, {}

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
