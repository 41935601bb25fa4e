"""What the web process needs, built once in a root (`wsgi.py`) and passed to the factory; tests build another one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from comments.job_queue import Jobs
from comments.pseudonyms import Pseudonyms
from comments.rq_stats import NoRQStats, RQStats
from comments.settings import Settings
from comments.storage.interfaces import Storage


@dataclass(frozen=True, slots=True)
class Deps:
    """`now` gives aware UTC datetimes."""

    settings: Settings
    storage: Storage
    jobs: Jobs
    pseudonyms: Pseudonyms
    now: Callable[[], datetime]
    queues: RQStats = field(default_factory=NoRQStats)  # what RQ says about itself, for the ops page

    def install(self, app: Flask) -> None:
        app.extensions["replygate"] = self


def deps() -> Deps:
    """The Deps of the app that serves the present request."""
    return cast(Deps, current_app.extensions["replygate"])
