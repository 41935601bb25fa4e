"""Answers to readers as the web process remembers them: rendered once a version, not once a visit."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from .byte_cache import Memory

EXTENSION = "replygate.rendered"

#: Bytes an answer takes besides its body: key, ETag, places in the dictionary.
OVERHEAD = 1024


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's body, and how to ask for the page after it; "" on the last."""

    body: bytes
    next: str = ""


class RenderedPages:
    """The last answer to each question, with the ETag it had.

    An ETag is made from the version that storage names now, so what is remembered cannot outlive a change. It has to
    be read before the comments are: a change between the two then only means that they are rendered once more.
    """

    def __init__(self) -> None:
        self._pages: Memory[tuple[str, Rendered]] = Memory()

    def get(self, question: Hashable, etag: str, render: Callable[[], Rendered]) -> Rendered:
        known = self._pages.get(question)
        if known and known[0] == etag:
            return known[1]
        page = render()
        self._pages.put(question, (etag, page), len(page.body) + OVERHEAD)
        return page

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self


def pages() -> RenderedPages:
    """Those of the app that serves the present request."""
    return cast(RenderedPages, current_app.extensions[EXTENSION])
