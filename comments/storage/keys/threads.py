"""Keys of what readers get: threads, and what changed in them."""

from dataclasses import dataclass

from .names import Names, thread_name


@dataclass(frozen=True, slots=True)
class ThreadKeys(Names):
    def roots(self, site: str, thread: str) -> str:
        """sorted set; published replies to the page by ms received; decide.lua; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:roots")

    def replies(self, site: str, thread: str) -> str:
        """hash; approved reply -> parent, ms received, 1 if readers see it; decide.lua; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:replies")

    def thread_counts(self, site: str) -> str:
        """hash; thread name -> published comments; decide.lua; readers; for ever."""
        return self._of(site, "threads:count")

    def thread_versions(self, site: str) -> str:
        """hash; thread name, or * for all -> ms of the last change readers see; decide.lua; readers; for ever."""
        return self._of(site, "threads:version")

    def recent(self, site: str) -> str:
        """sorted set; the 200 ids shown last, by the version that showed them; decide.lua; feeds; while shown."""
        return self._of(site, "recent")

    def changes(self, site: str) -> str:
        """stream; the last 1000 changes readers see; decide.lua; changes.lua; until newer ones push them out."""
        return self._of(site, "changes")

    def thread_opened(self, site: str) -> str:
        """hash; thread name -> ms of its first comment; accept.lua; filters, through Evidence; for ever."""
        return self._of(site, "threads:opened")

    def closed(self, site: str) -> str:
        """set; names of closed threads; Threads; accept.lua, filters through Evidence; until opened."""
        return self._of(site, "threads:closed")
