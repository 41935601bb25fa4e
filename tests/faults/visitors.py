"""Visitors that submit comments over HTTP, change and withdraw some, and ask again after a failure until it is done."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 10.0  # seconds; a frozen server must not stop a visitor for good
AGAIN = 0.05  # seconds until the next try
#: Of all comments: those that are said in other words afterwards, and those taken back; an edited one may be both.
EDITED, WITHDRAWN = 0.05, 0.02
#: Edits of one comment, and submissions of the same visitor between a comment and what follows: some come before
#: the comment is decided, some after.
MOST_EDITS, LATEST = 3, 10

#: Enough of them that comments do not look like copies of each other.
WORDS = (
    "garden", "winter", "kettle", "letters", "market", "bridge", "morning", "teacher", "violin", "harbour",
    "candle", "orchard", "pencil", "valley", "thunder", "blanket", "museum", "copper", "lantern", "meadow",
    "cousin", "ladder", "sparrow", "engine", "pillow", "village", "coffee", "mirror", "basket", "river",
    "station", "pepper", "window", "forest", "button", "shadow", "island", "bakery", "planet", "saddle",
    "ribbon", "anchor", "thread", "castle",
)  # fmt: skip
#: And the two that the site has something against.
HOLDS, REJECTS = "kettledrum", "bagpipes"


@dataclass
class Seen:
    """What visitors were told."""

    ids: dict[str, set[str]] = field(default_factory=dict)  # key -> every id that a 202 gave for it
    edits: dict[str, list[str]] = field(default_factory=dict)  # comment -> texts that a 202 was given for, in order
    closed: set[str] = field(default_factory=set)  # comments that were refused before they could be changed
    withdrawn: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)  # statuses and errors
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, id: str) -> None:
        with self.lock:
            self.ids.setdefault(key, set()).add(id)


@dataclass
class Plan:
    """What the author of one comment does with it afterwards."""

    edits: int
    withdraws: bool
    wait: int  # submissions of the same visitor before each step


def plan(seed: int, n: int) -> Plan:
    chance = random.Random(f"{seed}:{n}")
    edits = chance.randint(1, MOST_EDITS) if chance.random() < EDITED else 0
    return Plan(edits, chance.random() < WITHDRAWN, chance.randint(0, LATEST))


def words(name: str) -> str:
    """A text of its own for every name; some are for a person to look at, and fewer are spam."""
    chance = random.Random(name)
    (odd,) = chance.choices(("", HOLDS, REJECTS), (92, 6, 2))
    return " ".join([*chance.choices(WORDS, k=25), odd]).strip()


class Visitor:
    """Submits its share of the comments, at a steady pace, on one kept-alive connection."""

    def __init__(self, port: int, site: str, key: str, seen: Seen, seed: int) -> None:
        self._port, self._key, self._seen, self._seed = port, key, seen, seed
        self._comments = f"/v1/sites/{site}/comments"
        self._connection: http.client.HTTPConnection | None = None

    def submit_all(self, numbers: range, pause: float) -> None:
        open_plans: list[tuple[dict[str, str], Plan]] = []
        for n in numbers:
            kept, then = self.submit(n), plan(self._seed, n)
            if n % 20 == 0:
                self.submit(n)  # a client that did not hear its answer says it again
            if then.edits or then.withdraws:
                open_plans.append((kept, then))
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
            time.sleep(pause)
        while open_plans:
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
        self._hang_up()

    def submit(self, n: int) -> dict[str, str]:
        """What the 202 says, however often it takes."""
        key = f"key-{n:08d}"
        body = {
            "thread": f"thread-{n % 50}",
            "author": f"Visitor {n}",
            "email": f"visitor-{n}@example.org",
            "content": words(f"{n}"),
            "ip": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",  # a visitor each, so that few are held for haste
        }
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self._key}"}
        answer = self._until_told("POST", self._comments, headers, body, {"202"})[1]
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
        status, answer = self._own("PATCH", kept, {"content": text}, {"202", "422"})
        if status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self._seen.closed.add(kept["id"])
        else:
            self._seen.edits.setdefault(kept["id"], []).append(text)

    def _withdraw(self, kept: dict[str, str]) -> None:
        status, answer = self._own("DELETE", kept, None, {"200", "422"})
        if status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self._seen.closed.add(kept["id"])
        else:
            self._seen.withdrawn.add(kept["id"])

    def _own(self, method: str, kept: dict[str, str], body: Any, done: set[str]) -> tuple[str, dict[str, str]]:
        headers = {"Replygate-Receipt": kept["receipt"]}
        return self._until_told(method, f"{self._comments}/{kept['id']}", headers, body, done)

    def _until_told(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, done: set[str]
    ) -> tuple[str, dict[str, str]]:
        """The first answer whose status is one of `done`; asks again after all that passes."""
        while True:
            status, answer = self._ask(method, path, headers, body)
            with self._seen.lock:
                self._seen.told[f"{method} {status}"] += 1
            if status in done:
                return status, answer
            passes = status.startswith("5") or answer.get("type", "").endswith("stale-version")
            if status.isdigit() and not passes:
                raise AssertionError(f"{method} {path} was answered with {status}: {answer}")
            time.sleep(AGAIN)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[str, dict[str, str]]:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            said = json.dumps(body) if body else None
            self._connection.request(method, path, said, {"Content-Type": "application/json", **headers})
            answer = self._connection.getresponse()
            return str(answer.status), json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._hang_up()
            return type(error).__name__, {}

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
