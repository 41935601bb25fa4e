"""What a site's moderators taught, on Redis: whole numbers, changed by one script."""

import json
from collections.abc import Sequence

from ...lifecycle import Label
from ...model import Comment
from .. import TokenCounts
from ..codec import dump_state
from ..keys import Keys, value_name
from ..lessons import MOST_BARS, Lesson, Quota, lesson_of
from .client import Client, guarded, script, text

#: Ids sent in one command.
CHUNK = 1000


@guarded
class RedisCorpus:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._learn = script(client, "learn")

    def due(self, site: str, n: int) -> list[str]:
        return [text(id) for id in self._client.srandmember(self._keys.unlearned(site), n)]

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        k = self._keys
        keys = [
            k.comment(site, comment.id), k.learned(site), k.corpus(site, Label.HAM), k.corpus(site, Label.SPAM),
            k.lessons(site), k.unlearned(site), k.quotas(site), k.bars(site),
        ]  # fmt: skip
        lesson = lesson_of(comment, tokens, quotas)
        written, at = (_written(lesson), lesson.at) if lesson else ("", 0)
        return bool(self._learn(keys=keys, args=[comment.id, dump_state(comment), written, at, MOST_BARS]) == 1)

    def totals(self, site: str) -> tuple[int, int]:
        ham, spam = self._client.hmget(self._keys.lessons(site), *Label)
        return int(ham or 0), int(spam or 0)

    def snapshot(self, site: str) -> TokenCounts:
        pipe = self._client.pipeline()
        pipe.hmget(self._keys.lessons(site), *Label, "bar")
        for label in Label:
            pipe.hgetall(self._keys.corpus(site, label))
        (n_ham, n_spam, bar), ham, spam = pipe.execute()
        tokens = {text(t): (int(ham.get(t, 0)), int(spam.get(t, 0))) for t in {*ham, *spam}}
        return TokenCounts(int(n_ham or 0), int(n_spam or 0), tokens, float(bar or 0))

    def forget(self, site: str, due: Sequence[str]) -> None:
        k = self._keys
        pipe = self._client.pipeline()
        counts = (k.corpus(site, label) for label in Label)
        pipe.unlink(k.lessons(site), k.learned(site), k.quotas(site), k.bars(site), *counts)
        for start in range(0, len(due), CHUNK):
            pipe.sadd(k.unlearned(site), *due[start : start + CHUNK])
        pipe.execute()


def _written(lesson: Lesson) -> str:
    """As learn.lua reads it: quotas by a short name, since each lesson is a member of its quotas."""
    quotas = [[value_name(quota.name).hex(), quota.most] for quota in lesson.quotas]
    fields = {"label": lesson.label, "tokens": sorted(lesson.tokens), "quotas": quotas, "odds": str(lesson.log_odds)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
