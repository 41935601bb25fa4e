"""Who looks at what, on Redis: one field a person, by the server's clock."""

from collections.abc import Sequence

from comments.storage.codec import moment
from comments.storage.keys import Keys
from comments.storage.presence import Viewer

from .client import Client, guarded, script, text


@guarded
class RedisPresence:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._look = script(client, "wakes", "look")
        self._leave = script(client, "leave")

    def set(self, site: str, by: str, comment: str, seconds: float) -> None:
        self._look(keys=[self._keys.attention(site)], args=[by, comment, round(seconds * 1000)])

    def clear(self, site: str, by: str, comments: Sequence[str] = ()) -> None:
        self._leave(keys=[self._keys.attention(site)], args=[by, *comments])

    def viewers(self, site: str) -> list[Viewer]:
        pipe = self._client.pipeline(transaction=False)
        pipe.time()
        pipe.hgetall(self._keys.attention(site))
        (seconds, micros), rows = pipe.execute()
        now = seconds * 1000 + micros // 1000
        found = [(text(by), *text(row).split(" ")) for by, row in rows.items()]
        looks = [Viewer(by, id, moment(int(since))) for by, id, since, until in found if int(until) > now]
        return sorted(looks, key=lambda look: (look.since, look.by))
