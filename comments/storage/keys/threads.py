"""Keys of what readers get: threads and their changes."""

from dataclasses import dataclass

from .names import Names, thread_name


@dataclass(frozen=True, slots=True)
class ThreadKeys(Names):
    def roots(self, site: str, thread: str) -> str:
        """sorted set; published comments without a parent by ms received; comments/decide; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:roots")

    def replies(self, site: str, thread: str) -> str:
        """hash; approved reply -> parent, ms received, 1 if visible; comments/decide; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:replies")

    def thread_counts(self, site: str) -> str:
        """hash; thread name -> published comments; comments/decide; readers; for ever."""
        return self._of(site, "threads:count")

    def thread_versions(self, site: str) -> str:
        """hash; thread name, or * for all -> ms of the last visible change; comments/decide; readers; for ever."""
        return self._of(site, "threads:version")

    def recent(self, site: str) -> str:
        """sorted set; the 200 ids shown last, by the version that showed them; comments/decide; feeds; while shown."""
        return self._of(site, "recent")

    def changes(self, site: str) -> str:
        """stream; the last 1000 visible changes; comments/decide; threads/changes; until newer ones replace them."""
        return self._of(site, "changes")

    def thread_opened(self, site: str) -> str:
        """hash; thread name -> ms of its first comment; comments/accept; Evidence; for ever."""
        return self._of(site, "threads:opened")

    def closed_threads(self, site: str) -> str:
        """set; names of closed threads; Threads; comments/accept, Evidence; until opened."""
        return self._of(site, "threads:closed")
