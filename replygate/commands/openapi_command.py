"""`replygate openapi`: print the OpenAPI document, for example to generate a client. Needs no running service."""

import json
from datetime import UTC, datetime

from comments.job_queue import RQJobs
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.redis import connect, open_redis
from service import create_app
from service.deps import Deps
from service.web.docs_pages import current_document


def openapi_json() -> str:
    """Return the OpenAPI document as indented JSON."""
    now, settings = datetime.now(UTC), Settings()
    # Neither connects, because the document needs no command.
    storage, jobs = open_redis(settings), RQJobs(connect(settings))
    deps = Deps(settings, storage, jobs, Pseudonyms(""), lambda: now)
    with create_app(deps).app_context():
        return json.dumps(current_document(), indent=2, ensure_ascii=False)
