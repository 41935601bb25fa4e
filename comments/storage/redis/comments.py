"""Comments on Redis: one script accepts, one script decides, and one string holds a comment."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from comments.errors import NotFound, StorageDown
from comments.lifecycle import Status
from comments.model import STAFF, Comment
from comments.storage.codec import draft_id, dump_state, dump_submission, load_comment, milliseconds
from comments.storage.draft_changes import revised_ids, with_carried_over
from comments.storage.keys import Keys, thread_name, value_name
from comments.storage.rate_limits import byte_limits, rate_limits
from comments.storage.thread_tree import MAX_THREAD_DEPTH
from comments.storage.values import (
    USER_MAX,
    Accepted,
    Admission,
    CommentChange,
    CommentPage,
    Counters,
)

from .accept_answers import accepted
from .announcements import work_channel
from .client import Client, guarded, text
from .counters import read_counters
from .decide_arguments import CHANGES_AT_ONCE, DECIDE_CONSTANTS, change_named, change_records
from .memory import MemoryWatch
from .number_arguments import periods_named
from .paging import page
from .scripts import Script
from .thread_moves import answering_threads, in_new_threads

#: Seconds in which a repeated submission is recognized: by its Idempotency-Key, and without one by its content.
KEY_SECONDS, REPEAT_SECONDS = 86_400, 60
#: Long enough that two submissions never share one. A collision would lose a comment.
FINGERPRINT_BYTES = 16
#: Memory limit for the undecided submissions of a site, whatever their number.
MAX_PENDING_BYTES = 64 * 1024 * 1024
#: Time for replicas to receive an accepted comment or another change, if the settings ask for some.
REPLICA_WAIT_MS = 500
#: Time until a wake-up counts as lost. Claims renew it. Shorter than a lease, to replace a killed worker soon.
WAKEUP_MS = 5_000

#: Makes a comment from site, id and record.
RecordReader = Callable[[str, str, bytes], Comment]


@guarded
class RedisComments:
    def __init__(self, client: Client, keys: Keys, wait_replicas: int = 0) -> None:
        self._client, self._keys, self._wait_replicas = client, keys, wait_replicas
        self._memory = MemoryWatch(client)
        self._accept = Script(client, "comments/accept")
        self._decide = Script(client, "comments/decide")

    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        if not self._wait_replicas:
            return self._accept_in(self._client, comment, admission)
        with self._client.connection_of(
            self._keys.due(comment.site)
        ) as connection:  # replicas are counted for the writes of one connection
            accepted_here = self._accept_in(connection, comment, admission)
            reached = connection.wait(self._wait_replicas, REPLICA_WAIT_MS)
        # The comment is stored, but a fail-over may lose it. A repeat of the request finds it and waits again.
        self._check_replicas(reached)
        return accepted_here

    def _check_replicas(self, reached: int) -> None:
        if reached < self._wait_replicas:
            raise StorageDown(f"only {reached} of {self._wait_replicas} replicas have the change")

    def _accept_in(self, client: Client, comment: Comment, admission: Admission, is_resolved: bool = False) -> Accepted:
        k, site, thread = self._keys, comment.site, comment.thread
        submission = dump_submission(comment)
        minute = int(time.time()) // REPEAT_SECONDS
        repeats = k.idempotency(site, admission.key) if admission.key else k.repeats(site, minute)
        rates, sizes = rate_limits(comment, admission.per_minute), byte_limits(comment, admission.bytes_per_hour)
        max_pending = 0 if self._memory.is_short(k.due(site)) else admission.max_pending
        answer = self._accept(
            [
                k.comment(site, comment.id), k.status(site, Status.QUEUED), k.due(site), k.wakeups(site),
                k.counters(site), repeats, k.repeats(site, minute - 1),
                k.closed_threads(site), k.thread_opened(site), k.nodes(site, thread), k.roots(site, thread),
                k.user_comments(site, comment.user), k.staff_names(site), k.thread_aliases(site), k.known_threads(site),
                k.thread_prefixes(site), *(k.rate(site, name) for name, _ in rates),
                *(k.bytes_received(site, name) for name, _ in sizes),
            ],
            {
                "id": comment.id, "bytes": len(submission), "received": milliseconds(comment.received),
                "has_key": bool(admission.key), "thread": thread_name(thread),
                "parent": "" if comment.draft_of else comment.parent,  # an edit keeps its place
                "per_minutes": [per_minute for _, per_minute in rates], "max_pending": max_pending,
                "per_hours": [per_hour for _, per_hour in sizes],
                "max_pending_bytes": MAX_PENDING_BYTES, "batch": admission.batch, "max_wakeups": admission.max_wakeups,
                "wakeup_ms": WAKEUP_MS, "key_seconds": KEY_SECONDS, "repeat_seconds": REPEAT_SECONDS,
                "user": "" if comment.draft_of else comment.user, "user_max": USER_MAX,
                "staff_name": comment.author if comment.role == STAFF else "",
                "max_depth": MAX_THREAD_DEPTH, "is_resolved": is_resolved, "site": site,
                "channel": work_channel(self._client, k, site),
            },
            dump_state(comment) + submission,
            value_name(admission.fingerprint, FINGERPRINT_BYTES),
            thread,
            client=client,
        )  # fmt: skip
        words = [text(a) if isinstance(a, bytes) else a for a in answer]
        if words[0] == "moved":
            (thread,) = answering_threads(self._client, k, site, [thread])
            return self._accept_in(client, replace(comment, thread=thread), admission, is_resolved=True)
        return accepted(comment, words, [name for name, _ in rates or sizes])

    def get(self, site: str, id: str) -> Comment:
        comment = self.load(site, [id])[0]
        if comment is None:
            raise NotFound("there is no such comment")
        return comment

    def load(self, site: str, ids: Sequence[str], read: RecordReader = load_comment) -> list[Comment | None]:
        if not ids:
            return []
        pipe = self._client.pipeline(transaction=False)
        pipe.exists(self._keys.moving_threads(site))  # before the records, which may be rewritten right after
        pipe.mget([self._keys.comment(site, id) for id in ids])
        is_moving, records = pipe.execute()
        found = [read(site, id, record) if record else None for id, record in zip(ids, records, strict=True)]
        return in_new_threads(self._client, self._keys.thread_aliases(site), found) if is_moving else found

    def load_with_draft(self, site: str, id: str) -> tuple[Comment | None, Comment | None]:
        comment, draft = self.load(site, [id, draft_id(id)])
        return comment, draft

    def by_user(self, site: str, user: str, n: int) -> list[Comment]:
        ids = self._client.zrevrange(self._keys.user_comments(site, user), 0, n - 1)
        return [c for c in self.load(site, [text(id) for id in ids]) if c]

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        comments = {c.id: c for c in self.load(site, revised_ids(changes)) if c}
        return self._decide_all(site, list(with_carried_over(changes, comments)))

    def wait_for_replicas(self, site: str) -> None:
        if self._wait_replicas:
            counters = self._keys.counters(site)
            with self._client.connection_of(counters) as connection:
                # WAIT counts replicas for the last write of a connection. This one changes nothing.
                connection.hincrby(counters, "accepted", 0)
                reached = connection.wait(self._wait_replicas, REPLICA_WAIT_MS)
            self._check_replicas(reached)

    def add_decided(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        undecided = (replace(c, status=Status.QUEUED, version=0, decisions=()) for c in comments)
        changes = map(CommentChange, undecided, comments)
        return self._decide_all(site, [(change,) for change in changes], are_new=True)

    def _decide_all(self, site: str, groups: Sequence[Sequence[CommentChange]], are_new: bool = False) -> list[bool]:
        k = self._keys
        keys = [
            k.due(site), k.attempts(site), k.counters(site), k.outbox(site), k.unlearned(site),
            k.authors(site, Status.APPROVED), k.authors(site, Status.SPAM), k.thread_counts(site),
            k.thread_versions(site), k.recent(site), k.changes(site), k.audit(site), k.index_outdated(site),
            k.index_slots(site), k.recount(site), k.thread_opened(site), k.known_threads(site),
            k.staff_names(site), *(k.status(site, status) for status in Status),
        ]  # fmt: skip
        applied: list[bool] = []
        while len(applied) < len(groups):
            some = groups[len(applied) : len(applied) + CHANGES_AT_ONCE]
            applied += self._decide_some(site, keys, some, are_new)
        return applied

    def _decide_some(
        self, site: str, keys: Sequence[str], groups: Sequence[Sequence[CommentChange]], are_new: bool
    ) -> list[bool]:
        """Apply as many groups of changes as one call of the script takes, at least one."""
        k = self._keys
        of_changes: list[str] = []
        named: list[dict[str, Any]] = []
        values: list[bytes] = []
        is_requested: list[bool] = []  # False for a change of a comment that follows from one of its draft
        for group in groups:
            for n, change in enumerate(group):
                thread = change.after.thread
                of_changes += [k.comment(site, change.after.id), k.nodes(site, thread)]
                of_changes += [k.roots(site, thread), k.latest(site, thread)]
                named.append(change_named(change, n + 1 < len(group), are_new))
                values += change_records(change, are_new)
                is_requested.append(n == 0)
        arguments = {
            **DECIDE_CONSTANTS, "channel": k.decided(site), "comments": k.comment(site, ""),
            "children": k.children(site, ""), "aliases": k.thread_aliases(site), "moving": k.moving_threads(site),
            **periods_named(named), "numbers": k.numbers(site, ""), "index": k.index_prefix(site),
            "retention": k.retention(site, ""), "changes": named,
        }  # fmt: skip
        results = self._decide([*keys, *of_changes], arguments, *values)
        return [bool(applied) for applied, requested in zip(results, is_requested, strict=False) if requested]

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        ids, following = page(self._client, self._keys.status(site, status), cursor, limit, newest)
        return CommentPage(tuple(c for c in self.load(site, ids) if c), following)

    def held_since(self, site: str, since: datetime) -> int:
        return int(self._client.zcount(self._keys.status(site, Status.HELD), f"({milliseconds(since)}", "+inf"))

    def received_between(self, site: str, since: datetime, until: datetime) -> int:
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            pipe.zcount(self._keys.status(site, status), f"({milliseconds(since)}", milliseconds(until))
        return sum(pipe.execute())

    def counters(self, site: str) -> Counters:
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.counters(site))
        for status in Status:
            pipe.zcard(self._keys.status(site, status))
        totals, *current = pipe.execute()
        return read_counters({text(name): float(n) for name, n in totals.items()}, current)
