"""Moderators that decide held comments over the API, and undo some of their decisions."""

import random
import threading

from tests.faults.visitors import Seen, Sender

ACTIONS = ("approve", "approve", "spam", "remove")
#: Share of the decisions that are undone at once.
UNDONE = 0.25


class Moderator(Sender):
    """Decides the oldest held comments. Another moderator decides the same ones, so some answers are 409."""

    def __init__(self, port: int, site: str, key: str, seen: Seen) -> None:
        super().__init__(port, seen)
        self._site, self._review = site, f"/v1/sites/{site}/review/comments"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._chance = random.Random(f"{site} {id(self)}")

    def decide_all(self, over: threading.Event) -> None:
        while not over.wait(0.2):
            path = f"{self._review}?status=held&order=oldest&limit=5"
            status, page = self._request("GET", path, self._headers, None)
            for comment in page["comments"] if status == "200" else ():
                if not comment["id"].endswith("-edit"):
                    self._decide(comment["id"], comment["version"])
        self.close()

    def _decide(self, id: str, version: int) -> None:
        action = self._chance.choice(ACTIONS)
        is_decided = self._step(id, version, "decisions", {"action": action, "version": version})
        if is_decided and self._chance.random() < UNDONE:
            self._step(id, version + 1, "undo", {"version": version + 1})

    def _step(self, id: str, version: int, name: str, body: dict[str, object]) -> bool:
        """Decide once. An unanswered request is not repeated: it is not known if it was carried out."""
        status, _ = self._request("POST", f"{self._review}/{id}/{name}", self._headers, body)
        with self.seen.lock:
            self.seen.answers[f"decision {status}"] += 1
            if status == "200":
                self.seen.decisions.setdefault(id, set()).add(version + 1)
        return status == "200"
