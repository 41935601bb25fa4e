"""Whether what is stored agrees with what visitors were told, and with itself."""

from collections import Counter
from collections.abc import Iterator, Mapping

from comments.lifecycle import Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect

PAGE = 500


def records(storage: Storage, site: str) -> Iterator[Comment]:
    """Every comment of the site, by way of the status indexes."""
    for status in Status:
        cursor = ""
        while True:
            page = storage.comments.by_status(site, status, PAGE, cursor)
            yield from page.rows
            cursor = page.cursor
            if not cursor:
                break


def problems(settings: Settings, storage: Storage, site: str, told: Mapping[str, set[str]]) -> Iterator[str]:
    """Everything that is wrong, in sentences. `told` maps each key to the ids visitors were given for it."""
    found = list(records(storage, site))
    yield from _against_visitors(found, told)
    yield from _against_counters(found, storage, site)
    yield from _against_threads(found, storage, site)
    yield from _against_keys(found, settings, site)


def _against_visitors(found: list[Comment], told: Mapping[str, set[str]]) -> Iterator[str]:
    promised = {id for ids in told.values() for id in ids}
    stored = Counter(comment.id for comment in found)
    yield from (f"{key} got two comments: {sorted(ids)}" for key, ids in told.items() if len(ids) > 1)
    yield from (f"{id} was lost after its 202" for id in promised - set(stored))
    yield from (f"{id} is there though nobody was told" for id in set(stored) - promised)
    yield from (f"{id} is in {n} status indexes" for id, n in stored.items() if n > 1)
    for comment in found:
        if comment.status is Status.QUEUED:
            yield f"{comment.id} is not decided"
        elif comment.version != 1 or len(comment.decisions) != 1:
            yield f"{comment.id} was decided {len(comment.decisions)} times, and its version is {comment.version}"


def _against_counters(found: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    counters = storage.comments.counters(site)
    standing = Counter(str(comment.status) for comment in found)
    if counters.accepted != len(found):
        yield f"{counters.accepted} are counted as accepted, {len(found)} are there"
    if {s: n for s, n in counters.decided.items() if n} != dict(standing):
        yield f"{dict(counters.decided)} are counted as decided, {dict(standing)} stand"
    if {s: n for s, n in counters.standing.items() if n} != dict(standing):
        yield f"{dict(counters.standing)} are indexed, {dict(standing)} stand"
    if max(counters.wait_seconds.values(), default=0) != len(found):
        yield f"waits of {max(counters.wait_seconds.values(), default=0)} are counted, {len(found)} were decided"


def _against_threads(found: list[Comment], storage: Storage, site: str) -> Iterator[str]:
    published = Counter(comment.thread for comment in found if comment.status is Status.APPROVED)
    for thread, n in published.items():
        counted = storage.threads.counts(site, [thread])[0]
        shown = storage.threads.page(site, thread, len(found)).rows
        if counted != n or len(shown) != n:
            yield f"{thread} has {n} published comments, counts {counted} and shows {len(shown)}"
        if strange := {comment.id for comment in shown if comment.thread != thread}:
            yield f"{thread} shows {sorted(strange)} of other threads"


def _against_keys(found: list[Comment], settings: Settings, site: str) -> Iterator[str]:
    keys = Keys(settings.prefix)
    with connect(settings) as client:
        if left := client.zcard(keys.due(site)):
            yield f"{left} are still due"
        if left := client.hlen(keys.attempts(site)):
            yield f"the attempts of {left} are still kept"
        if pending := int(client.hget(keys.counters(site), "pending_bytes") or 0):
            yield f"{pending} bytes are counted as pending"
        told = client.xinfo_stream(keys.outbox(site))["entries-added"] if found else 0
        if told != len(found):
            yield f"{told} events were written for {len(found)} decisions"
