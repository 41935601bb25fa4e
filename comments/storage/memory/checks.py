"""Checks in memory: the counterpart of the scripts in lua/checks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from comments.errors import Busy, KeyReused, TooMany
from comments.model import Comment
from comments.storage.checks import (
    BUSY_JUDGES,
    BUSY_JUDGES_SECONDS,
    KEY_OF_OTHER_CHECK,
    PERSONAL_CHECK,
    TOO_MANY_CHECKS,
    CheckAdmission,
    CheckAnswer,
    CheckRequest,
    NextAnnounced,
)
from comments.storage.people_records import records_of_people, status_by_people
from comments.storage.values import Accepted

from .comments import KEY_SECONDS
from .site_data import AllSites, SiteData

#: Name of the rate.
_RATE = "checks"


@dataclass(slots=True)
class _StoredCheck:
    answer: CheckAnswer
    until: float
    is_counted: bool  # among the kept checks of programs


class MemoryChecks:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites
        self._checks: dict[str, dict[str, _StoredCheck]] = {}

    def ask(self, site: str, id: str, request: CheckRequest, admission: CheckAdmission = PERSONAL_CHECK) -> Accepted:
        with self._sites.lock:
            data, now = self._sites[site], self._sites.now()
            if earlier := _earlier(data, admission, now):
                return Accepted(earlier, repeat=True)
            free_at, wait = data.check_rate(_RATE, admission.per_minute, now) if admission.per_minute else (0.0, 0)
            if wait:
                raise TooMany(TOO_MANY_CHECKS, wait)
            if len(data.due_checks) >= admission.max_waiting:
                raise Busy(BUSY_JUDGES, BUSY_JUDGES_SECONDS)
            if admission.max_kept:
                self._make_room(site, admission.max_kept)
            data.rates[_RATE] = free_at
            self._checks.setdefault(site, {})[id] = _StoredCheck(
                CheckAnswer(request), now + admission.seconds, admission.max_kept > 0
            )
            data.due_checks[id] = now
            if admission.key:
                data.repeats[f"key:{admission.key}"] = (id, admission.fingerprint, now + KEY_SECONDS)
            return Accepted(id, wakeup=self._sites.announce_work(site, id, admission.batch, admission.max_wakeups))

    def _make_room(self, site: str, most: int) -> None:
        """Drop answered checks, those that expire first. Raises Busy if too many wait."""
        counted, due = self._counted(site), self._sites[site].due_checks
        beyond = len(counted) + 1 - most
        answered = [id for _, id in sorted((c.until, id) for id, c in counted) if id not in due]
        if beyond > 0 and not answered:
            raise Busy(BUSY_JUDGES, BUSY_JUDGES_SECONDS)
        for id in answered[: max(0, beyond)]:
            del self._checks[site][id]

    def _counted(self, site: str) -> list[tuple[str, _StoredCheck]]:
        now = self._sites.now()
        return [(id, c) for id, c in self._checks.get(site, {}).items() if c.is_counted and c.until > now]

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        with self._sites.lock:
            check = self._checks.get(site, {}).get(id)
            return check.answer if check and check.until > self._sites.now() else None

    def answers(self, site: str, ids: Sequence[str]) -> list[CheckAnswer | None]:
        return [self.answer(site, id) for id in ids]

    def put(self, site: str, answers: Mapping[str, CheckAnswer | None]) -> None:
        with self._sites.lock:
            data = self._sites[site]
            for id, answer in answers.items():
                is_stored = answer is not None and self.answer(site, id) is not None
                if answer and is_stored:
                    self._checks[site][id].answer = answer
                data.attempts.pop(id, None)
                if answer and is_stored and answer.is_waiting:
                    data.due_checks |= {id: self._sites.now()} if id in data.due_checks else {}
                else:
                    data.due_checks.pop(id, None)
                    self._sites.announce(id)

    def forget(self, site: str, id: str) -> None:
        with self._sites.lock:
            self._checks.get(site, {}).pop(id, None)
            self._sites[site].due_checks.pop(id, None)
            self._sites[site].attempts.pop(id, None)

    def waiting(self, site: str) -> int:
        return len(self._sites[site].due_checks)

    def kept(self, site: str) -> int:
        return len(self._counted(site))

    def latest(self, site: str, n: int) -> list[CheckAnswer]:
        with self._sites.lock:
            newest = sorted(self._counted(site), key=lambda row: row[1].until, reverse=True)
            return [check.answer for _, check in newest[:n]]

    def taught(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        return [self._sites[site].taught.get(id) for id in ids]

    def taught_ids(self, site: str) -> list[str]:
        return list(self._sites[site].taught)

    def teach(self, site: str, before: Comment | None, after: Comment | None) -> bool:
        with self._sites.lock:
            data, id = self._sites[site], (after or before).id  # type: ignore[union-attr]  # one of them is given
            if data.taught.get(id) != before:
                return False
            if before:
                data.by_people[status_by_people(before)].subtract(records_of_people(before))
            if after:
                data.by_people[status_by_people(after)].update(records_of_people(after))
                data.taught[id] = after
            else:
                data.taught.pop(id, None)
            data.unlearned.add(id)
            return True


def _earlier(data: SiteData, admission: CheckAdmission, now: float) -> str:
    """Return the id of an earlier check with this Idempotency-Key; "" if there is none."""
    id, fingerprint, until = data.repeats.get(f"key:{admission.key}", ("", "", 0.0))
    if not admission.key or until <= now:
        return ""
    if fingerprint != admission.fingerprint:
        raise KeyReused(KEY_OF_OTHER_CHECK)
    return id


class MemoryAnnouncements:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def listen(self) -> AbstractContextManager[NextAnnounced]:
        return self._listening(self._sites.listeners)

    def listen_for_work(self, site: str, *channels: str) -> AbstractContextManager[NextAnnounced]:
        return self._listening(self._sites[site].listeners)

    @contextmanager
    def _listening(self, listeners: list[set[str]]) -> Iterator[NextAnnounced]:
        heard: set[str] = set()

        def next_announced(seconds: float) -> set[str]:
            with self._sites.lock:
                self._sites.lock.wait_for(lambda: heard, seconds)
                found = set(heard)
                heard.clear()
                return found

        with self._sites.lock:
            listeners.append(heard)
        try:
            yield next_announced
        finally:
            with self._sites.lock:
                listeners[:] = [other for other in listeners if other is not heard]
