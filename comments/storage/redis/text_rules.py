"""Rules about texts of a site and of the deployment, kept in memory until one of them changes."""

from collections.abc import Sequence
from typing import Any

from comments.author_rules import SHARED_RULES, AuthorRule
from comments.storage.codec import load
from comments.storage.keys import Keys

from .client import Client

#: Sites whose rules a process keeps.
_MAX_CACHED = 200


class TextRuleCache:
    """The same tuple is returned while nothing changes, so that callers can keep what they make of it."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._cached: dict[str, tuple[object, tuple[AuthorRule, ...]]] = {}

    def queue(self, pipe: Client, site: str) -> None:
        """Ask for the version of the rules. An earlier version of the program does not count it, but adds rules."""
        for owner in (site, SHARED_RULES):
            pipe.get(self._keys.rules_version(owner))
            pipe.hlen(self._keys.terms(owner))

    def read(self, client: Client, site: str, versions: Sequence[Any]) -> tuple[AuthorRule, ...]:
        """Return the rules; `versions` are the answers to `queue`. Takes a round trip only after a change."""
        version = tuple(versions)
        cached = self._cached.get(site)
        if cached and cached[0] == version:
            return cached[1]
        rules: tuple[AuthorRule, ...] = ()
        if version[1] or version[3]:
            pipe = client.pipeline(transaction=False)
            for owner in (site, SHARED_RULES):
                pipe.hvals(self._keys.terms(owner))
            rules = tuple(load(AuthorRule, record) for records in pipe.execute() for record in records)
        if len(self._cached) >= _MAX_CACHED:
            self._cached.clear()
        self._cached[site] = version, rules
        return rules
