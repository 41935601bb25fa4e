"""A Valkey that starts empty, as after FLUSHALL: the parts go on with what is stored then."""

import json
import urllib.error
import urllib.request

from comments.errors import NotFound
from comments.lifecycle import Status
from comments.storage.redis import connect, open_redis
from tests.support.builders import a_site, settings
from tests.support.running_service import running_service
from tests.support.wait import wait_until

PARTS = (("work", "judge"), ("sweep",))


def submitted(url: str, text: str) -> str:
    """Submit a comment, and return its id; "" if there is no such site."""
    body = {"thread": "t", "author": "Ada", "email": "ada@example.org", "content": text}
    request = urllib.request.Request(f"{url}/v1/sites/blog/comments", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(json.load(answer)["id"])
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return ""


def test_all_parts_go_on_after_the_store_was_emptied(valkey_url: str) -> None:
    chosen = settings(redis_url=valkey_url)
    site = a_site(moderation="suspicious", per_minute=0, proof_of_work="off")
    store, client = open_redis(chosen), connect(chosen)

    def is_published(id: str) -> bool:
        try:
            return store.comments.get("blog", id).status is Status.APPROVED
        except NotFound:
            return False

    store.sites.put(site)
    with running_service(valkey_url, *PARTS) as url:
        first = submitted(url, "It rained on the day we left.")
        wait_until(lambda: is_published(first), "the first comment is published")
        client.flushall()
        wait_until(lambda: not submitted(url, "Nobody can store this."), "the service notices that the site is gone")
        store.sites.put(site)
        wait_until(lambda: bool(submitted(url, "It was dry again.")), "the site is there again")
        last = submitted(url, "The same processes judge this one.")
        wait_until(lambda: is_published(last), "a comment is published again")
    assert store.comments.counters("blog").accepted >= 2
