"""Measure what strangers can make the server store: memory and append-only file of the largest comments.

    python -m bench.stored_bytes [--comments 60]

Sends the largest comments from one network until the limit on bytes refuses one, lets the filters' decisions be stored
and the comments be indexed, and divides by their number. Then prints what the limits allow in an hour.
"""

import argparse
import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from comments.errors import Refused
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import digest, new_id
from comments.queue_ranking import index_outdated
from comments.settings import Settings
from comments.site import Site
from comments.storage.rate_limits import BYTES_48, BYTES_SITE
from comments.storage.redis import connect, open_redis
from comments.storage.values import Admission, CommentChange
from replygate.embedded_valkey import start

SITE = Site("bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC))
BYTES_PER_HOUR = SITE.megabytes_per_hour * 1_000_000
#: The longest comment that a new site accepts, in letters of three bytes.
CHARACTERS = 10_000


def largest(rng: random.Random) -> Comment:
    content = "".join(chr(rng.randint(0x4E00, 0x9FFF)) for _ in range(CHARACTERS))
    return Comment(new_id(), SITE.id, "post", datetime.now(UTC), content=content, origin="a network")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=60)
    n = parser.parse_args().comments
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec")
        try:
            measure(Settings(secret_key="bench", redis_url=server.url), n)
        finally:
            server.stop()


def measure(settings: Settings, n: int) -> None:
    storage, client, rng = open_redis(settings), connect(settings), random.Random(1)
    storage.sites.put(SITE)
    before, sent = client.info(), 0
    for _ in range(n):
        comment = largest(rng)
        try:
            storage.comments.accept(comment, Admission(fingerprint=digest(comment.id), bytes_per_hour=BYTES_PER_HOUR))
        except Refused as error:
            print(f"refused after {sent} comments: {error}")
            break
        step = Decision(Action.HOLD, Status.HELD, Role.FILTERS, "filters", datetime.now(UTC))
        storage.comments.decide(SITE.id, [CommentChange(comment, comment.with_decision(step))])
        sent += 1
    while index_outdated(storage, SITE.id, {}):
        pass
    after = client.info()
    memory, written = ((after[name] - before[name]) / sent for name in ("used_memory", "aof_current_size"))
    print(f"one comment of {CHARACTERS} letters: {memory / 1e3:.0f} kB of memory, {written / 1e3:.0f} kB of the file")
    size = 3 * CHARACTERS
    for name, factor in (("one network", 1), ("an IPv6 /48", BYTES_48), ("a site", BYTES_SITE)):
        mb = BYTES_PER_HOUR * factor * written / size / 1e6
        print(f"{name}: at most {mb:.1f} MB of the file in an hour")


if __name__ == "__main__":
    main()
