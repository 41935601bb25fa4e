"""Two moderators at once, each with a thousand random actions over HTTP, while another process learns."""

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from comments.comment_export import all_comments
from comments.lifecycle import Action, Role
from comments.model import Comment, Decision
from comments.person import Person
from comments.pseudonyms import new_id, token_digest
from comments.storage.interfaces import Storage
from replygate.commands.rebuild_command import recount, relearn
from tests.support.builders import a_site
from tests.support.running_service import running_service
from tests.support.wait import wait_until
from tests.support.web_app import held

ACTIONS = 1_000
REPLIES = 40
WORDS = [
    "tide",
    "bread",
    "lamp",
    "casino",
    "pier",
    "fog",
    "spin",
    "stone",
    "harbour",
    "letter",
    "bonus",
    "creek",
    "map",
]
VERBS = ("approve", "spam", "remove", "undo")


@dataclass(frozen=True)
class Done:
    """A response 2xx: this action made this version of the comment."""

    comment: str
    version: int
    action: str


@dataclass
class Moderator:
    """A moderator at a browser. Its state is from the last responses, which may be outdated."""

    name: str
    url: str
    chance: Random
    ids: list[str]
    known: dict[str, int] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    asked: int = 0

    def sign_in(self, storage: Storage) -> None:
        storage.people.put(Person(self.name, {"blog": "moderator"}))
        token = new_id()
        storage.people.put_link(token_digest(token), self.name, 60)
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        self._cookie = ""
        _, headers, _ = self._ask("POST", f"/link/{token}")
        self._cookie = str(headers["Set-Cookie"]).partition(";")[0]
        page = self._ask("GET", "/account")[2].decode()
        self._csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]

    def work(self) -> None:
        while self.asked < ACTIONS:
            (self._some if self.chance.random() < 0.1 else self._one)()

        self._connection.close()

    def _one(self) -> None:
        id, action = self.chance.choice(self.ids), self.chance.choice(VERBS)
        version = self.known.get(id, 1)
        body: dict[str, object] = {"version": version} if action == "undo" else {"version": version, "action": action}
        path = f"/v1/sites/blog/review/comments/{id}/{'undo' if action == 'undo' else 'decisions'}"
        status, answer = self._json(path, body)
        self._hear(status, id, action, answer.get("comment"))

    def _some(self) -> None:
        """Draw several comments, some of them twice."""
        steps = [
            {"id": id, "version": self.known.get(id, 1), "action": self.chance.choice(VERBS)}
            for id in self.chance.choices(self.ids, k=min(5, ACTIONS - self.asked))
        ]
        status, answer = self._json("/v1/sites/blog/review/decisions", {"decisions": steps})
        assert status == 200
        for step, row in zip(steps, answer["results"], strict=True):
            self._hear(row["status"], str(step["id"]), str(step["action"]), row["comment"])

    def _hear(self, status: int, id: str, action: str, comment: Any) -> None:
        self.asked += 1
        self.answers[status] += 1
        assert status in (200, 409, 422), status
        if comment:
            self.known[id] = comment["version"]
        if status == 200:
            self.done.append(Done(id, comment["version"], action))

    def _json(self, path: str, body: object) -> tuple[int, Any]:
        status, _, said = self._ask("POST", path, json.dumps(body))
        return status, json.loads(said)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        headers = {"Cookie": self._cookie, "Content-Length": str(len(body or ""))}
        if body:
            headers |= {"Content-Type": "application/json", "X-CSRF-Token": self._csrf}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.fixture
def url(redis_storage: Storage, valkey_url: str) -> Iterator[str]:
    redis_storage.sites.put(a_site(per_minute=0))
    with running_service(valkey_url, ("work", "background"), ("sweep",)) as url:
        yield url


def some_replies(storage: Storage, chance: Random) -> list[str]:
    """Create comments of eight authors with similar words."""
    return [
        held(
            storage,
            content=" ".join(chance.sample(WORDS, 8)),
            identity=f"author-{n % 8}",
            origin=f"network-{n % 5}",
        ).id
        for n in range(REPLIES)
    ]


def by_people(comment: Comment) -> list[tuple[int, Decision]]:
    """Return each decision of a moderator with the version that it made."""
    return [(n, d) for n, d in enumerate(comment.decisions, 1) if d.role is Role.MODERATOR]


def test_no_decision_is_lost_or_learned_twice(redis_storage: Storage, url: str) -> None:
    chance = Random(20)
    ids = some_replies(redis_storage, chance)
    people = [Moderator(name, url, Random(seed), ids) for name, seed in (("Mo", 1), ("Bo", 2))]
    for moderator in people:
        moderator.sign_in(redis_storage)
    threads = [threading.Thread(target=moderator.work) for moderator in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [moderator.asked for moderator in people] == [ACTIONS, ACTIONS]
    assert all(moderator.answers[409] > 50 for moderator in people), "they got into each other's way"
    assert all(moderator.answers[200] > 100 for moderator in people)
    wait_until(lambda: redis_storage.corpus.due("blog", 1) == [], "everything is learned")

    kept = list(all_comments(redis_storage, "blog"))
    assert len(kept) == REPLIES
    histories = Counter((c.id, n, d.action.value, d.by) for c in kept for n, d in by_people(c))
    answered = Counter((d.comment, d.version, d.action, m.name) for m in people for d in m.done)
    assert histories == answered, "every 2xx is in a history, and nothing else"
    check_audit(redis_storage, kept)
    check_lessons(redis_storage, kept)
    check_records(redis_storage, kept)


def check_audit(storage: Storage, kept: list[Comment]) -> None:
    """Check that the audit log has every decision once, those of one comment in order."""
    entries = [e for e in storage.audit.all("blog") if e.action.startswith("comment.")]
    noted = {c.id: [(e.by, e.action, e.before, e.after) for e in entries if e.subject == c.id] for c in kept}
    assert noted == {
        c.id: [(d.by, d.action.row.audit, d.before.value, d.status.value) for _, d in by_people(c)] for c in kept
    }
    assert len(entries) == sum(len(by_people(c)) for c in kept)
    assert all(entry.origin for entry in entries), "and from where"


def check_lessons(storage: Storage, kept: list[Comment]) -> None:
    """Check that the learned counts equal those that are recounted from the histories."""
    learned = storage.corpus.snapshot("blog")
    assert learned == recount(kept)
    assert learned.ham
    assert learned.spam
    relearn(storage, "blog")
    assert storage.corpus.snapshot("blog") == learned


def check_records(storage: Storage, kept: list[Comment]) -> None:
    """Check that counters and indexes agree with the histories."""
    counters = storage.comments.counters("blog")
    moved = Counter(d.status.value for c in kept for _, d in by_people(c))
    assert Counter({status: n for status, n in counters.moderated.items() if n}) == moved
    standing = Counter(c.status.value for c in kept)
    assert Counter({status.value: n for status, n in counters.current.items() if n}) == standing
    assert all(c.version == len(c.decisions) for c in kept)
    assert {c.id for c in kept if c.decisions[-1].action is Action.UNDO}, "undo was among it"
