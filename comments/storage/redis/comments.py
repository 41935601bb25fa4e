"""Comments on Redis: accepted by one script, decided by one script, read whole."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate, compress

from comments.audit import decision_entry
from comments.drafts import waited_since
from comments.errors import Busy, Invalid, KeyReused, NotFound, Problem, StaleVersion, TooMany
from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import dump_state, dump_submission, load_comment, milliseconds
from comments.storage.draft_changes import is_outbox_event, revised_ids, rewrites_submission, with_carried_over
from comments.storage.keys import Keys, thread_name, value_name
from comments.storage.values import WAIT_BUCKETS, Accepted, Admission, CommentChange, CommentPage, Counters

from .audit import packed
from .client import Client, guarded, script, text
from .paging import page

#: How long a client may repeat a submission under the same Idempotency-Key, and without one, in seconds.
KEY_SECONDS, SAME_SECONDS = 86_400, 60
#: Enough that no two submissions are ever taken for one: that would lose a comment.
FINGERPRINT_BYTES = 16
#: A site's undecided submissions may take this much memory, whatever their number.
MAX_PENDING_BYTES = 64 * 1024 * 1024
#: How long a wake-up counts as outstanding; claims renew it. Shorter than a lease, to replace a killed worker soon.
WAKE_MS = 5_000
#: Seconds to wait before trying again when a site is full.
BUSY_SECONDS = 5


@guarded
class RedisComments:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._accept = script(client, "wakes", "allowance", "accept")
        self._decide = script(client, "wakes", "decide")

    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        k, site, thread = self._keys, comment.site, comment.thread
        submission = dump_submission(comment)
        minute = int(time.time()) // SAME_SECONDS
        repeat = k.idempotency(site, admission.key) if admission.key else k.same(site, minute)
        answer = self._accept(
            keys=[
                k.comment(site, comment.id), k.status(site, Status.QUEUED), k.due(site), k.wakes(site),
                k.counters(site), repeat, k.rate(site, comment.origin), k.closed(site), k.thread_opened(site),
                k.roots(site, thread), k.replies(site, thread), k.same(site, minute - 1),
            ],
            args=[
                comment.id, dump_state(comment) + submission, len(submission), milliseconds(comment.received),
                value_name(admission.fingerprint, FINGERPRINT_BYTES), "1" if admission.key else "",
                admission.max_pending, MAX_PENDING_BYTES, admission.per_minute if comment.origin else 0,
                admission.batch, admission.max_wakes, thread_name(thread), comment.parent, WAKE_MS,
                KEY_SECONDS, SAME_SECONDS,
            ],
        )  # fmt: skip
        return _accepted(comment, [text(a) if isinstance(a, bytes) else a for a in answer])

    def get(self, site: str, id: str) -> Comment:
        comment = self.load(site, [id])[0]
        if comment is None:
            raise NotFound("there is no such comment")
        return comment

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        records = self._client.mget([self._keys.comment(site, id) for id in ids]) if ids else []
        return [load_comment(site, id, record) if record else None for id, record in zip(ids, records, strict=True)]

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        if not changes:
            return []
        k = self._keys
        keys = [
            k.due(site), k.attempts(site), k.counters(site), k.outbox(site), k.unlearned(site),
            k.authors(site, Status.APPROVED), k.authors(site, Status.SPAM), k.thread_counts(site),
            k.thread_versions(site), k.recent(site), k.changes(site), k.audit(site), k.held_changed(site),
            k.held_slots(site), k.held_here(site), *(k.status(site, status) for status in Status),
        ]  # fmt: skip
        args: list[str | bytes | int] = [k.decided(site)]
        asked: list[bool] = []  # which of the changes made are those that were asked for
        comments = {c.id: c for c in self.load(site, revised_ids(changes)) if c}
        for group in with_carried_over(changes, comments):
            for change in group:
                after = change.after
                keys += [k.comment(site, after.id), k.roots(site, after.thread), k.replies(site, after.thread)]
                args += [*_arguments(change), "1" if change is not group[-1] else ""]
                asked.append(change is group[0])
        return [bool(applied) for applied in compress(self._decide(keys=keys, args=args), asked)]

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        ids, following = page(self._client, self._keys.status(site, status), cursor, limit, newest)
        return CommentPage(tuple(c for c in self.load(site, ids) if c), following)

    def held_since(self, site: str, since: datetime) -> int:
        return int(self._client.zcount(self._keys.status(site, Status.HELD), f"({milliseconds(since)}", "+inf"))

    def received_since(self, site: str, since: datetime) -> int:
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            pipe.zcount(self._keys.status(site, status), f"({milliseconds(since)}", "+inf")
        return sum(pipe.execute())

    def counters(self, site: str) -> Counters:
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.counters(site))
        for status in Status:
            pipe.zcard(self._keys.status(site, status))
        totals, *standing = pipe.execute()
        return _counters({text(name): float(n) for name, n in totals.items()}, standing)

    def wait(self, site: str, id: str, seconds: float) -> Comment:
        deadline = time.monotonic() + seconds
        with self._client.pubsub(ignore_subscribe_messages=True) as decided:
            decided.subscribe(self._keys.decided(site))
            decided.get_message(timeout=seconds)  # the subscription's own confirmation: from here nothing is missed
            while (comment := self.get(site, id)).status is Status.QUEUED:
                if not _heard(decided, id, deadline):
                    break
        return comment


def _heard(decided: Client, id: str, deadline: float) -> bool:
    """Whether the decision on `id` was announced before `deadline`."""
    while (left := deadline - time.monotonic()) > 0:
        message = decided.get_message(timeout=left)
        if message and message["data"] == id.encode():
            return True
    return False


def _accepted(comment: Comment, answer: list[str]) -> Accepted:
    match answer:
        case ["new", token]:
            return Accepted(comment.id, wake=token)
        case ["repeat", id]:
            return Accepted(id, repeat=True)
        case ["reused"]:
            raise KeyReused("this Idempotency-Key came before with a different submission")
        case ["closed"]:
            raise Invalid([Problem("thread", "closed", "Comments are closed.")])
        case ["there"]:
            raise StaleVersion("there is such a comment already")
        case ["parent"]:
            raise Invalid([Problem("parent", "unpublished", "The comment you reply to is not published.")])
        case ["rate", seconds]:
            raise TooMany("too many submissions from here", int(seconds))
    raise Busy("too many comments wait to be judged", BUSY_SECONDS)


def _arguments(change: CommentChange) -> list[str | bytes | int]:
    """One change as decide.lua takes it, without the last argument."""
    before, after = change.before, change.after
    noted = decision_entry(after, change.origin)
    names = after.author_keys or ("", "")
    waits = before if before.status is Status.QUEUED else after
    written = dump_submission(after) if rewrites_submission(change) else b""
    return [
        after.id, dump_state(before), dump_state(after), before.status, after.status,
        after.version if is_outbox_event(after) else "",
        milliseconds(after.received), thread_name(after.thread), after.parent, packed(noted) if noted else "", *names,
        milliseconds(waited_since(waits, after, datetime.now(UTC))), written,
    ]  # fmt: skip


def _counters(totals: dict[str, float], standing: Sequence[int]) -> Counters:
    def of(kind: str) -> dict[str, int]:
        return {name.removeprefix(kind): int(n) for name, n in totals.items() if name.startswith(kind)}

    decided = of("decided:")
    waited = {float(bound): n for bound, n in of("wait:").items()}
    cumulative = dict(zip(WAIT_BUCKETS, accumulate(waited.get(bound, 0) for bound in WAIT_BUCKETS), strict=True))
    cumulative[float("inf")] = sum(decided.values())  # also those that waited longer than every bound
    return Counters(
        accepted=int(totals.get("accepted", 0)),
        decided=decided,
        moderated=of("moderated:"),
        standing=dict(zip(Status, standing, strict=True)),
        attempts=int(totals.get("attempts", 0)),
        wait_seconds=cumulative,
        wait_sum=totals.get("wait_sum", 0.0),
        reported=int(totals.get("reported", 0)),
    )
