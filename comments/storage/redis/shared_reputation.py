"""Counts of domains over all sites, on Redis."""

import json
from collections.abc import Mapping, Sequence

from comments.lifecycle import Label
from comments.shared_learning import LearningGroups
from comments.storage.keys import Keys

from .client import Client, guarded
from .scripts import Script


@guarded
class RedisSharedReputation:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._update = Script(client, "learning/reputation_update")

    def update(self, site: str, comment: str, label: Label | None, domains: Sequence[str]) -> None:
        named = {"site": site, "comment": comment, "label": label or "", "domains": list(domains)}
        self._update([self._keys.reputation(), self._keys.reputation_lessons()], named)

    def other_sites(self, site: str, domains: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        if not domains:
            return {}
        own = set(self._together.of(site))
        fields = [f"{label} {domain}" for domain in domains for label in (Label.HAM, Label.SPAM)]
        found = [_others(own, value) for value in self._client.hmget(self._keys.reputation(), fields)]
        pairs = zip(domains, found[::2], found[1::2], strict=True)
        return {domain: (ham, spam) for domain, ham, spam in pairs if ham or spam}


def _others(own: set[str], lessons: bytes | None) -> int:
    return len(json.loads(lessons).keys() - own) if lessons else 0
