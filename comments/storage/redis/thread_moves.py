"""Aliases of threads on Redis: one script moves a thread, and the records of its comments follow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any

from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.storage.codec import dump_submission, load_comment
from comments.storage.keys import WHOLE_SITE, Keys, thread_name
from comments.storage.thread_moves import MAX_PREFIXES, ThreadAlias, moved_by_prefix, with_prefix
from comments.storage.thread_tree import MAX_PINNED
from comments.storage.values import LATEST_MAX

from .client import Client, guarded, keys_from, text
from .scripts import Script

#: Records that one step reads and rewrites: less than 5 ms of the server.
RECORDS_AT_ONCE = 200
#: Entries of the smaller thread's index that a merge copies in one step: 10 ms of the server. Two comments have three.
MAX_COPIED = 6_000
TOO_LARGE = (
    "Both threads have thousands of comments. To merge them, use `replygate thread move --large` when few people read."
)


@guarded
class RedisThreadMoves:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._move = Script(client, "threads/move")
        self._rewrite = Script(client, "threads/rewrite")
        self._rewritten = Script(client, "threads/rewritten")

    def resolve(self, site: str, threads: Sequence[str]) -> list[str]:
        return answering_threads(self._client, self._keys, site, threads)

    def add_prefix(self, site: str, old: str, new: str) -> None:
        key, before = self._keys.thread_prefixes(site), self.prefixes(site)
        after = with_prefix(before, old, new)
        with self._client.pipeline() as pipe:
            for gone in before.keys() - after.keys():
                pipe.hdel(key, gone)
            for start in (start for start, end in after.items() if before.get(start) != end):
                pipe.hset(key, start, after[start])
            pipe.hincrby(self._keys.thread_versions(site), WHOLE_SITE, 1)  # cached counts are out of date
            pipe.execute()

    def prefixes(self, site: str) -> dict[str, str]:
        found = self._client.hgetall(self._keys.thread_prefixes(site))
        return {text(old): text(new) for old, new in found.items()}

    def move(self, site: str, source: str, target: str, unlimited: bool = False) -> str:
        while True:
            source, target = self.resolve(site, [source])[0], self._end(site, source, target)
            if source == target:
                raise Invalid([Problem("to", "same", f"{target} is this thread already.")])
            k = self._keys
            keys = [
                k.thread_aliases(site), k.moving_threads(site), k.known_threads(site), k.aliases_of(site, source),
                k.aliases_of(site, target), k.thread_counts(site), k.thread_versions(site), k.thread_opened(site),
                k.closed_threads(site), k.changes(site),
                *(key(site, t) for t in (source, target) for key in (k.nodes, k.roots, k.latest)),
                k.thread_titles(site), k.thread_urls(site), k.rewriting(site),
                k.pinned(site, source), k.pinned(site, target),
            ]  # fmt: skip
            named: dict[str, Any] = {"old": thread_name(source), "new": thread_name(target), "whole_site": WHOLE_SITE}
            named |= {"latest_max": LATEST_MAX, "most_pinned": MAX_PINNED, "max_copied": 0 if unlimited else MAX_COPIED}
            answer = text(self._move(keys, named, source, target)[0])
            if answer == "large":
                raise Invalid([Problem("to", "too-large", TOO_LARGE)])
            if answer == "moved":
                return target

    def _end(self, site: str, source: str, target: str) -> str:
        """Return the thread that answers for the target. A thread may move back to one of its aliases."""
        end = self.resolve(site, [target])[0]
        return target if end == self.resolve(site, [source])[0] and target != end else end

    def aliases(self, site: str) -> Iterator[ThreadAlias]:
        for _, value in self._client.hscan_iter(self._keys.thread_aliases(site), count=500):
            to, alias = text(value).partition(" ")[2].split("\n", 1)
            yield ThreadAlias(alias, to)

    def known(self, site: str, prefix: str = "", after: str = "", limit: int = 100) -> list[str]:
        low = "(" + after if after else "[" + prefix
        found = self._client.zrangebylex(
            self._keys.known_threads(site), low, b"[" + prefix.encode() + b"\xff" if prefix else b"+", 0, limit
        )
        return [text(thread) for thread in found]

    def has_unfinished(self, site: str) -> bool:
        return bool(self._client.exists(self._keys.moving_threads(site)))

    def finish(self, site: str) -> int:
        n = 0
        while self.has_unfinished(site):
            n += self.finish_step(site)
        return n

    def rules(self, site: str) -> str:
        return text(self._client.get(self._keys.thread_rules(site)) or b"")

    def set_rules(self, site: str, rules: str) -> None:
        self._client.set(self._keys.thread_rules(site), rules)

    def finish_step(self, site: str) -> int:
        k, state = self._keys, self._client.get(self._keys.rewriting(site))
        if state is None:
            state = f"{token_hex(8)} 0".encode()
            self._client.set(k.rewriting(site), state)
        name, _, cursor = state.decode().partition(" ")
        prefix = k.comment(site, "")
        following, found = self._client.scan(int(cursor), keys_from(prefix), count=1000)
        ids, n = [text(key).removeprefix(prefix) for key in found], 0
        for start in range(0, len(ids), RECORDS_AT_ONCE):
            n += self._rewrite_some(site, *self._read(site, ids[start : start + RECORDS_AT_ONCE]))
        after = f"{name} {following}" if following else ""
        self._rewritten([k.rewriting(site), k.moving_threads(site)], {}, state, after)
        return n

    def _rewrite_some(self, site: str, ids: Sequence[str], records: Sequence[bytes]) -> int:
        k = self._keys
        comments = [load_comment(site, id, record) for id, record in zip(ids, records, strict=True)]
        threads = self.resolve(site, [comment.thread for comment in comments])
        rows = [
            (id, record, record.partition(b"\n")[0] + b"\n" + dump_submission(replace(comment, thread=thread)))
            for id, record, comment, thread in zip(ids, records, comments, threads, strict=True)
            if comment.thread != thread
        ]
        if not rows:
            return 0
        keys = [k.index_outdated(site), k.index_slots(site), *(k.comment(site, id) for id, _, _ in rows)]
        values = [value for _, *pair in rows for value in pair]
        return int(self._rewrite(keys, {"ids": [id for id, _, _ in rows]}, *values))

    def normalize(self, site: str, key_of: Callable[[str], str]) -> int:
        """Move every thread to the name that `key_of` gives it now. Returns the number of moved threads."""
        threads: set[str] = set()
        for ids, records in self._records(site):
            threads.update(load_comment(site, id, record).thread for id, record in zip(ids, records, strict=True))
        current = set(self.resolve(site, sorted(threads)))
        if current:
            self._client.zadd(self._keys.known_threads(site), dict.fromkeys(current, 0))
        moves = [(thread, key_of(thread)) for thread in sorted(current) if key_of(thread) != thread]
        for thread, key in moves:
            if self.resolve(site, [key])[0] != thread:
                self.move(site, thread, key, unlimited=True)
        self.finish(site)
        return len(moves)

    def _records(self, site: str) -> Iterator[tuple[list[str], list[bytes]]]:
        """Yield all comments of a site with their records, some at a time."""
        prefix, batch = self._keys.comment(site, ""), list[str]()
        for key in self._client.scan_iter(keys_from(prefix), count=1000):
            batch.append(text(key).removeprefix(prefix))
            if len(batch) == RECORDS_AT_ONCE:
                yield self._read(site, batch)
                batch = []
        if batch:
            yield self._read(site, batch)

    def _read(self, site: str, ids: list[str]) -> tuple[list[str], list[bytes]]:
        found = self._client.mget([self._keys.comment(site, id) for id in ids])
        pairs = [(id, record) for id, record in zip(ids, found, strict=True) if record]
        return [id for id, _ in pairs], [record for _, record in pairs]


def in_new_threads(client: Any, aliases: str, comments: Sequence[Comment | None]) -> list[Comment | None]:
    """Return the comments in the threads that they moved to, where their records still name the old ones."""
    threads = sorted({comment.thread for comment in comments if comment})
    new = dict(zip(threads, resolved(client, aliases, threads), strict=True))
    return [replace(comment, thread=new[comment.thread]) if comment else None for comment in comments]


def resolved(client: Any, aliases: str, threads: Sequence[str]) -> list[str]:
    """Return the thread that answers for each, by a hash of aliases."""
    found = client.hmget(aliases, [thread_name(t) for t in threads]) if threads else []
    return [aliased_thread(value) if value else thread for thread, value in zip(threads, found, strict=True)]


def aliased_thread(alias: bytes) -> str:
    """Return the thread that a stored alias leads to."""
    return text(alias).partition(" ")[2].partition("\n")[0]


def answering_threads(client: Client, keys: Keys, site: str, threads: Sequence[str]) -> list[str]:
    """Return the thread that answers for each name; see `ThreadMoves.resolve`."""
    names, ends = list[str](), list(threads)
    for _ in range(MAX_PREFIXES + 1):
        if ends == names:
            break
        names, pipe = ends, client.pipeline(transaction=False)
        pipe.hmget(keys.thread_aliases(site), [thread_name(name) for name in names])
        pipe.hgetall(keys.thread_prefixes(site))
        pipe.zmscore(keys.known_threads(site), names)
        aliases, found, scores = pipe.execute()
        prefixes = {text(old): text(new) for old, new in found.items()}
        ends = [
            aliased_thread(alias) if alias else name if score is not None else moved_by_prefix(prefixes, name)
            for name, alias, score in zip(names, aliases, scores, strict=True)
        ]
        if not prefixes:
            break
    return ends
