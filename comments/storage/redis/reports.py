"""Reports by readers on Redis: one hash for each comment, and a list of the comments reported last."""

from collections import Counter
from collections.abc import Mapping, Sequence

from comments.errors import TooMany
from comments.model import Comment
from comments.setting_values import MAX_REPORTS
from comments.storage.keys import Keys, value_name
from comments.storage.reports import KEPT

from .client import Client, guarded, text
from .paging import page
from .scripts import Script


@guarded
class RedisReports:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._report = Script(client, "review/report")

    def add(self, comment: Comment, origin: str, wrong: str, per_minute: int) -> Mapping[str, int]:
        k, site = self._keys, comment.site
        wait, *found = self._report(
            [k.rate(site, origin), k.reports(site, comment.id), k.reported(site), k.counters(site)],
            {
                "comment": comment.id,
                "reason": wrong,
                "per_minute": per_minute,
                "kept_seconds": KEPT,
                "max_reports": MAX_REPORTS,
            },
            value_name(origin),
        )
        if wait:
            raise TooMany("Too many reports from your network. Try again in a minute.", int(wait))
        return Counter(map(text, found))

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        pipe = self._client.pipeline(transaction=False)
        for id in ids:
            pipe.hvals(self._keys.reports(site, id))
        return [Counter(map(text, found)) for found in pipe.execute()]

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        return page(self._client, self._keys.reported(site), cursor, limit, newest=True)
