"""Visitors that submit, edit and withdraw comments over HTTP, and repeat each request until it succeeds."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 10.0  # seconds, so that a frozen server does not block a visitor forever
RETRY_SECONDS = 0.05
#: Shares of the comments to edit and to withdraw. Some are edited and then withdrawn.
EDITED, WITHDRAWN = 0.05, 0.02
#: Maximum of edits per comment, and of submissions of the same visitor before the next step. So some steps come
#: before the comment is decided, and some after.
MAX_EDITS, MAX_PAUSE = 3, 10

#: Enough words that comments are not near-duplicates.
WORDS = (
    "garden", "winter", "kettle", "letters", "market", "bridge", "morning", "teacher", "violin", "harbour",
    "candle", "orchard", "pencil", "valley", "thunder", "blanket", "museum", "copper", "lantern", "meadow",
    "cousin", "ladder", "sparrow", "engine", "pillow", "village", "coffee", "mirror", "basket", "river",
    "station", "pepper", "window", "forest", "button", "shadow", "island", "bakery", "planet", "saddle",
    "ribbon", "anchor", "thread", "castle",
)  # fmt: skip
#: Two words on the site's word lists.
HOLDS, REJECTS = "kettledrum", "bagpipes"


@dataclass
class Seen:
    """Responses that the visitors got."""

    ids: dict[str, set[str]] = field(default_factory=dict)  # key -> ids in its 202 responses
    edits: dict[str, list[str]] = field(default_factory=dict)  # comment -> texts accepted with a 202, in order
    closed: set[str] = field(default_factory=set)  # comments that can no longer be changed
    withdrawn: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)  # statuses and errors
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, id: str) -> None:
        with self.lock:
            self.ids.setdefault(key, set()).add(id)


@dataclass
class Plan:
    """Steps of an author after the submission."""

    edits: int
    withdraws: bool
    wait: int  # submissions of the same visitor before the next step


def plan(seed: int, n: int) -> Plan:
    chance = random.Random(f"{seed}:{n}")
    edits = chance.randint(1, MAX_EDITS) if chance.random() < EDITED else 0
    return Plan(edits, chance.random() < WITHDRAWN, chance.randint(0, MAX_PAUSE))


def words(name: str) -> str:
    """Return a text for this name. Some texts are held, and fewer are spam."""
    chance = random.Random(name)
    (listed_word,) = chance.choices(("", HOLDS, REJECTS), (92, 6, 2))
    return " ".join([*chance.choices(WORDS, k=25), listed_word]).strip()


class Visitor:
    """Submits its share of the comments at a steady pace, on one keep-alive connection."""

    def __init__(self, port: int, site: str, key: str, seen: Seen, seed: int) -> None:
        self._port, self._key, self._seen, self._seed = port, key, seen, seed
        self._comments = f"/v1/sites/{site}/comments"
        self._connection: http.client.HTTPConnection | None = None

    def submit_all(self, numbers: range, pause: float) -> None:
        open_plans: list[tuple[dict[str, str], Plan]] = []
        for n in numbers:
            kept, then = self.submit(n), plan(self._seed, n)
            if n % 20 == 0:
                self.submit(n)  # a client that lost the response repeats the request
            if then.edits or then.withdraws:
                open_plans.append((kept, then))
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
            time.sleep(pause)
        while open_plans:
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
        self._close()

    def submit(self, n: int) -> dict[str, str]:
        """Submit until there is a 202, and return it."""
        key = f"key-{n:08d}"
        body = {
            "thread": f"thread-{n % 50}",
            "author": f"Visitor {n}",
            "email": f"visitor-{n}@example.org",
            "content": words(f"{n}"),
            "ip": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",  # all differ: rate limits would hold them
        }
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self._key}"}
        answer = self._request_until("POST", self._comments, headers, body, {"202"})[1]
        self._seen.note(key, answer["id"])
        return answer

    def _follow(self, kept: dict[str, str], then: Plan) -> bool:
        """Take the next step of the plan, if it is time; False once it is done."""
        then.wait -= 1
        if then.wait >= 0:
            return True
        if then.edits:
            then.edits -= 1
            self._edit(kept, f"{kept['id']} {then.edits}")
        elif then.withdraws:
            then.withdraws = False
            self._withdraw(kept)
        return bool(then.edits or then.withdraws)

    def _edit(self, kept: dict[str, str], name: str) -> None:
        text = words(name)
        status, answer = self._author_request("PATCH", kept, {"content": text}, {"202", "422"})
        if status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self._seen.closed.add(kept["id"])
        else:
            self._seen.edits.setdefault(kept["id"], []).append(text)

    def _withdraw(self, kept: dict[str, str]) -> None:
        status, answer = self._author_request("DELETE", kept, None, {"200", "422"})
        if status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self._seen.closed.add(kept["id"])
        else:
            self._seen.withdrawn.add(kept["id"])

    def _author_request(
        self, method: str, kept: dict[str, str], body: Any, done: set[str]
    ) -> tuple[str, dict[str, str]]:
        headers = {"Replygate-Receipt": kept["receipt"]}
        return self._request_until(method, f"{self._comments}/{kept['id']}", headers, body, done)

    def _request_until(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, done: set[str]
    ) -> tuple[str, dict[str, str]]:
        """Repeat a request after temporary errors. Return the first response whose status is in `done`."""
        while True:
            status, answer = self._request(method, path, headers, body)
            with self._seen.lock:
                self._seen.answers[f"{method} {status}"] += 1
            if status in done:
                return status, answer
            is_temporary = status.startswith("5") or answer.get("type", "").endswith("stale-version")
            if status.isdigit() and not is_temporary:
                raise AssertionError(f"{method} {path} returned {status}: {answer}")
            time.sleep(RETRY_SECONDS)

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[str, dict[str, str]]:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            data = json.dumps(body) if body else None
            self._connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            answer = self._connection.getresponse()
            return str(answer.status), json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._close()
            return type(error).__name__, {}

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
