"""Standings on Redis: a hash a site, and another for terms, which cannot be looked up by name."""

from comments.audit import AuditEntry
from comments.author_rules import About, Standing
from comments.storage.codec import dump, load
from comments.storage.keys import Keys

from .audit import append, packed
from .client import Client, guarded, script

TERM = f"{About.TERM}:"


@guarded
class RedisAuthorRules:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._lift = script(client, "lift")

    def put(self, site: str, standing: Standing, entry: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hset(self._key(site, standing.name), standing.name, dump(standing))
        append(pipe, self._keys, [entry])
        pipe.execute()

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        keys = [self._key(site, name), self._keys.audit(entry.site)]
        return bool(self._lift(keys=keys, args=[name, packed(entry)]))

    def get(self, site: str, names: list[str]) -> list[Standing]:
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hget(self._key(site, name), name)
        return [load(Standing, found) for found in pipe.execute() if found]

    def all(self, site: str) -> list[Standing]:
        pipe = self._client.pipeline(transaction=False)
        pipe.hvals(self._keys.standings(site))
        pipe.hvals(self._keys.terms(site))
        found = [load(Standing, record) for records in pipe.execute() for record in records]
        return sorted(found, key=lambda s: (s.at, s.name), reverse=True)

    def _key(self, site: str, name: str) -> str:
        return self._keys.terms(site) if name.startswith(TERM) else self._keys.standings(site)
