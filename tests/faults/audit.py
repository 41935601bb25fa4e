"""Check that the stored data is consistent, and agrees with the responses that visitors got."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from comments.counted_events import READER_REPORTS, count_events
from comments.drafts import count_edits
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.settings import Settings
from comments.storage.codec import draft_id
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.number_periods import Unit, latest_range
from comments.storage.people_records import records_of_people, status_by_people
from comments.storage.queue_index import INDEXED, IndexQuery
from comments.storage.redis import connect
from tests.faults.visitors import HOLDS, REJECTS, Seen
from tests.support.conversations import read_conversation

PAGE = 500
#: Valid histories of a comment. F: decided by the filters. M: decided by a moderator, or undone. E: edited by its
#: author. A: an edit is applied to the published comment. W: withdrawn. So the filters decide nothing twice, and each
#: edit is decided again.
HISTORY = re.compile(r"E*(F[AM]*(E+F[AM]*)*E*)?W|E*F[AM]*(E+F[AM]*)*")


def records(storage: Storage, site: str) -> Iterator[Comment]:
    """Yield all comments and drafts of the site from the status indexes."""
    for status in Status:
        cursor = ""
        while True:
            page = storage.comments.by_status(site, status, PAGE, cursor)
            yield from page.rows
            cursor = page.cursor
            if not cursor:
                break


def problems(settings: Settings, storage: Storage, site: str, seen: Seen) -> Iterator[str]:
    """Yield all problems as sentences."""
    found = list(records(storage, site))
    comments = [comment for comment in found if not comment.draft_of]
    yield from _against_visitors(comments, seen)
    yield from _against_authors(found, seen)
    yield from _against_moderators(comments, seen)
    yield from _against_histories(found)
    yield from _against_counters(found, storage, site)
    yield from _against_numbers(found, storage, site)
    yield from _against_threads(comments, storage, site)
    yield from _against_indexes(found, storage, site)
    yield from _against_keys(found, settings, site)


def _against_numbers(found: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    """Check that the numbers of the last two months are those that follow from the histories."""
    months = latest_range(Unit.MONTH, 2, datetime.now(UTC))
    counted: Counter[str] = sum(storage.numbers.counts(site, months), Counter())
    wanted: Counter[str] = Counter()
    for comment in found:
        for (_, name), n in count_events(comment).items():
            wanted[name] += n
    for name in sorted({*counted, *wanted} - {READER_REPORTS}):
        if counted[name] != wanted[name]:
            yield f"{name} is counted {counted[name]} times and not {wanted[name]} times"


def _against_visitors(comments: list[Comment], seen: Seen) -> Iterator[str]:
    promised = {id for ids in seen.ids.values() for id in ids}
    stored = {comment.id for comment in comments}
    yield from (f"{key} got two comments: {sorted(ids)}" for key, ids in seen.ids.items() if len(ids) > 1)
    yield from (f"{id} was lost after its 202" for id in promised - stored)
    yield from (f"{id} is stored, but no visitor got its id" for id in stored - promised)


def _against_authors(found: list[Comment], seen: Seen) -> Iterator[str]:
    """Check that exactly the edits and withdrawals of the visitors are stored."""
    stored = {comment.id: comment for comment in found}
    for comment in (comment for comment in found if not comment.draft_of):
        draft = stored.pop(draft_id(comment.id), None)
        edits = seen.edits.get(comment.id, [])
        last = draft or comment
        if comment.id in seen.closed:
            if not {d.status for c in (comment, last) for d in c.decisions} & {Status.SPAM, Status.REMOVED}:
                yield f"{comment.id} could not be edited, although it was never taken down"
        elif edits and last.content != edits[-1]:
            yield f"{comment.id} lost an edit after its 202"
        elif count_edits(comment, *([draft] if draft else [])) != len(edits):
            yield f"{comment.id} does not have {len(edits)} edits"
        if (comment.status is Status.WITHDRAWN) is not (comment.id in seen.withdrawn):
            yield f"{comment.id} is {comment.status}, which is not what its author was answered"
        if draft:
            yield from _against_draft(comment, draft)
    yield from (f"the draft {id} has no comment" for id, left in stored.items() if left.draft_of)


def _against_moderators(comments: list[Comment], seen: Seen) -> Iterator[str]:
    """Check that all decisions that moderators were answered are in the histories."""
    stored = {comment.id: comment for comment in comments}
    for id, versions in seen.decisions.items():
        roles = [decision.role for decision in stored[id].decisions] if id in stored else []
        for version in versions:
            if roles[version - 1 : version] != [Role.MODERATOR]:
                yield f"version {version} of {id} is not the moderator's, although the decision was answered with 200"


def wrongly_published(comments: list[Comment]) -> list[str]:
    """Return the ids of published comments with a listed word that no moderator approved."""
    return [
        comment.id
        for comment in comments
        if comment.status is Status.APPROVED
        and (HOLDS in comment.content or REJECTS in comment.content)
        and not any(d.role is Role.MODERATOR and d.status is Status.APPROVED for d in comment.decisions)
    ]


def _against_draft(comment: Comment, draft: Comment) -> Iterator[str]:
    applied = sum(d.status is Status.APPLIED for d in draft.decisions)
    if applied != sum(_is_applied(d) for d in comment.decisions):
        yield f"{draft.id} was approved {applied} times, but its comment has another number of edits"
    if draft.status is Status.APPLIED and comment.content != draft.content:
        yield f"{comment.id} has not the text of its applied draft"
    if comment.status is Status.WITHDRAWN and draft.status in (Status.QUEUED, Status.HELD):
        yield f"{draft.id} is pending, although its comment is withdrawn"
    if (comment.thread, comment.identity) != (draft.thread, draft.identity):
        yield f"{draft.id} does not belong to its comment"


def _is_applied(decision: Decision) -> bool:
    return decision.action is Action.EDIT and decision.status is Status.APPROVED


def _history_letter(decision: Decision) -> str:
    if decision.role is Role.FILTERS:
        return "F"
    if decision.role is Role.MODERATOR:
        return "M"
    return "A" if _is_applied(decision) else {Action.EDIT: "E", Action.WITHDRAW: "W"}[decision.action]


def _against_histories(found: list[Comment]) -> Iterator[str]:
    stored = Counter(comment.id for comment in found)
    yield from (f"{id} is in {n} status indexes" for id, n in stored.items() if n > 1)
    for comment in found:
        history = "".join(map(_history_letter, comment.decisions))
        if not HISTORY.fullmatch(history) or comment.version != len(history):
            yield f"{comment.id} is {comment.status} after {history or 'no decision'}, in version {comment.version}"


def _against_counters(found: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    counters = storage.comments.counters(site)
    steps = [decision for comment in found for decision in comment.decisions]
    arrived = sum(not comment.draft_of for comment in found)
    arrived += sum(d.status is Status.QUEUED and d.before is not Status.QUEUED for d in steps)
    left = Counter(str(d.status) for d in steps if d.before is Status.QUEUED is not d.status)
    standing = Counter(str(comment.status) for comment in found)
    if counters.accepted != arrived:
        yield f"{counters.accepted} are counted as accepted, {arrived} were queued"
    if {s: n for s, n in counters.decided.items() if n} != dict(left):
        yield f"{dict(counters.decided)} are counted as decided, {dict(left)} left the queue"
    if {s: n for s, n in counters.current.items() if n} != dict(standing):
        yield f"{dict(counters.current)} are indexed, {dict(standing)} are stored"
    if max(counters.wait_seconds.values(), default=0) != left.total():
        yield f"waits of {max(counters.wait_seconds.values(), default=0)} are counted, {left.total()} left the queue"


def _against_threads(comments: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    texts = {comment.id: comment.content for comment in comments}
    for thread in sorted({comment.thread for comment in comments}):
        published = {c.id for c in comments if c.status is Status.APPROVED and c.thread == thread}
        counted = storage.threads.counts(site, [thread])[0]
        rows = read_conversation(storage.threads, site, thread)
        shown = {row.id: row.comment.content for row in rows if not row.removed}
        if storage.thread_indexes.repair(site, thread, published, check=True):
            yield f"the index of {thread} differs from its comments"
        if counted != len(published) or set(shown) != published:
            yield f"{thread} has {len(published)} published comments, counts {counted} and shows {len(shown)}"
        yield from (f"{id} is shown with another text" for id, content in shown.items() if content != texts.get(id))
    for comment in storage.threads.recent(site, len(comments)):
        if comment.status is not Status.APPROVED:
            yield f"{comment.id} is {comment.status} and in the list of recent comments"


def _against_indexes(found: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    """Check that the index contains exactly the comments of each status, in their current version."""
    for status in INDEXED:
        stored = {(comment.id, comment.version) for comment in found if comment.status is status}
        hits = storage.queue_index.find(site, IndexQuery(statuses=(status,), limit=len(found) or 1))
        indexed = {(spot.id, spot.version) for spot in hits.hits}
        if indexed != stored or hits.unindexed:
            right, wrong = len(indexed & stored), len(indexed - stored)
            yield f"{len(stored)} are {status}, {right} are indexed correctly, {wrong} wrongly"


def _against_keys(found: list[Comment], settings: Settings, site: str) -> Iterator[str]:
    keys = Keys(settings.prefix)
    # Of the decisions on edits only those that ask for a moderator are announced.
    expected = sum(
        d.status is Status.HELD if c.draft_of else d.status is not Status.QUEUED for c in found for d in c.decisions
    )
    with connect(settings) as client:
        if left := client.zcard(keys.due(site)):
            yield f"{left} are still due"
        if left := client.hlen(keys.attempts(site)):
            yield f"the attempts of {left} are still stored"
        if pending := int(client.hget(keys.counters(site), "pending_bytes") or 0):
            yield f"{pending} bytes are counted as pending"
        written = client.xinfo_stream(keys.outbox(site))["entries-added"] if found else 0
        if written != expected:
            yield f"{written} events were written for {expected} decisions"
        for status in (Status.APPROVED, Status.SPAM):
            authors = {name for c in found if c.status is status for name in c.author_keys}
            authors |= {name for c in found if status_by_people(c) == status for name in records_of_people(c)}
            if (counted := client.hlen(keys.authors(site, status))) != len(authors):
                yield f"{counted} author names are counted as {status}, but there are {len(authors)}"
