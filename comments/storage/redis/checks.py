"""Checks on Redis: one hash for each, which expires."""

from collections.abc import Sequence
from dataclasses import dataclass

from comments.pseudonyms import new_id
from comments.storage.checks import CHECK_SECONDS, CheckAnswer, CheckedComment, CheckRequest
from comments.storage.codec import dump, load
from comments.storage.keys import Keys

from .client import Client, guarded
from .scripts import Script

REQUEST, FAILED = b"request", b"failed"


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of the hash: the results of some comments. Its name is the number of the first."""

    judged: int
    results: tuple[CheckedComment, ...] = ()


@guarded
class RedisChecks:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._put = Script(client, "review/check_put")

    def ask(self, site: str, request: CheckRequest) -> str:
        id = new_id()
        pipe = self._client.pipeline()
        pipe.hset(key := self._keys.check(site, id), REQUEST, dump(request))
        pipe.expire(key, CHECK_SECONDS)
        pipe.execute()
        return id

    def add(self, site: str, id: str, start: int, judged: int, results: Sequence[CheckedComment]) -> None:
        part = dump(_Part(judged, tuple(results)))
        self._put([self._keys.check(site, id)], {"field": str(start), "seconds": CHECK_SECONDS}, part)

    def fail(self, site: str, id: str) -> None:
        self._put([self._keys.check(site, id)], {"field": FAILED.decode(), "seconds": CHECK_SECONDS}, b"1")

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        stored = self._client.hgetall(self._keys.check(site, id))
        if REQUEST not in stored:
            return None
        failed, request = FAILED in stored, load(CheckRequest, stored[REQUEST])
        numbers = sorted(int(name) for name in stored if name.isdigit())
        parts = [load(_Part, stored[b"%d" % n]) for n in numbers]
        results = tuple(result for part in parts for result in part.results)
        return CheckAnswer(request, results, sum(part.judged for part in parts), failed)
