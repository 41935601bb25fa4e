"""Visitors that submit, edit and withdraw comments over HTTP, and repeat each request until it succeeds."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

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


@dataclass(frozen=True)
class Sent:
    """One request: its start by the monotonic clock, its duration, and its status or error."""

    at: float
    seconds: float
    status: str


@dataclass
class Seen:
    """Responses that the visitors got."""

    ids: dict[str, set[str]] = field(default_factory=dict)  # key -> ids in its 202 responses
    acknowledged: dict[str, float] = field(default_factory=dict)  # id -> time of its first 202
    edits: dict[str, list[str]] = field(default_factory=dict)  # comment -> texts accepted with a 202, in order
    closed: set[str] = field(default_factory=set)  # comments that can no longer be changed
    withdrawn: set[str] = field(default_factory=set)
    decisions: dict[str, set[int]] = field(default_factory=dict)  # comment -> versions that moderators made
    sent: int = 0  # requests with a submission
    requests: list[Sent] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)  # statuses and errors
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged_ids(self) -> set[str]:
        with self.lock:
            return {id for ids in self.ids.values() for id in ids}

    def note(self, key: str, id: str) -> None:
        with self.lock:
            self.ids.setdefault(key, set()).add(id)
            self.acknowledged.setdefault(id, time.time())

    def add(self, other: "Seen") -> None:
        """Add the acknowledged submissions of another process."""
        with self.lock:
            self.ids |= other.ids
            self.acknowledged |= other.acknowledged
            self.sent += other.sent
            self.wrong_answers += other.wrong_answers

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process gets: all but the lock."""
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, lock=threading.Lock())


@dataclass
class Plan:
    """Steps of an author after the submission."""

    edits: int
    withdraws: bool
    wait: int  # submissions of the same visitor before the next step


def plan(seed: int | None, n: int) -> Plan:
    if seed is None:
        return Plan(0, False, 0)
    chance = random.Random(f"{seed}:{n}")
    edits = chance.randint(1, MAX_EDITS) if chance.random() < EDITED else 0
    return Plan(edits, chance.random() < WITHDRAWN, chance.randint(0, MAX_PAUSE))


def words(name: str, listed: float = 1.0) -> str:
    """Return a text for this name. Unless `listed` is 0, some texts are held, and fewer are spam."""
    chance = random.Random(name)
    (listed_word,) = chance.choices(("", HOLDS, REJECTS), (92, 6 * listed, 2 * listed))
    return " ".join([*chance.choices(WORDS, k=25), listed_word]).strip()


def network(n: int) -> str:
    """Return an address. All differ, because rate limits would hold them, and no two are of one network."""
    return f"{20 + n % 150}.{n // 150 % 250}.{n // 37500 % 250}.7"


class Sender:
    """Sends requests on one keep-alive connection, and notes their answers."""

    def __init__(self, port: int, seen: Seen) -> None:
        self._port, self.seen = port, seen
        self._connection: http.client.HTTPConnection | None = None

    def _request_until(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, done: set[str]
    ) -> tuple[str, dict[str, Any]]:
        """Repeat a request after temporary errors. Return the first response whose status is in `done`."""
        while True:
            status, answer = self._request(method, path, headers, body)
            with self.seen.lock:
                self.seen.answers[f"{method} {status}"] += 1
                self.seen.sent += method == "POST"
            is_temporary = status.startswith("5") or answer.get("type", "").endswith("stale-version")
            if status in done and not is_temporary:
                return status, answer
            if status.isdigit() and not is_temporary:
                raise AssertionError(f"{method} {path} returned {status}: {answer}")
            time.sleep(RETRY_SECONDS)

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[str, dict[str, Any]]:
        begun = time.monotonic()
        status, answer = self._exchange(method, path, headers, body)
        with self.seen.lock:
            self.seen.requests.append(Sent(begun, time.monotonic() - begun, status))
        return status, answer

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[str, dict[str, Any]]:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            data = body if isinstance(body, str) else json.dumps(body) if body else None
            self._connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            answer = self._connection.getresponse()
            return str(answer.status), json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            return type(error).__name__, {}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class FormVisitor(Sender):
    """Submits WordPress's comment form without any key, each time from another network."""

    def __init__(self, port: int, site: str, seen: Seen) -> None:
        super().__init__(port, seen)
        self._site, self._path = site, f"/v1/sites/{site}/wp-comments-post.php"

    def submit_all(self, numbers: Iterator[int], pause: float, over: threading.Event) -> None:
        for n in numbers:
            if over.wait(pause):
                break
            self.submit(n)
        self.close()

    def submit(self, n: int) -> None:
        """Submit until there is a 202. Without a key a repeat within a minute is the same comment."""
        fields = {
            "comment_post_ID": f"thread-{n % 50}",
            "author": f"Visitor {n}",
            "email": f"visitor-{n}@example.org",
            "comment": words(f"{self._site} {n}"),
        }
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://blog.example",
            "X-Forwarded-For": network(n),
        }
        answer = self._request_until("POST", self._path, headers, urlencode(fields), {"202"})[1]
        self.seen.note(f"form-{n}", answer["id"])


class Visitor(Sender):
    """Submits comments through the site's server. Every fourth replies to `parent`. Without a `seed` none is edited."""

    def __init__(self, port: int, site: str, key: str, seen: Seen, seed: int | None, parent: str = "") -> None:
        super().__init__(port, seen)
        self._key, self._seed, self._parent = key, seed, parent
        self._site, self._comments = site, f"/v1/sites/{site}/comments"

    def submit_all(self, numbers: Iterator[int], pause: float, over: threading.Event) -> None:
        open_plans: list[tuple[dict[str, str], Plan]] = []
        for n in numbers:
            if over.wait(pause):
                break
            reply = {"parent": self._parent, "thread": f"thread-{10**6 % 50}"} if self._parent and n % 4 == 0 else {}
            kept, then = self.submit(n, **reply), plan(self._seed, n)
            if n % 20 == 0:
                self.submit(n, **reply)  # a client that lost the response repeats the request
            if then.edits or then.withdraws:
                open_plans.append((kept, then))
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
        while open_plans:
            open_plans = [(kept, then) for kept, then in open_plans if self._follow(kept, then)]
        self.close()

    def submit(self, n: int, **more: str) -> dict[str, str]:
        """Submit until there is a 202, and return it."""
        key = f"key-{n:08d}"
        body = {
            "thread": f"thread-{n % 50}",
            "author": f"Visitor {n}",
            "email": f"visitor-{n}@example.org",
            "content": words(f"{self._site} {n}"),  # the filters see copies across sites
            "ip": network(n),
            **more,
        }
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self._key}"}
        answer = self._request_until("POST", self._comments, headers, body, {"202"})[1]
        self.seen.note(key, answer["id"])
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
        status, answer = self._author_request("PATCH", kept, {"content": text}, {"202", "409", "422"})
        if status == "409":
            assert answer["type"].endswith("too-late"), answer  # the clock was set ahead
        elif status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self.seen.closed.add(kept["id"])
        else:
            self.seen.edits.setdefault(kept["id"], []).append(text)

    def _withdraw(self, kept: dict[str, str]) -> None:
        status, answer = self._author_request("DELETE", kept, None, {"200", "422"})
        if status == "422":
            assert answer["type"].endswith("action-not-allowed"), answer
            self.seen.closed.add(kept["id"])
        else:
            self.seen.withdrawn.add(kept["id"])

    def _author_request(
        self, method: str, kept: dict[str, str], body: Any, done: set[str]
    ) -> tuple[str, dict[str, str]]:
        headers = {"Replygate-Receipt": kept["receipt"]}
        return self._request_until(method, f"{self._comments}/{kept['id']}", headers, body, done)
