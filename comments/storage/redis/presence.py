"""Comments that moderators have open, on Redis: one field for each moderator, by the server's clock."""

from collections.abc import Sequence

from comments.storage.codec import moment
from comments.storage.keys import Keys
from comments.storage.presence import Viewer

from .client import Client, guarded, text
from .scripts import Script


@guarded
class RedisPresence:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._set = Script(client, "review/presence_set")
        self._clear = Script(client, "review/presence_clear")

    def set(self, site: str, by: str, comment: str, seconds: float) -> None:
        named = {"moderator": by, "comment": comment, "ms": round(seconds * 1000)}
        self._set([self._keys.presence(site)], named)

    def clear(self, site: str, by: str, comments: Sequence[str] = ()) -> None:
        self._clear([self._keys.presence(site)], {"moderator": by, "comments": list(comments)})

    def viewers(self, site: str) -> list[Viewer]:
        pipe = self._client.pipeline(transaction=False)
        pipe.time()
        pipe.hgetall(self._keys.presence(site))
        (seconds, micros), rows = pipe.execute()
        now = seconds * 1000 + micros // 1000
        found = [(text(by), *text(row).split(" ")) for by, row in rows.items()]
        # An entry that begins in the future was made before the clock was set back.
        viewers = [
            Viewer(by, id, moment(int(since))) for by, id, since, until in found if int(since) <= now < int(until)
        ]
        return sorted(viewers, key=lambda viewer: (viewer.since, viewer.by))
