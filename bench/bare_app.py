"""The least that a service on Flask and Valkey can do: one Lua call for a comment, one GET for a page, no check."""

import os
import uuid

from flask import Flask, Response, request
from redis import Redis

from service.accounts.upload_permits import UploadPermits
from service.web.errors import ERROR_FORMS

app = Flask(__name__)
app.extensions[ERROR_FORMS] = ()  # the shipped server asks for this and for the next
UploadPermits(app, public_path="")
redis = Redis.from_url(os.environ["REPLYGATE_REDIS_URL"])
store_comment = redis.register_script('return redis.call("HSET", KEYS[1], "comment", ARGV[1])')


@app.post("/bare")
def bare() -> tuple[dict[str, str], int]:
    id = uuid.uuid4().hex
    store_comment(keys=[f"bare:{id}"], args=[request.get_data()])
    return {"id": id}, 202


@app.get("/page")
def page() -> Response:
    return Response(redis.get("page"), mimetype="application/json")


@app.post("/check-nothing")
def check_nothing() -> dict[str, str]:
    return {"verdict": "ham" if request.get_json()["content"] else "unsure"}
