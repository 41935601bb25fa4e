"""The corpus on Redis: counts that one script changes.

Sites that learn together share the corpus of one of them. Each has its own list of comments that are due.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from comments.lifecycle import Label
from comments.model import Comment
from comments.shared_learning import LearningGroups
from comments.storage.checks import is_check_id
from comments.storage.codec import dump_state
from comments.storage.corpus_lessons import CEILING_LESSONS, Lesson, Quota, lesson_of
from comments.storage.keys import Keys
from comments.storage.values import TokenCounts

from .client import Client, guarded, text
from .cluster_commands import missing_key
from .scripts import Script

#: Ids in one command.
IDS_PER_COMMAND = 1000


@guarded
class RedisCorpus:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._learn = Script(client, "learning/learn")
        self._learned = Script(client, "learning/learned")

    def due(self, site: str, n: int) -> list[str]:
        return [text(id) for id in self._client.srandmember(self._keys.unlearned(site), n)]

    def forget_lesson(self, site: str, id: str) -> None:
        self._change(site, id, 0, b"", "")

    def _change(self, site: str, id: str, at: int, state: bytes, written: str) -> int:
        """Make the corpus agree with one comment, unless the comment changed. See the script.

        If the corpus of the group is on another server of a cluster, it changes first. Then the comment is no longer
        due, if it is as it was read. A repetition changes nothing.
        """
        named, of = _named(id, at), self._together.corpus_site(site)
        keys = self._learn_keys(site, id)
        if of == site or not self._client.is_cluster:
            return int(self._learn(keys, named, state, written))
        own = [keys[0], self._keys.unlearned(site)]
        if self._learned(own, {**named, "is_learned": False}, state) < 0:
            return -1
        missing = missing_key(self._keys.lessons(of))
        done = int(self._learn([missing, *keys[1:5], missing, *keys[6:]], {**named, "is_check": False}, b"", written))
        return done if self._learned(own, {**named, "is_learned": True}, state) >= 0 else -1

    def _learn_keys(self, site: str, id: str) -> list[str]:
        k, of = self._keys, self._together.corpus_site(site)
        record = k.taught_checks(site) if is_check_id(id) else k.comment(site, id)
        return [
            record, k.learned(of), k.corpus(of, Label.HAM), k.corpus(of, Label.SPAM),
            k.lessons(of), k.unlearned(site), k.quotas(of), k.ham_ceilings(of),
        ]  # fmt: skip

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        lesson = lesson_of(comment, tokens, quotas)
        written, at = (_written(lesson), lesson.at) if lesson else ("", 0)
        return self._change(site, comment.id, at, dump_state(comment), written) == 1

    def restore_lessons(self, site: str, lessons: Sequence[tuple[Comment, int, str]]) -> None:
        """Store the lessons of comments as they were exported, with the ms of their decisions, and count them."""
        if self._client.is_cluster:
            for comment, at, written in lessons:
                self._change(site, comment.id, at, dump_state(comment), written)
            return
        pipe = self._client.pipeline(transaction=False)
        for comment, at, written in lessons:
            named = _named(comment.id, at)
            self._learn(self._learn_keys(site, comment.id), named, dump_state(comment), written, client=pipe)
        pipe.execute()

    def totals(self, site: str) -> tuple[int, int]:
        ham, spam = self._client.hmget(self._keys.lessons(self._together.corpus_site(site)), *Label)
        return int(ham or 0), int(spam or 0)

    def snapshot(self, site: str) -> TokenCounts:
        pipe, of = self._client.pipeline(), self._together.corpus_site(site)
        pipe.hmget(self._keys.lessons(of), *Label, "bar", "residual")
        for label in Label:
            pipe.hgetall(self._keys.corpus(of, label))
        (n_ham, n_spam, bar, residual), ham, spam = pipe.execute()
        tokens = {text(t): (int(ham.get(t, 0)), int(spam.get(t, 0))) for t in {*ham, *spam}}
        return TokenCounts(int(n_ham or 0), int(n_spam or 0), tokens, float(bar or 0), int(residual or 0))

    def forget(self, site: str, due: Mapping[str, Sequence[str]]) -> None:
        k, of = self._keys, self._together.corpus_site(site)
        pipe = self._client.pipeline()
        counts = (k.corpus(of, label) for label in Label)
        pipe.unlink(k.lessons(of), k.learned(of), k.quotas(of), k.ham_ceilings(of), *counts)
        for taught, ids in due.items():
            for start in range(0, len(ids), IDS_PER_COMMAND):
                pipe.sadd(k.unlearned(taught), *ids[start : start + IDS_PER_COMMAND])
        pipe.execute()


def _named(id: str, at: int) -> dict[str, Any]:
    """Return the arguments of learn.lua about one lesson."""
    return {"id": id, "at": at, "ceiling_lessons": CEILING_LESSONS, "is_check": is_check_id(id)}


def _written(lesson: Lesson) -> str:
    """Return a lesson as learn.lua reads it."""
    quotas = [[quota.short, quota.most] for quota in lesson.quotas]
    fields = {
        "label": lesson.label,
        "tokens": sorted(lesson.tokens),
        "quotas": quotas,
        "odds": str(lesson.log_odds),
        "residual": lesson.residual,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
