"""Readers who follow a thread: what `streams` tells them, from one look a second at the versions of their threads."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from comments.storage.interfaces import Threads
from comments.storage.values import ThreadChanges
from service.web.event_streams import EventBroadcaster, Subscriber

EXTENSION = "replygate.broadcaster"


@dataclass(slots=True)
class Reading:
    """A thread, and the version of it that its reader has."""

    thread: str
    version: int


class Threadwise:
    """Tells readers of threads; those of one thread share one question. One round trip a look where nothing changed."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def __call__(
        self, site: str, subscribers: Sequence[Subscriber[Reading]]
    ) -> Iterator[tuple[Subscriber[Reading], bytes]]:
        names = sorted({f.asked.thread for f in subscribers})
        versions = dict(zip(names, self._threads.versions(site, names), strict=True))
        found: dict[tuple[str, int], ThreadChanges] = {}
        for subscriber in subscribers:
            asked = subscriber.asked
            question = (asked.thread, asked.version)
            if versions[asked.thread] == asked.version:
                continue
            if question not in found:
                found[question] = self._threads.changes(site, *question)
            asked.version = found[question].version
            yield subscriber, events(found[question])


def install(app: Flask, threads: Threads) -> None:
    app.extensions[EXTENSION] = EventBroadcaster(Threadwise(threads))


def broadcaster() -> EventBroadcaster[Reading]:
    """That of the app that serves the present request."""
    return cast(EventBroadcaster[Reading], current_app.extensions[EXTENSION])


def events(changes: ThreadChanges) -> bytes:
    """Server-sent events. The version comes last, so that a reader who loses the end is told everything again."""
    told = [("published", changes.appeared), ("removed", changes.went)] if changes.known else [("reset", ())]
    blocks = [f"event: {name}\ndata: {json.dumps({'ids': ids})}\n\n" for name, ids in told if ids or not changes.known]
    return ("".join(blocks) + f"id: {changes.version}\n\n").encode()
