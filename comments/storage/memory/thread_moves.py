"""Aliases of threads in memory: the counterpart of the script threads/move."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from comments.errors import Invalid, Problem
from comments.storage.thread_moves import ThreadAlias, moved_by_prefix, with_prefix
from comments.storage.thread_tree import MAX_PINNED

from .site_data import ALL_THREADS, AllSites, SiteData


class MemoryThreadMoves:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def resolve(self, site: str, threads: Sequence[str]) -> list[str]:
        return [answering_thread(self._sites[site], thread) for thread in threads]

    def add_prefix(self, site: str, old: str, new: str) -> None:
        with self._sites.lock:
            self._sites[site].prefixes = with_prefix(self._sites[site].prefixes, old, new)
            self._sites[site].versions[ALL_THREADS] += 1

    def prefixes(self, site: str) -> dict[str, str]:
        return self._sites[site].prefixes

    def move(self, site: str, source: str, target: str, unlimited: bool = False) -> str:
        with self._sites.lock:
            data = self._sites[site]
            source = answering_thread(data, source)
            end = answering_thread(data, target)
            target = target if end == source else end
            if source == target:
                raise Invalid([Problem("to", "same", f"{target} is this thread already.")])
            data.aliases.pop(target, None)
            self._move_state(data, source, target)
            data.aliases = {alias: target if to == source else to for alias, to in data.aliases.items()}
            data.aliases[source] = target
            data.unindexed |= {c.id for c in data.comments.values() if c.thread == source and c.id in data.indexed}
            data.comments |= {c.id: replace(c, thread=target) for c in data.comments.values() if c.thread == source}
            data.versions[target] = data.versions[source] = max(data.versions[source], data.versions[target])
            for name in (source, target, ALL_THREADS):
                data.next_version(name, self._sites.now())
            return target

    def _move_state(self, data: SiteData, source: str, target: str) -> None:
        if source in data.closed and target not in data.opened:
            data.closed.add(target)
        data.closed.discard(source)
        pins = sorted({**data.pinned.pop(source, {}), **data.pinned.get(target, {})}.items(), key=lambda pin: pin[1])
        data.pinned[target] = dict(pins[-MAX_PINNED:])
        if source in data.opened:
            since = data.opened.pop(source)
            data.opened[target] = min(since, data.opened.get(target, since))

    def aliases(self, site: str) -> Iterator[ThreadAlias]:
        yield from (ThreadAlias(alias, thread) for alias, thread in self._sites[site].aliases.items())

    def known(self, site: str, prefix: str = "", after: str = "", limit: int = 100) -> list[str]:
        data = self._sites[site]
        names = {*(c.thread for c in data.comments.values()), *data.aliases.values()}
        return [name for name in sorted(names) if name.startswith(prefix) and name > after][:limit]

    def has_unfinished(self, site: str) -> bool:
        return False

    def finish(self, site: str) -> int:
        return 0

    def rules(self, site: str) -> str:
        return self._sites[site].thread_rules

    def set_rules(self, site: str, rules: str) -> None:
        self._sites[site].thread_rules = rules

    def finish_step(self, site: str) -> int:
        return 0

    def normalize(self, site: str, key_of: Callable[[str], str]) -> int:
        names = {comment.thread for comment in self._sites[site].comments.values()}
        moves = [(name, key_of(name)) for name in sorted(names) if key_of(name) != name]
        for name, key in moves:
            self.move(site, name, key)
        return len(moves)


def answering_thread(data: SiteData, name: str) -> str:
    """Return the thread that answers for a name; see `ThreadMoves.resolve`."""
    while name not in data.aliases and all(c.thread != name for c in data.comments.values()):
        moved = moved_by_prefix(data.prefixes, name)
        if moved == name:
            break
        name = moved
    return data.aliases.get(name, name)
