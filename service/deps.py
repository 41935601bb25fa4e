"""Dependencies of the web process, built once in a root (`wsgi.py`) and passed to `create_app`; tests build others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from comments.job_queue import Jobs
from comments.pseudonyms import Pseudonyms
from comments.rq_stats import NoRQStats, RQStats
from comments.settings import Settings
from comments.signals import SignalCatalogue
from comments.storage.interfaces import Storage


@dataclass(frozen=True, slots=True)
class Deps:
    """`now` returns aware UTC datetimes."""

    settings: Settings
    storage: Storage
    jobs: Jobs
    pseudonyms: Pseudonyms
    now: Callable[[], datetime]
    queues: RQStats = field(default_factory=NoRQStats)  # figures of RQ for the ops page
    signals: SignalCatalogue = field(default_factory=dict)  # of all filters, for the queue order and explanations

    def init_app(self, app: Flask) -> None:
        app.extensions["replygate"] = self


def deps() -> Deps:
    """Return the Deps of the current app."""
    return cast(Deps, current_app.extensions["replygate"])
