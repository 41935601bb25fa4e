"""Rules on Redis: one hash per site, and another for terms, which cannot be looked up by name."""

from comments.audit import AuditEntry
from comments.author_rules import AuthorRule, RuleTarget
from comments.storage.codec import dump, load
from comments.storage.keys import Keys

from .audit_log import append, packed
from .client import Client, guarded
from .scripts import Script

TERM = f"{RuleTarget.TERM}:"


@guarded
class RedisAuthorRules:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._delete = Script(client, "review/rule_delete")

    def put(self, site: str, rule: AuthorRule, entry: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hset(self._key(site, rule.name), rule.name, dump(rule))
        append(pipe, self._keys, [entry])
        pipe.execute()

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        keys = [self._key(site, name), self._keys.audit(entry.site)]
        return bool(self._delete(keys, {"name": name}, packed(entry)))

    def get(self, site: str, names: list[str]) -> list[AuthorRule]:
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hget(self._key(site, name), name)
        return [load(AuthorRule, found) for found in pipe.execute() if found]

    def all(self, site: str) -> list[AuthorRule]:
        pipe = self._client.pipeline(transaction=False)
        pipe.hvals(self._keys.rules(site))
        pipe.hvals(self._keys.terms(site))
        found = [load(AuthorRule, record) for records in pipe.execute() for record in records]
        return sorted(found, key=lambda s: (s.at, s.name), reverse=True)

    def _key(self, site: str, name: str) -> str:
        return self._keys.terms(site) if name.startswith(TERM) else self._keys.rules(site)
