"""Read everything that a site has, for an export: its comments by time received, then all other exported keys."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from comments.counted_events import READER_REPORTS
from comments.lifecycle import Label, Status
from comments.shared_learning import LearningGroups
from comments.storage.archives import EXPORTED_TYPES, ArchivedComment, StoredRow
from comments.storage.codec import load_comment, milliseconds
from comments.storage.keys import Keys
from comments.storage.number_periods import HOURS_KEPT, Unit, stored_period
from comments.storage.people_records import AUTHOR_STATUSES
from comments.storage.retention import RetentionClass

from .client import Client, text
from .row_sorting import number, sorted_rows
from .thread_moves import in_new_threads

#: Comments that one step reads, and entries of other keys.
COMMENTS_PER_WINDOW, ROWS_PER_READ = 500, 1_000
#: Fields of `counters` that follow from the queue.
QUEUE_COUNTERS = ("pending_bytes",)
#: Exported keys that are read together with the comment that they belong to.
OF_COMMENTS = ("comment", "learned", "reputation_lessons", "unlearned", "notes")
#: Exported keys of which each site has several: one for each status, period or thread.
PLACES = ("authors", "numbers", "pinned", "retention")
#: Exported keys that all sites share. Sites and people have lines of their own.
SHARED_KEYS = ("sites", "people", "notice_counts")


def row_keys() -> list[str]:
    """Return the exported keys that are not read with a comment, sorted."""
    return sorted(EXPORTED_TYPES.keys() - {*OF_COMMENTS, "sites", "people"})


class ArchiveReader:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups) -> None:
        self._client, self._keys, self._together = client, keys, together

    def comments(self, site: str) -> Iterator[ArchivedComment]:
        received: dict[str, int] = {}  # of comments that wait for the filters
        position, last = self._limits(site)
        while position <= last:
            following = self._next_position(site, position)
            ids = self._received_between(site, position, following, received)
            for start in range(0, len(ids), COMMENTS_PER_WINDOW):
                yield from self._load(site, ids[start : start + COMMENTS_PER_WINDOW])
            position = following

    def _limits(self, site: str) -> tuple[int, int]:
        """Return the first and the last time (ms) in the lists of comments; the last is the smaller without one."""
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            pipe.zrange(self._keys.status(site, status), 0, 0, withscores=True)
            pipe.zrange(self._keys.status(site, status), -1, -1, withscores=True)
        times = [int(rows[0][1]) for rows in pipe.execute() if rows]
        return min(times, default=0), max(times, default=-1)

    def _next_position(self, site: str, position: int) -> int:
        """Return the time (ms) before which about COMMENTS_PER_WINDOW more comments were received."""
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            key = self._keys.status(site, status)
            pipe.zrangebyscore(key, position, "+inf", start=0, num=COMMENTS_PER_WINDOW, withscores=True)
        found = pipe.execute()
        ends = [int(rows[-1][1]) for rows in found if len(rows) == COMMENTS_PER_WINDOW]
        latest = max((int(rows[-1][1]) for rows in found if rows), default=position)
        return max(min(ends, default=latest + 1), position + 1)

    def _received_between(self, site: str, start: int, end: int, received: dict[str, int]) -> list[str]:
        """Return the ids of the comments received from `start` until before `end`, in order.

        A comment that its author edited waits under the time of the edit. All statuses are read in one step, so each
        comment is found exactly once, wherever it moves during the export.
        """
        pipe = self._client.pipeline()
        for status in Status:
            pipe.zrangebyscore(self._keys.status(site, status), start, f"({end}", withscores=True)
        pipe.zrangebyscore(self._keys.status(site, Status.QUEUED), start, "+inf")
        *statuses, waiting = pipe.execute()
        waiting_ids = {text(id) for id in waiting}
        found = {text(id): int(at) for rows in statuses for id, at in rows if text(id) not in waiting_ids}
        for id in received.keys() - waiting_ids:
            del received[id]
        self._read_times(site, sorted(waiting_ids - received.keys()), received)
        found |= {id: at for id, at in received.items() if start <= at < end}
        return sorted(found, key=lambda id: (found[id], id))

    def _read_times(self, site: str, ids: Sequence[str], received: dict[str, int]) -> None:
        for n in range(0, len(ids), COMMENTS_PER_WINDOW):
            some = ids[n : n + COMMENTS_PER_WINDOW]
            records = self._client.mget([self._keys.comment(site, id) for id in some])
            pairs = zip(some, records, strict=True)
            received |= {id: milliseconds(load_comment(site, id, record).received) for id, record in pairs if record}

    def _load(self, site: str, ids: Sequence[str]) -> Iterator[ArchivedComment]:
        k, of = self._keys, self._together.corpus_site(site)
        pipe = self._client.pipeline()
        pipe.exists(k.moving_threads(site))
        pipe.mget([k.comment(site, id) for id in ids])
        pipe.hmget(k.learned(of), ids)
        pipe.hmget(k.reputation_lessons(), [f"{site} {id}" for id in ids])
        pipe.smismember(k.unlearned(site), ids)
        for id in ids:
            pipe.lrange(k.notes(site, id), 0, -1)
        is_moving, records, lessons, reputation, unlearned, *notes = pipe.execute()
        times = self._ham_times(of, dict(zip(ids, lessons, strict=True)))
        found = [load_comment(site, id, record) if record else None for id, record in zip(ids, records, strict=True)]
        if is_moving:
            found = in_new_threads(self._client, k.thread_aliases(site), found)
        for comment, *parts in zip(found, lessons, reputation, unlearned, notes, strict=True):
            if comment:
                yield ArchivedComment(comment, tuple(_rows_of(comment.id, times.get(comment.id, ""), *parts)))

    def _ham_times(self, corpus_site: str, lessons: Mapping[str, bytes | None]) -> dict[str, str]:
        """Return the time (ms) of the decision behind each ham lesson, by which the latest ones are found."""
        taught = {id: json.loads(lesson) for id, lesson in lessons.items() if lesson}
        ham = {id: f"{id} {lesson.get('odds', '')}" for id, lesson in taught.items() if lesson["label"] == Label.HAM}
        if not ham:
            return {}
        found = self._client.zmscore(self._keys.ham_ceilings(corpus_site), list(ham.values()))
        return {id: number(at) for id, at in zip(ham, found, strict=True) if at is not None}

    def _places(self, name: str, site: str) -> Iterable[str]:
        if name == "authors":
            return AUTHOR_STATUSES
        if name == "retention":
            return sorted(RetentionClass)
        return _number_periods() if name == "numbers" else self._threads(site)

    def _threads(self, site: str) -> Iterator[str]:
        low = b"-"
        while found := self._client.zrangebylex(self._keys.known_threads(site), low, b"+", 0, ROWS_PER_READ):
            yield from map(text, found)
            low = b"(" + found[-1]

    def rows(self, site: str, audit_end: str) -> Iterator[StoredRow]:
        for name in row_keys():
            if name == "audit":
                yield from self._audit(site, audit_end)
            elif name == "notice_counts":
                yield from self._notice_counts(site)
            elif name in PLACES:
                for of in self._places(name, site):
                    yield from self._key_rows(name, getattr(self._keys, name)(site, of), of)
            else:
                yield from self._key_rows(name, getattr(self._keys, name)(site))

    def _audit(self, site: str, end: str) -> Iterator[StoredRow]:
        last = "-"
        while end and (chunk := self._client.xrange(self._keys.audit(site), last, end, count=ROWS_PER_READ)):
            yield from (StoredRow("audit", name=text(id), value=text(fields[b"e"])) for id, fields in chunk)
            last = "(" + text(chunk[-1][0])

    def _notice_counts(self, site: str) -> Iterator[StoredRow]:
        for row in sorted_rows(_hash_rows(self._client, self._keys.notice_counts()), StoredRow("notice_counts")):
            if json.loads(row.name)[0] == site:
                yield row

    def _key_rows(self, name: str, key: str, of: str = "") -> Iterator[StoredRow]:
        kind, client, row = EXPORTED_TYPES[name], self._client, StoredRow(name, of)
        if kind == "string":
            value = client.get(key)
            yield from () if value is None else (StoredRow(name, of, value=text(value)),)
        elif kind == "set":
            members = ((text(member), "") for member in client.sscan_iter(key, count=ROWS_PER_READ))
            yield from sorted_rows(members, row)
        elif kind == "sorted set":
            members = ((text(member), number(at)) for member, at in client.zscan_iter(key, count=ROWS_PER_READ))
            yield from sorted_rows(members, row)
        else:
            fields = _hash_rows(client, key)
            yield from sorted_rows((pair for pair in fields if _is_exported(name, pair[0])), row)


def _rows_of(
    id: str, taught: str, lesson: bytes | None, reputation: bytes | None, due: int, notes: list[bytes]
) -> Iterator[StoredRow]:
    if lesson:
        yield StoredRow("learned", taught, id, text(lesson))
    if reputation:
        fields = json.loads(reputation)  # the script does not write them in an order
        value = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield StoredRow("reputation_lessons", name=id, value=value)
    if due:
        yield StoredRow("unlearned", name=id)
    yield from (StoredRow("notes", id, value=text(note)) for note in notes)


def _is_exported(key: str, field: str) -> bool:
    """Return False for fields that an import derives: the size of the queue, and all numbers but reports by readers."""
    if key == "numbers":
        return field.partition(":")[2] == READER_REPORTS
    return key != "counters" or field not in QUEUE_COUNTERS


def _number_periods() -> list[str]:
    """Return the names of all periods whose numbers may still be stored."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    days = [now - timedelta(days=n) for n in range(-1, 11 * 366)]
    hours = {stored_period(Unit.HOUR, day).key for day in days[: HOURS_KEPT + 3]}
    others = {stored_period(unit, day).key for unit in (Unit.DAY, Unit.MONTH) for day in days}
    return sorted(hours | others)


def _hash_rows(client: Any, key: str) -> Iterator[tuple[str, str]]:
    return ((text(field), text(value)) for field, value in client.hscan_iter(key, count=ROWS_PER_READ))
