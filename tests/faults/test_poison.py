"""Comments that crash or block the judge are held for a moderator, and the rest of their batch is judged."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.lifecycle import Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted
from tests.support.wait import wait_until
from workers.judging.judge import MAX_ATTEMPTS
from workers.judging.policy import NEEDS_HUMAN

ROOT = Path(__file__).parents[2]

#: A short lease, so that six claims take seconds.
CHOSEN = {"lease": 1.0, "sweep_seconds": 0.1}


@pytest.fixture
def store(redis_storage: Storage, valkey_settings: Settings) -> Iterator[Storage]:
    """Start judges and a sweep, and give their storage."""
    redis_storage.sites.put(a_site(moderation="suspicious"))
    chosen = json.dumps({"redis_url": valkey_settings.redis_url, **CHOSEN})
    words = [sys.executable, "-m", "tests.faults.poisoned", chosen]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as supervisor:
        yield redis_storage
        supervisor.terminate()


def is_out_of_attempts(store: Storage) -> bool:
    """Claim due comments like a worker that dies. A real worker would take 5 s to be replaced."""
    claims = []
    while claimed := store.queue.claim("blog", "a wake-up", 1, lease=0.2):  # the last claim uses up the wake-up
        claims += claimed
    return any(claim.attempts >= MAX_ATTEMPTS - 1 for claim in claims)


def test_comments_that_break_the_judge_are_held_and_the_others_are_judged(store: Storage) -> None:
    hanging = accepted(store, content="hang")
    # Earlier attempts. A worker needs 8 s for each, which is too long for six.
    for _ in range(MAX_ATTEMPTS - 1):
        store.queue.claim("blog", "a wake-up", 1, lease=0.0)
    batch = [hanging, *(accepted(store, content=content) for content in ["a", "die", "b", "c"])]
    poison = [comment for comment in batch if comment.content in ("die", "hang")]

    def status(comment: Comment) -> Status:
        return store.comments.get("blog", comment.id).status

    wait_until(lambda: all(status(c) is Status.APPROVED for c in batch if c not in poison), "the others")
    wait_until(
        lambda: all(status(c) is Status.HELD for c in poison) or is_out_of_attempts(store),
        "it has used up its attempts",
    )
    wait_until(lambda: all(status(c) is Status.HELD for c in poison), "the faulty comments are held")
    for comment in poison:
        held = store.comments.get("blog", comment.id)
        assert [signal.name for signal in held.decisions[0].signals] == [NEEDS_HUMAN]
        assert len(held.decisions) == 1
