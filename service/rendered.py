"""Answers to readers as the web process remembers them: rendered once a version, not once a visit."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

EXTENSION = "replygate.rendered"

#: Bytes of all answers together in each web process: some hundred pages of 50 comments.
MAX_BYTES = 16 * 1024 * 1024
#: An answer that would push out many others is not remembered.
LARGEST = MAX_BYTES // 16
#: Bytes an answer takes besides its body: key, ETag, places in the dictionary.
OVERHEAD = 1024


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's body, and how to ask for the page after it; "" on the last."""

    body: bytes
    next: str = ""


class RenderedPages:
    """The last answer to each question, with the ETag it had; those asked for least recently are dropped first.

    An ETag is made from the version that storage names now, so what is remembered cannot outlive a change. It has to
    be read before the comments are: a change between the two then only means that they are rendered once more.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[str, Rendered]] = OrderedDict()
        self.bytes = 0

    def get(self, question: Hashable, etag: str, render: Callable[[], Rendered]) -> Rendered:
        with self._lock:
            known, page = self._pages.get(question, ("", None))
            if page is not None and known == etag:
                self._pages.move_to_end(question)
                return page
        page = render()
        self._put(question, etag, page)
        return page

    def _put(self, question: Hashable, etag: str, page: Rendered) -> None:
        with self._lock:
            self._drop(question)
            if len(page.body) > LARGEST:
                return
            self._pages[question] = (etag, page)
            self.bytes += len(page.body) + OVERHEAD
            while self.bytes > self._max_bytes:
                self._drop(next(iter(self._pages)))

    def _drop(self, question: Hashable) -> None:
        _, page = self._pages.pop(question, ("", None))
        if page is not None:
            self.bytes -= len(page.body) + OVERHEAD

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self


def pages() -> RenderedPages:
    """Those of the app that serves the present request."""
    return cast(RenderedPages, current_app.extensions[EXTENSION])
