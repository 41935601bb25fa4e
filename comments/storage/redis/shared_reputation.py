"""Names of domains over all sites, on Redis."""

import json
from collections.abc import Mapping, Sequence

from comments.lifecycle import Label
from comments.shared_learning import Together
from comments.storage.keys import Keys

from .client import Client, guarded, script


@guarded
class RedisSharedReputation:
    def __init__(self, client: Client, keys: Keys, together: Together) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._tell = script(client, "tell")

    def update(self, site: str, comment: str, label: Label | None, domains: Sequence[str]) -> None:
        args = [site, comment, label or "", json.dumps(list(domains))]
        self._tell(keys=[self._keys.repute(), self._keys.repute_told()], args=args)

    def other_sites(self, site: str, domains: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        if not domains:
            return {}
        here = set(self._together.of(site))
        fields = [f"{label} {domain}" for domain in domains for label in (Label.HAM, Label.SPAM)]
        found = [_others(here, value) for value in self._client.hmget(self._keys.repute(), fields)]
        pairs = zip(domains, found[::2], found[1::2], strict=True)
        return {domain: (ham, spam) for domain, ham, spam in pairs if ham or spam}


def _others(here: set[str], lessons: bytes | None) -> int:
    return len(json.loads(lessons).keys() - here) if lessons else 0
