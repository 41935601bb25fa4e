"""Root of the web process: read the environment, connect, and create the `app` that the server runs.

Importing this module has these side effects.
"""

import os
from datetime import UTC, datetime

from comments import logs
from comments.job_queue import RQJobs
from comments.pseudonyms import Pseudonyms
from comments.rq_stats import RQStatsReader
from comments.settings import Settings
from comments.storage.redis import connect_queue, open_redis
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

from . import create_app
from .deps import Deps
from .web.errors import ErrorBoundary
from .web.preparation import PreparedStorage


def utc_now() -> datetime:
    return datetime.now(UTC)


settings = Settings.from_env(os.environ)
logs.configure(settings.log_level, "web", settings.log_format)
storage = open_redis(settings)
rq_connection = connect_queue(settings)
app = create_app(
    Deps(
        settings=settings,
        storage=storage,
        jobs=RQJobs(rq_connection, settings.prefix),
        pseudonyms=Pseudonyms(settings.secret_key),
        now=utc_now,
        queues=RQStatsReader(rq_connection, settings.prefix),
        signals=catalogue(BUILT_IN),
    )
)
app.wsgi_app = ErrorBoundary(PreparedStorage(app.wsgi_app, storage.server.prepare), app)  # type: ignore[method-assign]
