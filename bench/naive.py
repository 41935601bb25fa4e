"""The service as one would write it first: a job a comment, RQ and better-profanity as they come, no promises kept.

`app` answers three routes: `/naive` takes a comment that way; `/bare` does one Lua call on the same server and nothing
else, which is as fast as an accepting route can be here; `/page` answers with the bytes of one GET, as fast as a
reading route can be.
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
keep = redis.register_script('return redis.call("HSET", KEYS[1], "comment", ARGV[1])')


def moderate(comment: dict[str, str]) -> None:
    """The job: required fields, then the word list, then a hash."""
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
    keep(keys=[f"bare:{id}"], args=[request.get_data()])
    return {"id": id}, 202


@app.get("/page")
def page() -> Response:
    return Response(redis.get("page"), mimetype="application/json")


def trivial(list_name: str) -> None:
    """The job whose latency is RQ's own."""
    redis.rpush(list_name, "done")
