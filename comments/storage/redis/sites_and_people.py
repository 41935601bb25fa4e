"""Sites, people, sessions and heartbeats on Redis."""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

from comments.audit import AuditEntry
from comments.errors import NotFound, TooMany
from comments.person import Person
from comments.shared_learning import ALONE, LearningGroups
from comments.site import Site
from comments.storage.codec import dump, load
from comments.storage.keys import Keys
from comments.storage.values import Session

from .audit_log import SharedChanges
from .client import Client, guarded, text
from .scripts import Script
from .site_removal import SiteRemoval
from .unchanged_records import unchanged_bytes

T = TypeVar("T")

#: Seconds. No heartbeat is valid for longer.
LONGEST_HEARTBEAT = 120.0
#: The longest life of a session.
LONGEST_SESSION = timedelta(days=1)
#: The longest life of a sign-in link.
LONGEST_LINK = timedelta(days=1)


class _Records(Generic[T]):
    """One hash of named records. A record and its audit entries are stored in one step."""

    def __init__(self, client: Client, keys: Keys, key: str, cls: type[T]) -> None:
        self._client, self._key, self._cls = client, key, cls
        self._compare_and_set = Script(client, "accounts/compare_and_set")
        self.changes = SharedChanges(client, keys)

    def put(self, name: str, record: bytes, entries: Sequence[AuditEntry]) -> None:
        pipe = self._client.pipeline()
        pipe.hset(self._key, name, record)
        self.changes.append(pipe, entries)
        pipe.execute()
        self.changes.move_soon()

    def compare_and_set(self, name: str, before: T | None, after: T, entries: Sequence[AuditEntry]) -> bool:
        """Replace `before`, which is None if the name must be free."""
        stored = unchanged_bytes(self._client.hget(self._key, name), before, partial(load, self._cls))
        if stored is None:
            return False
        streams = [self.changes.stream(entry) for entry in entries]
        keys, values = [self._key, *(stream for stream, _ in streams)], [value for _, value in streams]
        is_stored = bool(self._compare_and_set(keys, {"name": name}, stored, dump(after), *values))
        self.changes.move_soon()
        return is_stored


@guarded
class RedisSites:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups = ALONE) -> None:
        self._client, self._keys = client, keys
        self._removal = SiteRemoval(client, keys, together)
        self._records = _Records(client, keys, keys.sites(), Site)
        self._parsed: dict[bytes, Site] = {}  # the records of the last `all`: the sweep reads them every second

    def get(self, id: str) -> Site:
        record = self._client.hget(self._keys.sites(), id)
        if record is None:
            raise NotFound("there is no such site")
        return load(Site, record)

    def put(self, site: Site, *entries: AuditEntry) -> None:
        self._records.put(site.id, dump(site), entries)

    def compare_and_set(self, before: Site | None, after: Site, *entries: AuditEntry) -> bool:
        return self._records.compare_and_set(after.id, before, after, entries)

    def all(self) -> list[Site]:
        parsed = self._parsed
        stored = self._client.hvals(self._keys.sites())
        self._parsed = {record: parsed.get(record) or load(Site, record) for record in stored}
        return sorted(self._parsed.values(), key=lambda site: site.id)

    def remove_step(self, id: str) -> bool:
        return self._removal.step(id)

    def remove(self, id: str, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hdel(self._keys.sites(), id)
        pipe.hdel(self._keys.judging_pauses(), id)
        pipe.hdel(self._keys.intake_pauses(), id)
        self._records.changes.append(pipe, entries)
        pipe.execute()
        self._records.changes.move_soon()


@guarded
class RedisPeople:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._records = _Records(client, keys, keys.people(), Person)

    def get(self, name: str) -> Person:
        record = self._client.hget(self._keys.people(), name)
        if record is None:
            raise NotFound("there is no such person")
        return load(Person, record)

    def put(self, person: Person, *entries: AuditEntry) -> None:
        self._records.put(person.name, dump(person), entries)

    def compare_and_set(self, before: Person | None, after: Person, *entries: AuditEntry) -> bool:
        return self._records.compare_and_set(after.name, before, after, entries)

    def delete(self, name: str, *entries: AuditEntry) -> None:
        sessions = self.sessions(name)
        self.end_links(name)
        pipe = self._client.pipeline()
        pipe.hdel(self._keys.people(), name)
        pipe.delete(self._keys.sessions(name), *(self._keys.session(digest) for digest in sessions))
        self._records.changes.append(pipe, entries)
        pipe.execute()
        self._records.changes.move_soon()

    def all(self) -> list[Person]:
        return sorted((load(Person, r) for r in self._client.hvals(self._keys.people())), key=lambda p: p.name)

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        mine = self._keys.sessions(session.person)
        pipe = self._client.pipeline()
        pipe.set(self._keys.session(digest), dump(session), px=round(idle * 1000))
        pipe.sadd(mine, digest)
        pipe.expire(mine, LONGEST_SESSION)
        pipe.execute()

    def session(self, digest: str, idle: float) -> Session | None:
        record = self._client.getex(self._keys.session(digest), px=round(idle * 1000))
        return load(Session, record) if record else None

    def close_session(self, digest: str) -> None:
        record = self._client.getdel(self._keys.session(digest))
        if record:
            self._client.srem(self._keys.sessions(load(Session, record).person), digest)

    def sessions(self, name: str) -> Mapping[str, Session]:
        mine = self._keys.sessions(name)
        digests = [text(digest) for digest in self._client.smembers(mine)]
        records = self._client.mget([self._keys.session(digest) for digest in digests]) if digests else []
        found = {digest: load(Session, r) for digest, r in zip(digests, records, strict=True) if r}
        if ended := [digest for digest in digests if digest not in found]:
            self._client.srem(mine, *ended)
        return found

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        mine, now = self._keys.links(name), round(time.time() * 1000)
        pipe = self._client.pipeline()
        pipe.set(self._keys.link(digest), name, px=round(seconds * 1000))
        pipe.zremrangebyscore(mine, "-inf", now)
        pipe.zadd(mine, {digest: now + round(seconds * 1000)})
        pipe.expire(mine, LONGEST_LINK)
        pipe.execute()

    def end_links(self, name: str) -> None:
        mine = self._keys.links(name)
        digests = [text(digest) for digest in self._client.zrange(mine, 0, -1)]
        self._client.delete(mine, *(self._keys.link(digest) for digest in digests))

    def peek_link(self, digest: str) -> str:
        return _link(self._client.get(self._keys.link(digest)))

    def take_link(self, digest: str) -> str:
        return _link(self._client.getdel(self._keys.link(digest)))

    def keep_form(self, digest: str, text: str, seconds: float) -> None:
        self._client.set(self._keys.kept_form(digest), text, px=round(seconds * 1000))

    def kept_form(self, digest: str) -> str | None:
        found = self._client.get(self._keys.kept_form(digest))
        return text(found) if found else None

    def forget_form(self, digest: str) -> None:
        self._client.delete(self._keys.kept_form(digest))

    def attempt(self, key: str, n: int, seconds: int) -> None:
        pipe = self._client.pipeline()
        pipe.set(self._keys.tries(key), 0, ex=seconds, nx=True)
        pipe.incr(self._keys.tries(key))
        pipe.ttl(self._keys.tries(key))
        _, tries, left = pipe.execute()
        if left > seconds:  # the server's clock was set back
            self._client.expire(self._keys.tries(key), seconds)
            left = seconds
        if tries > n:
            raise TooMany("Too many attempts. Try again later.", max(1, left))


def _link(name: bytes | None) -> str:
    if name is None:
        raise NotFound("this link was used, has expired or does not exist")
    return text(name)


@guarded
class RedisHeartbeats:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def beat(self, part: str, name: str, seconds: float) -> None:
        now = time.time() * 1000
        pipe = self._client.pipeline()
        pipe.zremrangebyscore(self._keys.heartbeats(part), "-inf", now)
        # A time in the far future was written before the clock was set back. Clocks of hosts may differ a little.
        pipe.zremrangebyscore(self._keys.heartbeats(part), now + LONGEST_HEARTBEAT * 1000, "+inf")
        pipe.zadd(self._keys.heartbeats(part), {name: now + seconds * 1000})
        pipe.execute()

    def alive(self, part: str) -> list[str]:
        now = time.time() * 1000
        found = self._client.zrangebyscore(self._keys.heartbeats(part), now, now + LONGEST_HEARTBEAT * 1000)
        return sorted(text(name) for name in found)
