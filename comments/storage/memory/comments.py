"""Comments in memory, with the same promises as accept.lua and decide.lua."""

from collections.abc import Sequence
from datetime import datetime

from comments.audit import decision_entry
from comments.errors import Busy, Invalid, KeyReused, NotFound, Problem, StaleVersion, TooMany
from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import draft_id
from comments.storage.draft_changes import is_outbox_event, revised_ids, rewrites_submission, with_carried_over
from comments.storage.values import WAIT_BUCKETS, Accepted, Admission, CommentChange, CommentPage, Counters, OutboxEvent

from .administration import note
from .paging import page
from .site_data import Shelf, Shelves

KEY_SECONDS, SAME_SECONDS = 86_400, 60
WAKE_SECONDS = 5
BUSY_SECONDS = 5


class MemoryComments:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        with self._shelves.lock:
            shelf, now = self._shelves[comment.site], self._shelves.now()
            repeat = f"key:{admission.key}" if admission.key else f"same:{admission.fingerprint}"
            id, fingerprint, until = shelf.repeats.get(repeat, ("", "", 0.0))
            if until > now:
                if fingerprint != admission.fingerprint:
                    raise KeyReused("this Idempotency-Key came before with a different submission")
                return Accepted(id, repeat=True)
            _refuse(shelf, comment, admission, now)
            if comment.id in shelf.comments:
                raise StaleVersion("there is such a comment already")
            shelf.comments[comment.id] = comment
            shelf.due[comment.id] = now
            shelf.accepted += 1
            shelf.opened.setdefault(comment.thread, comment.received.timestamp())
            shelf.repeats[repeat] = (
                comment.id, admission.fingerprint, now + (KEY_SECONDS if admission.key else SAME_SECONDS)
            )  # fmt: skip
            if shelf.wakes_missing(now, admission.batch, admission.max_wakeups) < 1:
                return Accepted(comment.id)
            shelf.wakes[comment.id] = now + WAKE_SECONDS
            return Accepted(comment.id, wakeup=comment.id)

    def get(self, site: str, id: str) -> Comment:
        comment = self._shelves[site].comments.get(id)
        if comment is None:
            raise NotFound("there is no such comment")
        return comment

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        return [self._shelves[site].comments.get(id) for id in ids]

    def load_with_draft(self, site: str, id: str) -> tuple[Comment | None, Comment | None]:
        comment, draft = self.load(site, [id, draft_id(id)])
        return comment, draft

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        with self._shelves.lock:
            shelf = self._shelves[site]
            comments = {c.id: c for c in self.load(site, revised_ids(changes)) if c}
            applied = [self._apply_all(shelf, group) for group in with_carried_over(changes, comments)]
            self._shelves.lock.notify_all()
            return applied

    def _apply_all(self, shelf: Shelf, group: Sequence[CommentChange]) -> bool:
        if any(shelf.comments.get(change.before.id) != change.before for change in group):
            return False
        for change in group:
            self._apply(shelf, change)
        return True

    def _apply(self, shelf: Shelf, change: CommentChange) -> None:
        before, after, now = change.before, change.after, self._shelves.now()
        seen, rewritten = shelf.seen(after.thread), rewrites_submission(change)
        shelf.comments[after.id] = after
        if before.status is Status.QUEUED:
            shelf.leave_queue(before, after, now)
        if after.status is Status.QUEUED:
            shelf.due[after.id] = now
            shelf.accepted += before.status is not Status.QUEUED
        if noted := decision_entry(after, change.origin):
            note(self._shelves, noted)
            shelf.moderated[after.status] += 1
        if noted or rewritten:
            shelf.unlearned.add(after.id)
        if Status.HELD in (before.status, after.status):
            shelf.held.pop(after.id, None)
            shelf.unfiled.add(after.id)
        for name in after.author_keys:
            shelf.count_author(before.status, name, -1, after.received)
            shelf.count_author(after.status, name, 1, after.received)
        shelf.tell_readers(after, seen, rewritten, now)
        if is_outbox_event(after):
            shelf.told += 1
            shelf.events.append(OutboxEvent(f"{shelf.told}-0", after.id, after.version, before.status, after.status))

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        rows, following = page(self._shelves[site].in_status(status), cursor, limit, newest)
        return CommentPage(tuple(rows), following)

    def held_since(self, site: str, since: datetime) -> int:
        return sum(comment.received > since for comment in self._shelves[site].in_status(Status.HELD))

    def received_since(self, site: str, since: datetime) -> int:
        with self._shelves.lock:
            return sum(comment.received > since for comment in self._shelves[site].comments.values())

    def counters(self, site: str) -> Counters:
        with self._shelves.lock:
            shelf = self._shelves[site]
            return Counters(
                accepted=shelf.accepted,
                decided=dict(shelf.decided),
                moderated=dict(shelf.moderated),
                standing={status: len(shelf.in_status(status)) for status in Status},
                attempts=shelf.claims,
                wait_seconds={bound: sum(w <= bound for w in shelf.waits) for bound in WAIT_BUCKETS},
                wait_sum=sum(shelf.waits),
                reported=shelf.reports_kept,
            )

    def wait(self, site: str, id: str, seconds: float) -> Comment:
        with self._shelves.lock:
            self._shelves.lock.wait_for(lambda: self.get(site, id).status is not Status.QUEUED, seconds)
            return self.get(site, id)


def _refuse(shelf: Shelf, comment: Comment, admission: Admission, now: float) -> None:
    if comment.thread in shelf.closed:
        raise Invalid([Problem("thread", "closed", "Comments are closed.")])
    parent = shelf.comments.get(comment.parent)
    if comment.parent and not (parent and parent.thread == comment.thread and shelf.published(comment.parent)):
        raise Invalid([Problem("parent", "unpublished", "The comment you reply to is not published.")])
    per_minute = admission.per_minute if comment.origin else 0
    whole_again, wait = shelf.after_one_more(comment.origin, per_minute, now)
    if wait:
        raise TooMany("too many submissions from here", wait)
    if len(shelf.in_status(Status.QUEUED)) >= admission.max_pending:
        raise Busy("too many comments wait to be judged", BUSY_SECONDS)
    shelf.spend(comment.origin, whole_again)
