"""Sites, people and their sessions, and which processes are alive."""

import time

from ...errors import NotFound, TooMany
from ...model import Person, Site
from .. import Session
from ..codec import dump, load
from ..keys import Keys
from .client import Client, guarded, text


@guarded
class RedisSites:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def get(self, id: str) -> Site:
        record = self._client.hget(self._keys.sites(), id)
        if record is None:
            raise NotFound("there is no such site")
        return load(Site, record)

    def put(self, site: Site) -> None:
        self._client.hset(self._keys.sites(), site.id, dump(site))

    def all(self) -> list[Site]:
        return sorted((load(Site, r) for r in self._client.hvals(self._keys.sites())), key=lambda site: site.id)


@guarded
class RedisPeople:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def get(self, name: str) -> Person:
        record = self._client.hget(self._keys.people(), name)
        if record is None:
            raise NotFound("there is no such person")
        return load(Person, record)

    def put(self, person: Person) -> None:
        self._client.hset(self._keys.people(), person.name, dump(person))

    def all(self) -> list[Person]:
        return sorted((load(Person, r) for r in self._client.hvals(self._keys.people())), key=lambda p: p.name)

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        self._client.set(self._keys.session(digest), dump(session), px=round(idle * 1000))

    def session(self, digest: str, idle: float) -> Session | None:
        record = self._client.getex(self._keys.session(digest), px=round(idle * 1000))
        return load(Session, record) if record else None

    def close_session(self, digest: str) -> None:
        self._client.delete(self._keys.session(digest))

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        self._client.set(self._keys.link(digest), name, px=round(seconds * 1000))

    def peek_link(self, digest: str) -> str:
        return _link(self._client.get(self._keys.link(digest)))

    def take_link(self, digest: str) -> str:
        return _link(self._client.getdel(self._keys.link(digest)))

    def attempt(self, key: str, n: int, seconds: int) -> None:
        pipe = self._client.pipeline()
        pipe.set(self._keys.tries(key), 0, ex=seconds, nx=True)
        pipe.incr(self._keys.tries(key))
        pipe.ttl(self._keys.tries(key))
        _, tries, left = pipe.execute()
        if tries > n:
            raise TooMany("too many tries", max(1, left))


def _link(name: bytes | None) -> str:
    if name is None:
        raise NotFound("this link was used, has expired, or never was")
    return text(name)


@guarded
class RedisBeats:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def beat(self, part: str, name: str, seconds: float) -> None:
        now = time.time() * 1000
        pipe = self._client.pipeline()
        pipe.zremrangebyscore(self._keys.beats(part), "-inf", now)
        pipe.zadd(self._keys.beats(part), {name: now + seconds * 1000})
        pipe.execute()

    def alive(self, part: str) -> list[str]:
        found = self._client.zrangebyscore(self._keys.beats(part), time.time() * 1000, "+inf")
        return sorted(text(name) for name in found)
