"""Comments in memory: the counterpart of the scripts comments/accept and comments/decide."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil

from comments.audit import decision_entry
from comments.counted_events import HOUR_SECONDS, REVIEW_BOUNDS
from comments.errors import Busy, Invalid, KeyReused, NotFound, Problem, StaleVersion
from comments.lifecycle import Status
from comments.model import STAFF, Comment
from comments.storage.codec import draft_id, dump_submission
from comments.storage.draft_changes import (
    is_outbox_event,
    is_published_unseen,
    revised_ids,
    rewrites_submission,
    with_carried_over,
)
from comments.storage.people_records import records_of_people, status_by_people
from comments.storage.rate_limits import byte_limits, bytes_error, rate_error, rate_limits
from comments.storage.thread_tree import MAX_THREAD_DEPTH, TOO_DEEP
from comments.storage.values import (
    UNSEEN_DAYS,
    WAIT_BUCKETS,
    Accepted,
    Admission,
    CommentChange,
    CommentPage,
    Counters,
    OutboxEvent,
)

from .paging import page
from .site_data import AllSites, SiteData
from .thread_moves import answering_thread

KEY_SECONDS, REPEAT_SECONDS = 86_400, 60
BUSY_SECONDS = 5


class MemoryComments:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        with self._sites.lock:
            data, now = self._sites[comment.site], self._sites.now()
            name = f"key:{admission.key}" if admission.key else f"same:{admission.fingerprint}"
            id, fingerprint, until = data.repeats.get(name, ("", "", 0.0))
            if until > now:
                if fingerprint != admission.fingerprint:
                    raise KeyReused("This Idempotency-Key was already used for a different submission.")
                return Accepted(id, repeat=True)
            comment = replace(comment, thread=answering_thread(data, comment.thread))
            rates = _check_limits(data, comment, admission, now)
            if comment.id in data.comments:
                raise StaleVersion("A comment with this ID already exists.")
            data.comments[comment.id] = comment
            data.due[comment.id] = now
            data.accepted += 1
            if comment.role == STAFF:
                data.staff_names.add(comment.author)
            data.opened.setdefault(comment.thread, comment.received.timestamp())
            expiry = now + (KEY_SECONDS if admission.key else REPEAT_SECONDS)
            data.repeats[name] = (comment.id, admission.fingerprint, expiry)
            data.rates |= rates
            token = self._sites.announce_work(comment.site, comment.id, admission.batch, admission.max_wakeups)
            return Accepted(comment.id, wakeup=token)

    def get(self, site: str, id: str) -> Comment:
        comment = self._sites[site].comments.get(id)
        if comment is None:
            raise NotFound("there is no such comment")
        return comment

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        return [self._sites[site].comments.get(id) for id in ids]

    def load_with_draft(self, site: str, id: str) -> tuple[Comment | None, Comment | None]:
        comment, draft = self.load(site, [id, draft_id(id)])
        return comment, draft

    def by_user(self, site: str, user: str, n: int) -> list[Comment]:
        with self._sites.lock:
            own = [c for c in self._sites[site].comments.values() if user and c.user == user and not c.draft_of]
        return sorted(own, key=lambda c: (c.received, c.id), reverse=True)[:n]

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        with self._sites.lock:
            data = self._sites[site]
            comments = {c.id: c for c in self.load(site, revised_ids(changes)) if c}
            applied = [self._apply_all(data, group) for group in with_carried_over(changes, comments)]
            for change in changes:
                self._sites.announce(change.after.id)
            return applied

    def _apply_all(self, data: SiteData, group: Sequence[CommentChange]) -> bool:
        if any(data.comments.get(change.before.id) != change.before for change in group):
            return False
        for change in group:
            self._apply(data, change)
        return True

    def _apply(self, data: SiteData, change: CommentChange) -> None:
        before, after, now = change.before, change.after, self._sites.now()
        visible, rewritten = data.visible_in(after.thread), rewrites_submission(change)
        data.comments[after.id] = after
        data.indexed.pop(after.id, None)
        data.unindexed.add(after.id)
        if before.status is Status.QUEUED:
            data.leave_queue(before, after, now)
        if is_published_unseen(change):
            data.unseen.append(now)
        if after.status is Status.QUEUED:
            data.due[after.id] = now
            data.accepted += before.status is not Status.QUEUED
        by_person = decision_entry(after, change.origin) is not None
        data.moderated[after.status] += by_person
        data.count_review(after)
        if by_person or rewritten:
            data.unlearned.add(after.id)
        for author in after.author_keys:
            data.count_author(before.status, author, -1, after.received)
            data.count_author(after.status, author, 1, after.received)
        data.by_people[status_by_people(before)].subtract(records_of_people(before))
        data.by_people[status_by_people(after)].update(records_of_people(after))
        data.update_thread(after, visible, rewritten, now)
        data.follow_retention(before, after, rewritten, now)
        if is_outbox_event(after):
            data.n_events += 1
            event = OutboxEvent(f"{data.n_events}-0", after.id, after.version, before.status, after.status)
            data.events.append(event)

    def wait_for_replicas(self, site: str) -> None:
        """Return at once: there are no replicas."""

    def add_decided(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        with self._sites.lock:
            return [self._add_decided(self._sites[site], comment) for comment in comments]

    def _add_decided(self, data: SiteData, comment: Comment) -> bool:
        if comment.id in data.comments:
            return False
        visible = data.visible_in(comment.thread)
        data.comments[comment.id] = comment
        data.unindexed.add(comment.id)
        if comment.lesson:
            data.unlearned.add(comment.id)
        if comment.role == STAFF:
            data.staff_names.add(comment.author)
        first = comment.received.timestamp()
        data.opened[comment.thread] = min(first, data.opened.get(comment.thread, first))
        for author in comment.author_keys:
            data.count_author(comment.status, author, 1, comment.received)
        data.by_people[status_by_people(comment)].update(records_of_people(comment))
        data.update_thread(comment, visible, False, self._sites.now(), is_new=True)
        undecided = replace(comment, status=Status.QUEUED, decisions=())
        data.follow_retention(undecided, comment, False, self._sites.now())
        return True

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        rows, following = page(self._sites[site].in_status(status), cursor, limit, newest)
        return CommentPage(tuple(rows), following)

    def held_since(self, site: str, since: datetime) -> int:
        return sum(comment.received > since for comment in self._sites[site].in_status(Status.HELD))

    def received_between(self, site: str, since: datetime, until: datetime) -> int:
        with self._sites.lock:
            return sum(since < comment.received <= until for comment in self._sites[site].comments.values())

    def counters(self, site: str) -> Counters:
        with self._sites.lock:
            data = self._sites[site]
            return Counters(
                accepted=data.accepted,
                decided=dict(data.decided),
                moderated={status: n for status, n in data.moderated.items() if n},
                current={status: len(data.in_status(status)) for status in Status},
                attempts=data.claims,
                wait_seconds={bound: sum(w <= bound for w in data.waits) for bound in WAIT_BUCKETS},
                wait_sum=sum(data.waits),
                review_seconds={b: sum(s <= b for s in data.reviews) for b in (*REVIEW_BOUNDS, float("inf"))},
                review_sum=sum(data.reviews),
                corrected=dict(data.corrected),
                published_unseen=sum(at > self._sites.now() - UNSEEN_DAYS * 86_400 for at in data.unseen),
            )


def _check_limits(data: SiteData, comment: Comment, admission: Admission, now: float) -> dict[str, float]:
    """Return the times at which the rate limits are free again. Raises the reason to refuse the comment."""
    if comment.thread in data.closed:
        raise Invalid([Problem("thread", "closed", "Comments are closed.")])
    parent = data.comments.get(comment.parent)
    is_new_reply = bool(comment.parent) and not comment.draft_of  # an edit keeps its place
    if is_new_reply and not (parent and parent.thread == comment.thread and data.is_visible(comment.parent)):
        raise Invalid([Problem("parent", "unpublished", "The comment you are replying to is not published.")])
    if is_new_reply and sum(1 for _ in data.above(comment.parent)) >= MAX_THREAD_DEPTH:
        raise Invalid([Problem("parent", "too-deep", TOO_DEEP)])
    rates = {}
    for name, per_minute in rate_limits(comment, admission.per_minute):
        rates[name], wait = data.check_rate(name, per_minute, now)
        if wait:
            raise rate_error(name, wait)
    size = len(dump_submission(comment))
    for name, per_hour in byte_limits(comment, admission.bytes_per_hour):
        free_at = max(now, data.rates.get(f"bytes {name}", 0.0)) + size * HOUR_SECONDS / per_hour
        rates[f"bytes {name}"] = free_at
        if free_at - now > HOUR_SECONDS:
            raise bytes_error(name, ceil(free_at - now - HOUR_SECONDS))
    if len(data.in_status(Status.QUEUED)) >= admission.max_pending:
        raise Busy("Too many comments are waiting for a decision. Try again in a moment.", BUSY_SECONDS)
    return rates
