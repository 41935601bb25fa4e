"""The service as a first version would be: one job per comment, plain RQ and better-profanity, no guarantees.

`app` has three routes. `/naive` accepts a comment in this way. `/bare` makes one Lua call and nothing else: the upper
limit for accepting a comment. `/page` returns the result of one GET: the upper limit for reading a page.
"""

import os
import uuid

from better_profanity import profanity
from flask import Flask, Response, request
from redis import Redis
from rq import Queue

REQUIRED = ("author", "email", "content")

app = Flask(__name__)
redis = Redis.from_url(os.environ["REPLYGATE_REDIS_URL"])
queue = Queue("naive", connection=redis)
store_comment = redis.register_script('return redis.call("HSET", KEYS[1], "comment", ARGV[1])')


def moderate(comment: dict[str, str]) -> None:
    """Check the required fields and the word list, then store the comment as a hash."""
    complete = all(comment.get(name) for name in REQUIRED)
    clean = complete and not profanity.contains_profanity(comment["content"])
    comment["status"] = "approved" if clean else "refused"
    Redis.from_url(os.environ["REPLYGATE_REDIS_URL"]).hset(f"naive:{comment['id']}", mapping=comment)


@app.post("/naive")
def naive() -> tuple[dict[str, str], int]:
    comment = {**request.get_json(), "id": uuid.uuid4().hex}
    queue.enqueue(moderate, comment)
    return {"id": comment["id"]}, 202


@app.post("/bare")
def bare() -> tuple[dict[str, str], int]:
    id = uuid.uuid4().hex
    store_comment(keys=[f"bare:{id}"], args=[request.get_data()])
    return {"id": id}, 202


@app.get("/page")
def page() -> Response:
    return Response(redis.get("page"), mimetype="application/json")


def trivial(list_name: str) -> None:
    """Push a result and do nothing else, to measure the latency of RQ."""
    redis.rpush(list_name, "done")
