"""Store everything that an imported site has. Comments first; then the keys that their export had, exactly."""

import json
import time
from collections.abc import Iterable, Sequence
from itertools import islice

from comments.errors import SiteTaken
from comments.lifecycle import Label, Status
from comments.model import Comment
from comments.shared_learning import LearningGroups
from comments.storage.archives import EXPORTED_TYPES, ArchivedComment, StoredRow
from comments.storage.codec import dump_state, dump_submission, load_comment, milliseconds
from comments.storage.keys import Keys
from comments.storage.number_periods import period_expiry
from comments.storage.people_records import AUTHOR_STATUSES
from comments.storage.retention import RetentionClass
from comments.storage.values import USER_MAX

from .archive_reader import PLACES, QUEUE_COUNTERS, SHARED_KEYS, row_keys
from .client import Client
from .comments import RedisComments
from .corpus import RedisCorpus
from .shared_reputation import RedisSharedReputation
from .thread_moves import aliased_thread

#: Rows sent in one round trip.
ROWS_PER_STEP = 1_000


class ArchiveWriter:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups, comments: RedisComments) -> None:
        self._client, self._keys, self._comments = client, keys, comments
        self._corpus = RedisCorpus(client, keys, together)
        self._reputation = RedisSharedReputation(client, keys, together)

    def add(self, site: str, archived: Sequence[ArchivedComment]) -> None:
        comments = [each.comment for each in archived]
        new = self._add_undecided(site, [comment for comment in comments if not comment.decisions])
        new += self._comments.add_decided(site, [comment for comment in comments if comment.decisions])
        if not all(new):
            raise SiteTaken("The file has a comment twice.")
        self._list_by_user(site, comments)
        self._add_rows(site, archived)

    def _add_undecided(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        """Store comments that wait for the filters, and make them due."""
        k, now, pipe = self._keys, round(time.time() * 1000), self._client.pipeline()
        for c in comments:
            submission = dump_submission(c)
            pipe.set(k.comment(site, c.id), dump_state(c) + submission, nx=True)
            pipe.zadd(k.status(site, Status.QUEUED), {c.id: milliseconds(c.received)})
            pipe.zadd(k.due(site), {c.id: now})
            pipe.hincrby(k.counters(site), "pending_bytes", len(submission))
        return [bool(new) for new in pipe.execute()[::4]]

    def _list_by_user(self, site: str, comments: Sequence[Comment]) -> None:
        pipe = self._client.pipeline(transaction=False)
        for c in comments:
            if c.user and not c.draft_of:
                pipe.zadd(self._keys.user_comments(site, c.user), {c.id: milliseconds(c.received)})
                pipe.zremrangebyrank(self._keys.user_comments(site, c.user), 0, -USER_MAX - 1)
        pipe.execute()

    def _add_rows(self, site: str, archived: Sequence[ArchivedComment]) -> None:
        """Store the rows of comments. Learning ends that a comment is due to be learned, so that comes last."""
        rows = [(each.comment, row) for each in archived for row in each.rows]
        self._corpus.restore_lessons(
            site, [(comment, int(row.of or 0), row.value) for comment, row in rows if row.key == "learned"]
        )
        pipe = self._client.pipeline(transaction=False)
        for comment, row in rows:
            if row.key == "reputation_lessons":
                taught = json.loads(row.value)
                self._reputation.update(site, comment.id, Label(taught["label"]), taught["domains"])
            elif row.key == "unlearned":
                pipe.sadd(self._keys.unlearned(site), comment.id)
            elif row.key == "notes":
                pipe.rpush(self._keys.notes(site, comment.id), row.value)
        pipe.execute()

    def missing(self, site: str, ids: Sequence[str]) -> set[str]:
        records = self._client.mget([self._keys.comment(site, id) for id in ids]) if ids else []
        return {id for id, record in zip(ids, records, strict=True) if record is None}

    def depths(self, site: str, ids: Sequence[str], most: int) -> list[int]:
        depths, above = [0] * len(ids), dict(enumerate(ids))
        for depth in range(1, most + 1):
            if not above:
                break
            records = self._client.mget([self._keys.comment(site, id) for id in above.values()])
            pairs = [
                (n, load_comment(site, id, record))
                for (n, id), record in zip(above.items(), records, strict=True)
                if record
            ]
            above = {n: comment.parent for n, comment in pairs if comment.parent}
            for n in above:
                depths[n] = depth
        return depths

    def replace_rows(self, site: str, rows: Iterable[StoredRow]) -> None:
        self._clear(site)
        pending = iter(rows)
        while some := list(islice(pending, ROWS_PER_STEP)):
            pipe = self._client.pipeline(transaction=False)
            for row in some:
                self._put(pipe, site, row)
            pipe.execute()
        pipe = self._client.pipeline()
        pipe.set(self._keys.rules_version(site), round(time.time() * 1000))  # processes have no rules of this version
        pipe.unlink(self._keys.changes(site))  # they name versions that the threads do not have
        pipe.execute()

    def _clear(self, site: str) -> None:
        """Delete what adding the comments stored under exported keys. The size of the queue stays."""
        k, counters = self._keys, self._keys.counters(site)
        of_site = [getattr(k, name)(site) for name in row_keys() if name not in (*PLACES, *SHARED_KEYS)]
        kept = dict(zip(QUEUE_COUNTERS, self._client.hmget(counters, QUEUE_COUNTERS), strict=True))
        pipe = self._client.pipeline()
        pipe.unlink(*of_site, *(k.authors(site, status) for status in AUTHOR_STATUSES))
        pipe.unlink(*(k.retention(site, kind) for kind in RetentionClass))
        if fields := {field: n for field, n in kept.items() if n}:
            pipe.hset(counters, mapping=fields)
        pipe.execute()

    def _put(self, pipe: Client, site: str, row: StoredRow) -> None:
        place = [] if row.key in SHARED_KEYS else [site, row.of] if row.key in PLACES else [site]
        key, kind = getattr(self._keys, row.key)(*place), EXPORTED_TYPES[row.key]
        if kind == "string":
            pipe.set(key, row.value)
        elif kind == "hash":
            pipe.hset(key, row.name, row.value)
        elif kind == "set":
            pipe.sadd(key, row.name)
        elif kind == "sorted set":
            pipe.zadd(key, {row.name: float(row.value)})
        else:
            pipe.xadd(key, {"e": row.value}, id=row.name)
        if row.key == "numbers":
            pipe.expireat(key, period_expiry(row.of))
        if row.key == "taught_checks":
            pipe.sadd(self._keys.unlearned(site), row.name)
        if row.key == "thread_aliases":
            pipe.sadd(self._keys.aliases_of(site, aliased_thread(row.value.encode())), row.name)
