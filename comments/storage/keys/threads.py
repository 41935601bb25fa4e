"""Keys of what readers get: threads and their changes."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names, thread_name


@dataclass(frozen=True, slots=True)
class ThreadKeys(Names):
    @stored(ExportClass.DERIVED)
    def roots(self, site: str, thread: str) -> str:
        """sorted set; top-level comments that readers reach by ms received; comments/decide; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:roots")

    @stored(ExportClass.DERIVED)
    def children(self, site: str, parent: str) -> str:
        """sorted set; replies to a comment that readers reach by ms received; comments/decide; readers; for ever."""
        return self._of(site, f"children:{parent}")

    @stored(ExportClass.DERIVED)
    def nodes(self, site: str, thread: str) -> str:
        """hash; comment -> parent, ms received, state, visible replies; comments/decide; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:nodes")

    @stored(ExportClass.DERIVED)
    def latest(self, site: str, thread: str) -> str:
        """sorted set; the latest 100 published replies by ms received; comments/decide; feeds; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:latest")

    @stored(ExportClass.EXPORTED)
    def pinned(self, site: str, thread: str) -> str:
        """sorted set; pinned comments by ms pinned, at most three; threads/pin, move; readers; until unpinned."""
        return self._of(site, f"thread:{thread_name(thread)}:pinned")

    @stored(ExportClass.TEMPORARY)
    def replies_before(self, site: str, name: str) -> str:
        """hash; reply -> parent, ms received, 1 if visible; before version 3; migrations; until migrated."""
        return self._of(site, f"thread:{name}:replies")

    @stored(ExportClass.DERIVED)
    def thread_counts(self, site: str) -> str:
        """hash; thread name -> published comments; comments/decide; readers; for ever."""
        return self._of(site, "threads:count")

    @stored(ExportClass.EXPORTED)
    def thread_versions(self, site: str) -> str:
        """hash; thread name, or * for all -> ms of the last visible change; comments/decide; readers; for ever."""
        return self._of(site, "threads:version")

    @stored(ExportClass.EXPORTED)
    def recent(self, site: str) -> str:
        """sorted set; the 200 ids shown last, by the version that showed them; comments/decide; feeds; while shown."""
        return self._of(site, "recent")

    @stored(ExportClass.TEMPORARY)
    def changes(self, site: str) -> str:
        """stream; the last 1000 visible changes; comments/decide; threads/changes; until newer ones replace them."""
        return self._of(site, "changes")

    @stored(ExportClass.TEMPORARY)
    def quiet_pass(self, site: str) -> str:
        """string; thread after which the pass over old published comments goes on; QuietThreads; the same; an hour."""
        return self._of(site, "threads:quiet")

    @stored(ExportClass.EXPORTED)
    def thread_opened(self, site: str) -> str:
        """hash; thread name -> ms of its first comment; comments/accept; Evidence; for ever."""
        return self._of(site, "threads:opened")

    @stored(ExportClass.EXPORTED)
    def known_threads(self, site: str) -> str:
        """sorted set; addresses and keys of threads, sorted by name; accept, threads/move; ThreadMoves; for ever."""
        return self._of(site, "threads:known")

    @stored(ExportClass.EXPORTED)
    def thread_aliases(self, site: str) -> str:
        """hash; thread name -> name of its new thread, address, old address; threads/move; all; for ever."""
        return self._of(site, "threads:aliases")

    @stored(ExportClass.EXPORTED)
    def thread_prefixes(self, site: str) -> str:
        """hash; old address -> new address of moved folders and hosts, at most 100; ThreadMoves; all; for ever."""
        return self._of(site, "threads:prefixes")

    @stored(ExportClass.DERIVED)
    def moving_threads(self, site: str) -> str:
        """hash; the same for threads whose records name the old address; threads/move; load; until rewritten."""
        return self._of(site, "threads:moving")

    @stored(ExportClass.TEMPORARY)
    def rewriting(self, site: str) -> str:
        """string; pass over the records of moved comments and its SCAN cursor; ThreadMoves; the same; while it runs."""
        return self._of(site, "threads:rewriting")

    @stored(ExportClass.EXPORTED)
    def thread_rules(self, site: str) -> str:
        """string; rules for addresses that all threads follow; ThreadMoves; the same; for ever."""
        return self._of(site, "threads:rules")

    @stored(ExportClass.DERIVED)
    def aliases_of(self, site: str, thread: str) -> str:
        """set; names of the aliases of a thread; threads/move; threads/move; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:aliases")

    @stored(ExportClass.EXPORTED)
    def thread_titles(self, site: str) -> str:
        """hash; thread name -> title of its article; threads/describe, threads/move; all; for ever."""
        return self._of(site, "threads:titles")

    @stored(ExportClass.EXPORTED)
    def thread_urls(self, site: str) -> str:
        """hash; thread name -> address of its page; threads/describe, threads/move; all; for ever."""
        return self._of(site, "threads:urls")

    @stored(ExportClass.EXPORTED)
    def closed_threads(self, site: str) -> str:
        """set; names of closed threads; Threads; comments/accept, Evidence; until opened."""
        return self._of(site, "threads:closed")
