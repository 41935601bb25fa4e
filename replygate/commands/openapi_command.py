"""`replygate openapi`: print the OpenAPI document, for example to generate a client. Needs no running service."""

import json
from datetime import UTC, datetime

from comments.job_queue import RQJobs
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.memory import open_memory
from comments.storage.redis import connect
from service import create_app
from service.deps import Deps
from service.web.docs_pages import current_document


def text() -> str:
    """Return the OpenAPI document as indented JSON."""
    now, settings = datetime.now(UTC), Settings()
    jobs = RQJobs(connect(settings))  # never connects, because no job is enqueued
    deps = Deps(settings, open_memory(lambda: now), jobs, Pseudonyms(""), lambda: now)
    with create_app(deps).app_context():
        return json.dumps(current_document(), indent=2, ensure_ascii=False)
