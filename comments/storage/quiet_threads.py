"""Protocol of the store that finds threads without new comments, for sites that delete old published comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

#: Threads that one step looks at.
THREADS_PER_STEP = 200
#: Seconds between two passes over the threads of a site.
REST = 3600


@dataclass(frozen=True, slots=True)
class QuietThread:
    """A thread whose last published comment is older than a time, and the number of its published comments."""

    thread: str
    comments: int


class QuietThreads(Protocol):
    def some(self, site: str, before: datetime, after: str, n: int) -> tuple[list[QuietThread], str]:
        """Look at `n` threads after the name `after`. Return the quiet ones, and the last name, "" at the end."""

    def published(self, site: str, thread: str, n: int) -> Sequence[str]:
        """Return ids of up to about `n` published comments of a thread, hidden ones included."""

    def place(self, site: str) -> str | None:
        """Return the thread after which the pass goes on, "" at the beginning; None if no pass is due."""

    def move(self, site: str, after: str) -> None:
        """Record that the pass goes on after a thread; "" ends it, and the next one begins an hour later."""
