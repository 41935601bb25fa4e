"""The site of the benchmarks, what is sent to it, and threads that readers read."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bench.http_load import Request
from bench.real_text import real_text
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import new_id, token_digest
from comments.site import Site, SiteKey
from comments.storage.interfaces import Storage

KEY = "rgk_one_" + "s" * 40
#: Accepts any number of comments; a new author's comment is published unless the filters suspect it.
SITE = Site(
    "bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC), origins=("https://bench.example",), moderation="suspicious",
    per_minute=0, megabytes_per_hour=10**6, max_pending=10**7, keys=(SiteKey("one", token_digest(KEY)),),
)  # fmt: skip
COMMENTS, COUNTS = f"/v1/sites/{SITE.id}/comments", f"/v1/sites/{SITE.id}/counts"
PER_THREAD, AUTHORS = 50, 500
#: Two of five comments reply to the comment before.
REPLIES = (False, False, True, False, True)
FIRST_RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
JSON_TYPE = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html,*/*;q=0.8"}


def fields(seed: int, n: int) -> Iterator[dict[str, str]]:
    """Make the fields of `n` submissions in words of people, each different from all others."""
    rng = random.Random(seed)
    for k in range(n):
        author = k % AUTHORS
        yield {
            "thread": f"https://bench.example/post-{k // PER_THREAD}",
            "author": f"Reader {author}",
            "email": f"reader{author}@example.org",
            "content": real_text(rng),
        }


def submissions(seed: int, n: int) -> Request:
    """Return submissions in JSON with a site key, as the server of a website sends them."""
    every = ({**sent, "ip": f"192.0.2.{k % 250}"} for k, sent in enumerate(fields(seed, n)))
    return Request(COMMENTS, JSON_TYPE | {"Authorization": f"Bearer {KEY}"}, [json.dumps(one) for one in every])


def forms(seed: int, n: int) -> Request:
    return Request(COMMENTS, FORM, [urlencode(one) for one in fields(seed, n)])


def bare_submissions(seed: int, n: int) -> Request:
    return Request("/bare", JSON_TYPE, [json.dumps(one) for one in fields(seed, n)])


def isso_submissions(seed: int, n: int) -> Request:
    every = ({"text": one["content"], "author": one["author"], "email": one["email"]} for one in fields(seed, n))
    headers = JSON_TYPE | {"Origin": SITE.origins[0]}
    return Request("/new?uri=%2Fpost", headers, [json.dumps({**one, "title": "Post"}) for one in every])


def thread(n: int) -> str:
    return f"https://bench.example/thread-{n}"


def publish_threads(storage: Storage, first: int, last: int) -> None:
    """Store threads of 50 published comments."""
    for n in range(first, last):
        rng, comments = random.Random(n), list[Comment]()
        for k in range(PER_THREAD):
            author = rng.randrange(20 * AUTHORS)
            comment = Comment(
                id=new_id(), site=SITE.id, thread=thread(n),
                received=FIRST_RECEIVED + timedelta(hours=n, minutes=k),
                parent=comments[-1].id if REPLIES[k % len(REPLIES)] else "",
                author=f"Reader {author}", email=f"reader{author}@example.org", identity=f"identity {author}",
                origin=f"network {author}", content=real_text(rng),
            )  # fmt: skip
            decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", comment.received)
            comments.append(comment.with_decision(decision))
        storage.comments.add_decided(SITE.id, comments)
