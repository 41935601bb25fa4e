"""Rules on Redis: one hash per site, and another for texts, which cannot be looked up by name.

Every process keeps the rules about texts in memory and reads them again when their version changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from comments.audit import AuditEntry
from comments.author_rules import SHARED_RULES, TEXT_TARGETS, AuthorRule, RuleHits, RuleTarget
from comments.storage.codec import dump, load, milliseconds, moment
from comments.storage.keys import Keys

from .audit_log import append, packed
from .client import Client, guarded, text
from .scripts import Script

TEXT_PREFIXES = tuple(f"{target}:" for target in TEXT_TARGETS)
#: Rules written in one command, so that none holds the server for long.
RULES_AT_ONCE = 500


@guarded
class RedisAuthorRules:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._delete = Script(client, "review/rules_delete")

    def put(self, site: str, rule: AuthorRule, entry: AuditEntry) -> None:
        self.put_many(site, [rule], entry)

    def put_many(self, site: str, rules: Sequence[AuthorRule], entry: AuditEntry) -> None:
        for n in range(0, len(rules), RULES_AT_ONCE):
            pipe = self._client.pipeline()
            for rule in rules[n : n + RULES_AT_ONCE]:
                pipe.hset(self._key(site, rule.name), rule.name, dump(replace(rule, shared=site == SHARED_RULES)))
                if rule.target is RuleTarget.RANGE:
                    pipe.hset(self._keys.rule_ranges(site), rule.id, rule.value)
            if n == 0:
                append(pipe, self._keys, [entry])
            pipe.incr(self._keys.rules_version(site))
            pipe.execute()

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        return self.delete_many(site, [name], entry) > 0

    def delete_many(self, site: str, names: Sequence[str], entry: AuditEntry) -> int:
        k, n = self._keys, 0
        keys = [
            k.rules(site), k.terms(site), k.rule_ranges(site), k.rule_hits(site), k.rule_times(site),
            k.rules_version(site), k.audit(entry.site),
        ]  # fmt: skip
        for first in range(0, len(names), RULES_AT_ONCE):
            some = list(names[first : first + RULES_AT_ONCE])
            n += int(self._delete(keys, {"names": some, "is_rest": n > 0}, packed(entry)))
        return n

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

    def count(self, site: str) -> int:
        pipe = self._client.pipeline(transaction=False)
        pipe.hlen(self._keys.rules(site))
        pipe.hlen(self._keys.terms(site))
        return sum(pipe.execute())

    def ranges(self, site: str) -> list[tuple[str, str]]:
        pipe = self._client.pipeline(transaction=False)
        for owner in (site, SHARED_RULES):
            pipe.hgetall(self._keys.rule_ranges(owner))
        return [(text(id), text(cidr)) for found in pipe.execute() for id, cidr in found.items()]

    def count_hits(self, site: str, rules: Iterable[tuple[AuthorRule, int]], at: datetime) -> None:
        pipe = self._client.pipeline(transaction=False)
        for rule, n in rules:
            owner = SHARED_RULES if rule.shared else site
            pipe.hincrby(self._keys.rule_hits(owner), rule.name, n)
            pipe.hset(self._keys.rule_times(owner), rule.name, milliseconds(at))
        pipe.execute()

    def hits(self, site: str) -> Mapping[str, RuleHits]:
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.rule_hits(site))
        pipe.hgetall(self._keys.rule_times(site))
        counts, times = pipe.execute()
        return {text(name): RuleHits(int(n), moment(int(times[name]))) for name, n in counts.items() if name in times}

    def _key(self, site: str, name: str) -> str:
        return self._keys.terms(site) if name.startswith(TEXT_PREFIXES) else self._keys.rules(site)
