"""Evidence about comments on Redis: sliding windows, the thread, the author's record, learned words and rules.

One round trip serves a whole batch of queries.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from comments.author_rules import SHARED_RULES, AuthorRule
from comments.lifecycle import Label, Status
from comments.shared_learning import LearningGroups
from comments.storage.codec import load, moment
from comments.storage.keys import SHARED, Keys, thread_name, value_name
from comments.storage.people_records import record_of_links, record_of_people
from comments.storage.values import Evidence, EvidenceQuery, TokenCounts, WindowUse

from .author_records import comments_in, first_seen
from .client import Client, guarded, text
from .scripts import Script
from .text_rules import TextRuleCache

#: Replies to TextRuleCache.queue.
N_VERSIONS = 4

#: A comment that a window has counted before, one that it counts now, and one that it never counts.
COUNTED_BEFORE, COUNTED, NEVER_COUNTED = 0, 1, 2


@guarded
class RedisEvidence:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._windows_count = Script(client, "comments/windows_count")
        self._reached = Script(client, "threads/reached")
        #: Sites that had no lesson at the last look. Their tokens are looked up only after the first lesson.
        self._without_lessons: set[str] = set()
        self._text_rules = TextRuleCache(keys)

    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        if not questions:
            return []
        own, shared = (_Windows(self._keys, site, time.time()) for _ in range(2))
        for i, query in enumerate(questions):
            for use in query.uses:
                (shared if use.shared else own).add(i, use, _window_mode(query, use))
        windows = [w for w in (own, shared) if w.uses]
        corpus_site = self._together.corpus_site(site)
        batch = _Batch(self._keys, site, corpus_site, questions, corpus_site not in self._without_lessons)
        pipe = self._client.pipeline(transaction=False)
        for w in windows:
            named = {"windows": w.windows, "uses": w.uses}
            self._windows_count(w.keys, named, *w.values, client=pipe)
        self._text_rules.queue(pipe, site)
        batch.queue(pipe)
        self._reached(*batch.parents(), client=pipe)
        found = pipe.execute()
        counts = _counts(windows, found)
        versions, rest = found[len(windows) :][:N_VERSIONS], found[len(windows) + N_VERSIONS :]
        batch.read(rest)
        batch.text_rules = self._text_rules.read(self._client, site, versions)
        if batch.has_lessons:
            self._without_lessons.discard(corpus_site)
            batch.read_missing_tokens(self._client)
        else:
            self._without_lessons.add(corpus_site)
        return [batch.evidence(query, counts.get(i, {})) for i, query in enumerate(questions)]

    def add_staff_name(self, site: str, name: str) -> None:
        self._client.sadd(self._keys.staff_names(site), name)


def _window_mode(query: EvidenceQuery, use: WindowUse) -> int:
    """Return the number by which comments/windows_count knows if it counts the comment."""
    return NEVER_COUNTED if query.is_check else COUNTED if query.first_attempt and not use.before else COUNTED_BEFORE


class _Windows:
    """The window uses of a batch as windows_count.lua takes them: one call for a site, one for all sites."""

    def __init__(self, keys: Keys, site: str, now: float) -> None:
        self._keys, self._site, self._now = keys, site, now
        self._numbers: dict[str, int] = {}
        self.keys: list[str] = []
        self.windows: list[tuple[float, int]] = []
        self.uses: list[tuple[int, int]] = []
        self.values: list[bytes] = []
        self.origins: list[tuple[int, str]] = []  # of each use the query's number and the window's name

    def add(self, query: int, use: WindowUse, mode: int) -> None:
        if use.window not in self._numbers:
            bucket, elapsed = divmod(self._now, use.seconds)
            site = SHARED if use.shared else self._site
            self.keys += [self._keys.window(site, use.window, int(b)) for b in (bucket, bucket - 1)]
            self.windows.append((round(1 - elapsed / use.seconds, 4), 2 * use.seconds))
            self._numbers[use.window] = len(self._numbers) + 1
        self.uses.append((self._numbers[use.window], mode))
        self.values.append(value_name(use.value))
        self.origins.append((query, use.window))


class _Batch:
    """The other lookups of a batch of queries. Each name is looked up once."""

    text_rules: tuple[AuthorRule, ...] = ()

    def __init__(
        self, keys: Keys, site: str, corpus_site: str, queries: Sequence[EvidenceQuery], with_tokens: bool
    ) -> None:
        self._keys, self._site, self._corpus_site, self._queries = keys, site, corpus_site, queries
        self._with_tokens = with_tokens
        self._threads = _distinct(thread_name(q.thread) for q in queries)
        # HMGET needs at least one field, so that an empty name stands for none.
        of_authors = _distinct(name for q in queries for name in q.author)
        self._authors = [*of_authors, *map(record_of_people, of_authors), *map(record_of_links, of_authors)] or [""]
        self._tokens = _distinct(token for q in queries for token in q.tokens) if with_tokens else []
        self._rules = _distinct(name for q in queries for name in q.rules) or [""]

    def queue(self, pipe: Client) -> None:
        k, site = self._keys, self._site
        pipe.smismember(k.closed_threads(site), self._threads)
        pipe.hmget(k.thread_opened(site), self._threads)
        pipe.hmget(k.authors(site, Status.APPROVED), self._authors)
        pipe.hmget(k.authors(site, Status.SPAM), self._authors)
        pipe.hmget(k.lessons(self._corpus_site), *Label, "bar", "residual")
        for label in (Label.HAM, Label.SPAM):
            pipe.hmget(k.corpus(self._corpus_site, label), self._tokens or [""])
        pipe.hmget(k.rules(site), self._rules)
        pipe.hmget(k.rules(SHARED_RULES), self._rules)
        pipe.smembers(k.staff_names(site))

    def parents(self) -> tuple[list[str], Mapping[str, list[str]]]:
        """Return keys and arguments of threads/reached for the parents of the queries."""
        k, site, replies = self._keys, self._site, [q for q in self._queries if q.parent]
        keys = [key for q in replies for key in (k.nodes(site, q.thread), k.roots(site, q.thread))]
        return keys, {"ids": [q.parent for q in replies]}

    def read(self, found: Sequence[Any]) -> None:
        """Take the replies, in the order of `queue`, and the states of the parents after them."""
        closed, opened, approved, spam, lessons, ham, spam_tokens, rules, shared, staff, parents = found
        self._closed = {name for name, is_closed in zip(self._threads, closed, strict=True) if is_closed}
        self._opened = _numbers(self._threads, opened)
        self._approved, self._spam = _numbers(self._authors, approved), _numbers(self._authors, spam)
        self._lessons = int(lessons[0] or 0), int(lessons[1] or 0)
        self._ham_ceiling, self._residual = float(lessons[2] or 0), int(lessons[3] or 0)
        self._read_tokens(ham, spam_tokens)
        self._named_rules: dict[str, list[AuthorRule]] = {}
        for name, record in (*zip(self._rules, rules, strict=True), *zip(self._rules, shared, strict=True)):
            if record:
                self._named_rules.setdefault(name, []).append(load(AuthorRule, record))
        self._staff_names = frozenset(text(name) for name in staff)
        self._parents = iter(parents[::2])

    def _read_tokens(self, ham: Sequence[Any], spam: Sequence[Any]) -> None:
        tokens = self._tokens or [""]
        self._ham, self._spam_tokens = _numbers(tokens, ham), _numbers(tokens, spam)

    @property
    def has_lessons(self) -> bool:
        return any(self._lessons)

    def read_missing_tokens(self, client: Client) -> None:
        """Look up the tokens of a site that has its first lessons since the last look."""
        if self._with_tokens:
            return
        self._tokens = _distinct(token for q in self._queries for token in q.tokens)
        pipe = client.pipeline(transaction=False)
        for label in (Label.HAM, Label.SPAM):
            pipe.hmget(self._keys.corpus(self._corpus_site, label), self._tokens or [""])
        self._read_tokens(*pipe.execute())

    def evidence(self, q: EvidenceQuery, counts: Mapping[str, int]) -> Evidence:
        """Return the evidence for one query. Call it in the order of the queries."""
        opened = self._opened.get(thread_name(q.thread))
        has_any = self._ham or self._spam_tokens
        known = [t for t in q.tokens if t in self._ham or t in self._spam_tokens] if has_any else []
        # The record under the email address alone, which is the first name, holds the day.
        records = [of.get(name, 0) for name in q.author[:1] for of in (self._approved, self._spam)]
        return Evidence(
            counts=counts,
            approved=tuple(comments_in(self._approved.get(name, 0)) for name in q.author),
            spam=tuple(comments_in(self._spam.get(name, 0)) for name in q.author),
            first_seen=first_seen(records),
            parent_published=not q.parent or next(self._parents) == b"p",
            thread_closed=thread_name(q.thread) in self._closed,
            thread_opened=moment(opened) if opened else None,
            corpus=TokenCounts(
                *self._lessons,
                {t: (self._ham.get(t, 0), self._spam_tokens.get(t, 0)) for t in known},
                self._ham_ceiling,
                self._residual,
            ),
            staff_names=self._staff_names,
            rules=tuple(rule for n in q.rules for rule in self._named_rules.get(n, ())) if self._named_rules else (),
            text_rules=self.text_rules,
            approved_by_people=tuple(self._approved.get(record_of_people(name), 0) for name in q.author),
            spam_by_people=tuple(self._spam.get(record_of_people(name), 0) for name in q.author),
            links_approved=any(self._approved.get(record_of_links(name), 0) for name in q.trusted),
        )


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _numbers(names: Sequence[str], values: Sequence[bytes | None]) -> dict[str, int]:
    return {name: int(value) for name, value in zip(names, values, strict=True) if value}


def _counts(windows: Sequence[_Windows], found: Sequence[Sequence[int]]) -> dict[int, dict[str, int]]:
    """Return for each query's number the other comments in each window."""
    counts: dict[int, dict[str, int]] = {}
    for w, others in zip(windows, found, strict=False):
        for (query, window), n in zip(w.origins, others, strict=True):
            counts.setdefault(query, {})[window] = max(n, counts.get(query, {}).get(window, 0))
    return counts
