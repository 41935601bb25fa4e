"""A job queue without workers, and the app with it: everything is judged at once."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from comments.job_queue import Jobs
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from service import create_app
from service.deps import Deps
from tests.support.builders import SECRET, settings
from workers.deps import Deps as JudgeDeps
from workers.deps import now, set_deps
from workers.filters import BUILT_IN, Filter
from workers.jobs import CALLABLES
from workers.judging.policy import build_policy, catalogue


class ImmediateJobs:
    """Runs each job at once, with the same functions that RQ calls."""

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        CALLABLES[job](site, token)


def open_judged_app(
    storage: Storage, jobs: Jobs | None = None, filters: tuple[Filter, ...] = BUILT_IN, **changes: Any
) -> Flask:
    """Create an app whose jobs run at once, unless `jobs` does otherwise. `changes` are settings of the deployment."""
    chosen, jobs = settings(**changes), jobs or ImmediateJobs()
    set_deps(JudgeDeps(chosen, storage, now, jobs, filters, build_policy(filters, {})))
    deps = Deps(chosen, storage, jobs, Pseudonyms(SECRET), lambda: datetime.now(UTC), signals=catalogue(BUILT_IN))
    return create_app(deps)
