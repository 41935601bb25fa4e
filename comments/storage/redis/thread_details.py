"""Titles and addresses of threads on Redis: one hash for each."""

from collections.abc import Sequence

from comments.storage.keys import WHOLE_SITE, Keys, thread_name
from comments.storage.thread_details import ThreadDetails

from .client import Client, guarded, text
from .scripts import Script


@guarded
class RedisThreadDetails:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._describe = Script(client, "threads/describe")

    def get(self, site: str, threads: Sequence[str]) -> list[ThreadDetails]:
        if not threads:
            return []
        names = [thread_name(thread) for thread in threads]
        pipe = self._client.pipeline(transaction=False)
        pipe.hmget(self._keys.thread_titles(site), names)
        pipe.hmget(self._keys.thread_urls(site), names)
        titles, urls = pipe.execute()
        return [ThreadDetails(text(t or b""), text(u or b"")) for t, u in zip(titles, urls, strict=True)]

    def put(
        self, site: str, thread: str, title: str | None, url: str | None, only_missing: bool = False
    ) -> ThreadDetails | None:
        k, given = self._keys, [value is not None for value in (title, url)]
        keys = [k.thread_aliases(site), k.thread_versions(site), k.thread_titles(site), k.thread_urls(site)]
        named = {"thread": thread_name(thread), "whole_site": WHOLE_SITE, "given": given, "only_missing": only_missing}
        changed, before_title, before_url = self._describe(keys, named, title or "", url or "")
        return ThreadDetails(text(before_title), text(before_url)) if changed else None
