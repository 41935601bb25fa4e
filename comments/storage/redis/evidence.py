"""What is known around a comment: windows of the recent past, its thread, its author, and the learned words."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from comments.author_rules import AuthorRule
from comments.lifecycle import Label, Status
from comments.shared_learning import Together
from comments.storage.codec import load, moment
from comments.storage.keys import SHARED, Keys, thread_name, value_name
from comments.storage.values import Evidence, EvidenceQuery, TokenCounts, WindowUse

from .client import Client, guarded, script
from .threads import is_shown

#: How far above the count of an author's comments the day stands on which they were first seen; see lua/decide.lua.
FIRST_SEEN = 10**9
EPOCH = date(1970, 1, 1)


class _Windows:
    """The uses of one batch, laid out for note.lua: one call for the site's windows, one for the shared ones."""

    def __init__(self, keys: Keys, site: str, now: float) -> None:
        self._keys, self._site, self._now = keys, site, now
        self.keys: list[str] = []
        self.heads: list[float | int] = []
        self.uses: list[int | bytes | str] = []
        self.asked: list[tuple[int, str]] = []  # question's number, window
        self._numbers: dict[str, int] = {}

    def add(self, question: int, use: WindowUse, note: bool) -> None:
        if use.window not in self._numbers:
            bucket, into = divmod(self._now, use.seconds)
            site = SHARED if use.shared else self._site
            self.keys += [self._keys.window(site, use.window, int(b)) for b in (bucket, bucket - 1)]
            self.heads += [round(1 - into / use.seconds, 4), 2 * use.seconds]
            self._numbers[use.window] = len(self._numbers) + 1
        self.uses += [self._numbers[use.window], value_name(use.value), "1" if note else ""]
        self.asked.append((question, use.window))

    @property
    def args(self) -> list[float | int | bytes | str]:
        return [len(self._numbers), *self.heads, *self.uses]


class _Batch:
    """Distinct names asked for by a batch, and where each one's answer is found."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(dict.fromkeys(names))

    def answers(self, values: Sequence[bytes | None]) -> dict[str, int]:
        """Not strict: when nothing is asked for, a placeholder is, because HMGET wants at least one field."""
        return {name: int(value) for name, value in zip(self.names, values, strict=False) if value}

    def records(self, values: Sequence[bytes | None]) -> dict[str, AuthorRule]:
        return {name: load(AuthorRule, value) for name, value in zip(self.names, values, strict=False) if value}


class _Known:
    """The server's answers to one batch, by name. `found` is in the order in which `_ask` asks."""

    def __init__(self, threads: _Batch, authors: _Batch, tokens: _Batch, rules: _Batch, found: Sequence[Any]) -> None:
        closed, opened, approved, spam, lessons, ham_tokens, spam_tokens, terms, named, *parents = found
        self._terms = tuple(load(AuthorRule, record) for record in terms)
        self._named = rules.records(named)
        self._closed = {name for name, is_closed in zip(threads.names, closed, strict=True) if is_closed}
        self._opened = threads.answers(opened)
        self._approved, self._spam = authors.answers(approved), authors.answers(spam)
        self._ham, self._spam_lessons = (int(n or 0) for n in lessons[:-1])
        self._bar = float(lessons[-1] or 0)
        self._ham_tokens, self._spam_tokens = tokens.answers(ham_tokens), tokens.answers(spam_tokens)
        self._parents = iter(parents)

    def answer(self, q: EvidenceQuery, counts: Mapping[str, int]) -> Evidence:
        """To be asked for in the questions' own order."""
        opened = self._opened.get(thread_name(q.thread))
        known = [t for t in q.tokens if t in self._ham_tokens or t in self._spam_tokens]
        return Evidence(
            counts=counts,
            approved=tuple(self._approved.get(name, 0) % FIRST_SEEN for name in q.author),
            spam=tuple(self._spam.get(name, 0) % FIRST_SEEN for name in q.author),
            first_seen=self._first_seen(q.author),
            parent_published=not q.parent or is_shown(next(self._parents), next(self._parents)),
            thread_closed=thread_name(q.thread) in self._closed,
            thread_opened=moment(opened) if opened else None,
            corpus=TokenCounts(
                self._ham,
                self._spam_lessons,
                {t: (self._ham_tokens.get(t, 0), self._spam_tokens.get(t, 0)) for t in known},
                self._bar,
            ),
            rules=(*(self._named[name] for name in q.rules if name in self._named), *self._terms),
        )

    def _first_seen(self, names: Sequence[str]) -> date | None:
        """The day is kept with the name by e-mail alone, which is the first."""
        records = [of.get(name, 0) for name in names[:1] for of in (self._approved, self._spam)]
        days = [record // FIRST_SEEN for record in records if record >= FIRST_SEEN]
        return EPOCH + timedelta(days=min(days)) if days else None


@guarded
class RedisEvidence:
    def __init__(self, client: Client, keys: Keys, together: Together) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._note = script(client, "note")

    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        if not questions:
            return []
        own, shared = (_Windows(self._keys, site, time.time()) for _ in range(2))
        for i, question in enumerate(questions):
            for use in question.uses:
                (shared if use.shared else own).add(i, use, question.first_attempt and not use.before)
        threads = _Batch(thread_name(q.thread) for q in questions)
        authors = _Batch(name for q in questions for name in q.author)
        tokens = _Batch(token for q in questions for token in q.tokens)
        rules = _Batch(name for q in questions for name in q.rules)
        pipe = self._client.pipeline(transaction=False)
        windows = [w for w in (own, shared) if w.asked]
        for w in windows:
            self._note(keys=w.keys, args=w.args, client=pipe)
        self._ask(pipe, site, questions, threads, authors, tokens, rules)
        found = pipe.execute()
        counts = _counts(windows, found)
        known = _Known(threads, authors, tokens, rules, found[len(windows) :])
        return [known.answer(q, counts.get(i, {})) for i, q in enumerate(questions)]

    def _ask(
        self,
        pipe: Client,
        site: str,
        questions: Sequence[EvidenceQuery],
        threads: _Batch,
        authors: _Batch,
        tokens: _Batch,
        rules: _Batch,
    ) -> None:
        k, keeper = self._keys, self._together.keeper(site)
        pipe.smismember(k.closed(site), threads.names)
        pipe.hmget(k.thread_opened(site), threads.names)
        for status in (Status.APPROVED, Status.SPAM):
            pipe.hmget(k.authors(site, status), authors.names or [""])
        pipe.hmget(k.lessons(keeper), *Label, "bar")
        for label in Label:
            pipe.hmget(k.corpus(keeper, label), tokens.names or [""])
        pipe.hvals(k.terms(site))
        pipe.hmget(k.rules(site), rules.names or [""])
        for q in questions:
            if q.parent:
                pipe.zscore(k.roots(site, q.thread), q.parent)
                pipe.hget(k.replies(site, q.thread), q.parent)


def _counts(windows: Sequence[_Windows], found: Sequence[Sequence[int]]) -> dict[int, dict[str, int]]:
    """Question's number -> window -> other comments."""
    counts: dict[int, dict[str, int]] = {}
    for w, others in zip(windows, found, strict=False):
        for (question, window), n in zip(w.asked, others, strict=True):
            counts.setdefault(question, {})[window] = max(n, counts.get(question, {}).get(window, 0))
    return counts
