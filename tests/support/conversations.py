"""A whole thread, read page by page as a client does that follows every cursor."""

from collections.abc import Iterator

from comments.storage.interfaces import Threads
from comments.storage.values import ThreadRow


def read_conversation(
    threads: Threads, site: str, thread: str, limit: int = 50, newest: bool = False, cursor: str = ""
) -> Iterator[ThreadRow]:
    """Yield all comments of a thread in reading order. Each cursor `more` is followed where its branch goes on."""
    while True:
        page = threads.page(site, thread, limit, cursor, newest)
        assert len(page.rows) <= limit
        waiting: list[ThreadRow] = []  # comments above the current one whose branches go on
        for row in page.rows:
            while waiting and waiting[-1].depth >= row.depth:
                yield from read_conversation(threads, site, thread, limit, newest, waiting.pop().more)
            yield row
            if row.more:
                waiting.append(row)
        while waiting:
            yield from read_conversation(threads, site, thread, limit, newest, waiting.pop().more)
        if not (cursor := page.cursor):
            return
