"""Sites, people, sessions and heartbeats in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime

from comments.audit import AuditEntry
from comments.errors import NotFound, TooMany
from comments.site import Person, Site
from comments.storage.values import DATA_VERSION, Session

from .administration import note
from .site_data import Shelves


class MemorySites:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._sites: dict[str, Site] = {}

    def get(self, id: str) -> Site:
        if id not in self._sites:
            raise NotFound("there is no such site")
        return self._sites[id]

    def put(self, site: Site, *entries: AuditEntry) -> None:
        with self._shelves.lock:
            self._sites[site.id] = site
            note(self._shelves, *entries)

    def compare_and_set(self, before: Site, after: Site, *entries: AuditEntry) -> bool:
        with self._shelves.lock:
            if self._sites.get(after.id) != before:
                return False
            self.put(after, *entries)
            return True

    def all(self) -> list[Site]:
        return sorted(self._sites.values(), key=lambda site: site.id)


class MemoryPeople:
    def __init__(self, shelves: Shelves, now: Callable[[], datetime]) -> None:
        self._shelves = shelves
        self._now = now
        self._people: dict[str, Person] = {}
        self._sessions: dict[str, tuple[Session, float]] = {}
        self._links: dict[str, tuple[str, float]] = {}
        self._tries: dict[str, tuple[int, float]] = {}

    def get(self, name: str) -> Person:
        if name not in self._people:
            raise NotFound("there is no such person")
        return self._people[name]

    def put(self, person: Person, *entries: AuditEntry) -> None:
        with self._shelves.lock:
            self._people[person.name] = person
            note(self._shelves, *entries)

    def compare_and_set(self, before: Person | None, after: Person, *entries: AuditEntry) -> bool:
        with self._shelves.lock:
            if self._people.get(after.name) != before:
                return False
            self.put(after, *entries)
            return True

    def delete(self, name: str, *entries: AuditEntry) -> None:
        with self._shelves.lock:
            self._people.pop(name, None)
            for digest in self.sessions(name):
                self.close_session(digest)
            note(self._shelves, *entries)

    def all(self) -> list[Person]:
        return sorted(self._people.values(), key=lambda person: person.name)

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        self._sessions[digest] = (session, self._time() + idle)

    def session(self, digest: str, idle: float) -> Session | None:
        session, until = self._sessions.get(digest, (None, 0.0))
        if session is None or until <= self._time():
            return None
        self._sessions[digest] = (session, self._time() + idle)
        return session

    def close_session(self, digest: str) -> None:
        self._sessions.pop(digest, None)

    def sessions(self, name: str) -> Mapping[str, Session]:
        now = self._time()
        return {d: s for d, (s, until) in self._sessions.items() if s.person == name and until > now}

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        self._links[digest] = (name, self._time() + seconds)

    def peek_link(self, digest: str) -> str:
        name, until = self._links.get(digest, ("", 0.0))
        if until <= self._time():
            raise NotFound("this link was used, has expired, or never was")
        return name

    def take_link(self, digest: str) -> str:
        name = self.peek_link(digest)
        del self._links[digest]
        return name

    def attempt(self, key: str, n: int, seconds: int) -> None:
        tries, until = self._tries.get(key, (0, 0.0))
        if until <= self._time():
            tries, until = 0, self._time() + seconds
        self._tries[key] = (tries + 1, until)
        if tries + 1 > n:
            raise TooMany("too many tries", max(1, round(until - self._time())))

    def _time(self) -> float:
        return self._now().timestamp()


class MemoryServer:
    """This process's memory: always there, never durable, never full."""

    def check(self) -> list[str]:
        return []

    def warnings(self) -> list[str]:
        return []

    def figures(self) -> Mapping[str, float]:
        return {"memory_bytes": 0.0, "memory_limit_bytes": 0.0, "connections": 1.0, "version": float(DATA_VERSION)}

    def prepare(self) -> None:
        """Memory begins empty, in the present form."""


class MemoryHeartbeats:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[tuple[str, str], float] = {}

    def beat(self, part: str, name: str, seconds: float) -> None:
        self._until[part, name] = self._now().timestamp() + seconds

    def alive(self, part: str) -> list[str]:
        now = self._now().timestamp()
        return sorted(name for (p, name), until in self._until.items() if p == part and until > now)
