"""Removal of everything that is stored for a site, in small steps.

All keys of a site begin with its hash tag, so a scan over all keys finds those of any store, also of later versions.
The scan's position is stored: an interrupted removal goes on. It ends with a pass that finds nothing. Then the fields
about the site are removed from keys that all sites share.
"""

import json
from collections.abc import Sequence

from comments.lifecycle import Label
from comments.shared_learning import LearningGroups
from comments.storage.keys import Keys

from .client import Client, keys_from, text
from .corpus import RedisCorpus
from .shared_reputation import RedisSharedReputation

#: Keys that one SCAN looks at. It holds the server for less than a millisecond.
KEYS_PER_SCAN = 500
#: Keys that one command unlinks. The server frees their memory in another thread.
KEYS_PER_COMMAND = 100
#: Cursor of the first step, and name of the second part of a scan in a cluster.
_START, _SHARED = "0", "shared"


class SiteRemoval:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups) -> None:
        self._client, self._keys, self._together = client, keys, together
        self._corpus = RedisCorpus(client, keys, together)
        self._reputation = RedisSharedReputation(client, keys, together)

    def step(self, site: str) -> bool:
        """Scan some keys and remove those of the site. Return True if keys may be left."""
        position = self._keys.removal(site)
        cursor, _, removed = text(self._client.get(position) or b"0 0").partition(" ")
        of_site = self._keys.removal(site).removesuffix("removal")
        named = (self._keys.notice_items(site, ""), self._keys.notice_result(site, ""))
        of_notices = [key.rpartition(":")[0] + ":" for key in named]
        following, found = self._scan(site, cursor)
        kept = {position, *self._shared_keys(site)}
        doomed = [key for key in map(text, found) if key.startswith((of_site, *of_notices)) and key not in kept]
        self._forget_lessons(site, doomed)
        for start in range(0, len(doomed), KEYS_PER_COMMAND):
            self._client.unlink(*doomed[start : start + KEYS_PER_COMMAND])
        total = int(removed) + len(doomed)
        if following == _START and not total:
            self._remove_fields(site)
            self._client.unlink(position)
            return False
        self._client.set(position, f"{following} {total if following != _START else 0}")
        return True

    def _scan(self, site: str, cursor: str) -> tuple[str, list[bytes]]:
        """Return the next cursor and keys. In a cluster, the site's slot is scanned, and then that of all sites."""
        of_site, k = self._keys.removal(site).removesuffix("removal"), self._keys
        if not self._client.is_cluster:
            tag, _, _ = of_site.partition("{")
            following, found = self._client.scan(int(cursor), match=f"{keys_from(tag)}{site}*", count=KEYS_PER_SCAN)
            return str(int(following)), found
        slot, _, at = cursor.rpartition("/")
        of_all = k.notice_counts().removesuffix("counts")
        pattern = f"{keys_from(of_all)}:{site}:*" if slot == _SHARED else keys_from(of_site)
        following, found = self._client.scan(int(at), match=pattern, count=KEYS_PER_SCAN)
        if slot == _SHARED:
            return f"{_SHARED}/{int(following)}" if int(following) else _START, found
        return str(int(following)) if int(following) else f"{_SHARED}/0", found

    def _remove_fields(self, site: str) -> None:
        """Remove what keys of all sites hold about this one."""
        k, client, of_site = self._keys, self._client, keys_from(f"{site} ")
        for field, _ in client.hscan_iter(k.reputation_lessons(), match=of_site, count=KEYS_PER_SCAN):
            self._reputation.update(site, text(field).partition(" ")[2], None, ())
        for field, _ in client.hscan_iter(k.notice_attempts(), match=of_site, count=KEYS_PER_SCAN):
            client.hdel(k.notice_attempts(), field)
        for field, _ in client.hscan_iter(k.notice_counts(), count=KEYS_PER_SCAN):
            if json.loads(field)[0] == site:
                client.hdel(k.notice_counts(), field)
        for key in (k.notices_due(), k.notice_leases()):
            for member, _ in client.zscan_iter(key, match=of_site, count=KEYS_PER_SCAN):
                client.zrem(key, member)

    def _shared_keys(self, site: str) -> Sequence[str]:
        """Return the keys of a corpus that other sites go on using."""
        k = self._keys
        if not self._is_shared(site):
            return ()
        counts = (k.corpus(site, label) for label in Label)
        return (*counts, k.lessons(site), k.learned(site), k.quotas(site), k.ham_ceilings(site))

    def _is_shared(self, site: str) -> bool:
        return len(self._together.of(site)) > 1

    def _forget_lessons(self, site: str, doomed: Sequence[str]) -> None:
        """Take back what comments and checks taught other sites, while their records exist."""
        prefix = self._keys.comment(site, "")
        ids = [key.removeprefix(prefix) for key in doomed if key.startswith(prefix)]
        if (taught := self._keys.taught_checks(site)) in doomed:
            ids += map(text, self._client.hkeys(taught))
        is_shared = self._is_shared(site)
        for id in ids:
            self._reputation.update(site, id, None, ())
            if is_shared:
                self._corpus.forget_lesson(site, id)
