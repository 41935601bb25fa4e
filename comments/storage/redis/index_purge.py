"""Remove what no comment has any more from the index of comments: dead slots, terms, words and frequent values.

The index marks former entries as dead and frees their space late. After personal data was deleted, this pass removes
the words of former texts at once, in steps that hold the server for a few milliseconds.
"""

from comments.index_terms import FACET_KINDS
from comments.storage.keys import Keys
from comments.storage.queue_index import INDEXED

from .client import Client, text
from .scripts import Script

#: Terms of one step: a thousand slots of each take 5 ms.
PURGED_TERMS = 50
#: Frequent values that one step looks at.
PURGED_VALUES = 200
#: Field of index:state: the part at which the pass is, and the cursor in it. Parts are the chunks, then the lists of
#: frequent values.
POSITION = "purge"
FIRST = "begin 0"


class IndexPurge:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._purge = Script(client, "review/index_purge")

    def begin(self, site: str) -> None:
        """Begin a pass over the whole index, again if one is running."""
        self._client.hset(self._keys.index_state(site), POSITION, FIRST)

    def step(self, site: str, position: bytes) -> None:
        part, _, cursor = text(position).rpartition(" ")
        parts = self._parts(site)
        if part not in parts:
            part, cursor = parts[0], "0"
        following = self._purge_part(site, part, cursor)
        after = parts[parts.index(part) + 1 :]
        state = self._keys.index_state(site)
        if following == "0" and not after:
            self._finish(site, position)
        else:
            then = f"{part} {following}" if following != "0" else f"{after[0]} 0"
            self._client.hset(state, POSITION, then)

    def _finish(self, site: str, position: bytes) -> None:
        """End the pass unless another one was asked for in between."""
        state = self._keys.index_state(site)
        if self._client.hget(state, POSITION) == position:
            self._client.hdel(state, POSITION)

    def _parts(self, site: str) -> list[str]:
        chunks = sorted(text(n) for n in self._client.smembers(self._keys.index_chunks(site)))
        return [*chunks, *(f"{status}:{kind}" for status in INDEXED for kind in FACET_KINDS)]

    def _purge_part(self, site: str, part: str, cursor: str) -> str:
        k = self._keys
        chunks = [text(n) for n in self._client.smembers(k.index_chunks(site))]
        if ":" in part:
            return self._purge_values(site, part, cursor, chunks)
        named = {
            "prefix": k.index_prefix(site), "chunk": part, "cursor": cursor, "count": PURGED_TERMS,
            "others": [chunk for chunk in chunks if chunk != part],
        }  # fmt: skip
        return text(self._purge([k.index_words(site)], named))

    def _purge_values(self, site: str, part: str, cursor: str, chunks: list[str]) -> str:
        """Remove frequent values that no comment has."""
        status, _, kind = part.partition(":")
        key = self._keys.index_facet(site, status, kind)
        following, found = self._client.zscan(key, int(cursor), count=PURGED_VALUES)
        values, pipe = [value for value, _ in found], self._client.pipeline(transaction=False)
        for value in values:
            for chunk in chunks:
                pipe.hexists(self._keys.index_terms(site, chunk), f"{kind}:{text(value)}")
        is_used = pipe.execute()
        n = len(chunks)
        unused = [value for i, value in enumerate(values) if not any(is_used[i * n : (i + 1) * n])]
        if unused:
            self._client.zrem(key, *unused)
        return str(following)
