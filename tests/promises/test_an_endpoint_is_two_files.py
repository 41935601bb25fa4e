"""An endpoint is a module with a blueprint and its name in the list of blueprints; validation and docs follow."""

import json

from tests.support.tree_copy import TreeCopy

MODULE = '''"""The length of a thread, as an example of a new endpoint."""

from flask import Blueprint, Response
from pydantic import BaseModel, Field

from service.deps import deps
from service.web import site_cache
from service.web.operations import json_response, operation

blueprint = Blueprint("thread_length", __name__, url_prefix="/v1/sites/<site>")


class LengthQuery(BaseModel):
    thread: str = Field(min_length=1, max_length=500)


class ThreadLength(BaseModel):
    length: int


@blueprint.get("/length")
@operation(summary="Get a thread's length", query=LengthQuery, answers={200: ThreadLength}, tags=("reading",))
def length(site: str, query: LengthQuery) -> Response:
    counts = deps().storage.threads.counts(site_cache.get_site(site).id, [query.thread])
    return json_response(ThreadLength(length=counts[0]))
'''

ASK = """
import json, sys
from comments.storage.redis import open_redis
from tests.support.builders import settings
from tests.support.web_app import open_web_app

web = open_web_app(open_redis(settings(redis_url=sys.argv[1])), sites=("blog",)).app.test_client()
good = web.get("/v1/sites/blog/length?thread=first-post")
bad = web.get("/v1/sites/blog/length")
paths = web.get("/openapi.json").json["paths"]
print(json.dumps({
    "answer": [good.status_code, good.json],
    "refusal": [bad.status_code, bad.mimetype, bad.json["problems"][0]["field"]],
    "described": paths["/v1/sites/{site}/length"]["get"]["summary"],
}))
"""


def test_a_new_endpoint_answers_refuses_bad_input_and_is_described(tree: TreeCopy, valkey_url: str) -> None:
    tree.write("service/reading/thread_length.py", MODULE)
    tree.replace(
        "service/__init__.py", "from .reading import email_links,", "from .reading import thread_length, email_links,"
    )
    tree.replace("service/__init__.py", "    reading_views,\n", "    reading_views,\n    thread_length,\n")
    found = json.loads(tree.run(ASK, valkey_url).splitlines()[-1])
    assert found == {
        "answer": [200, {"length": 0}],
        "refusal": [422, "application/problem+json", "thread"],
        "described": "Get a thread's length",
    }
    assert len(tree.changed) == 2
