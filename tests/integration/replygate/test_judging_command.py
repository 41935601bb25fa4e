"""`replygate judging retry`: judge comments again that were given up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from click.testing import CliRunner, Result

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.given_up import is_judged_again
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.queue_ranking import index_outdated
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from tests.support.builders import SECRET, a_site, decided, moderated
from tests.support.given_up_comments import given_up


@pytest.fixture
def stored(storage: Storage) -> Storage:
    assert storage.sites.compare_and_set(None, a_site(), AuditEntry(CONSOLE, AuditAction.SITE_ADD, site="blog"))
    return storage


@pytest.fixture
def judge(stored: Storage) -> Iterator[None]:
    """Publish every retried comment until the test ends; one whose text is "poison" is given up again."""
    stop = Event()

    def publish() -> None:
        while not stop.wait(0.02):
            for comment in filter(is_judged_again, stored.comments.by_status("blog", Status.QUEUED, 100).rows):
                if comment.content == "poison":
                    given_up(stored, comment)
                else:
                    decided(stored, comment, Action.APPROVE)

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(publish)
        yield
        stop.set()
        work.result()


def indexed(storage: Storage, *comments: Comment) -> tuple[Comment, ...]:
    while index_outdated(storage, "blog", {}):
        pass
    return comments


def run(valkey_url: str, *words: str) -> Result:
    env = {"REPLYGATE_REDIS_URL": valkey_url, "REPLYGATE_SECRET_KEY": SECRET}
    return CliRunner().invoke(cli, ["judging", "retry", "--site", "blog", *words], env=env)


@pytest.mark.usefixtures("judge")
def test_the_command_shows_what_became_of_the_comments(stored: Storage, valkey_url: str) -> None:
    seen = moderated(stored, given_up(stored), Action.REMOVE)
    good, _ = indexed(stored, given_up(stored), given_up(stored, content="poison"))
    result = run(valkey_url)
    assert (result.exit_code, result.output) == (0, "2 of 2: 1 decided, 1 given up again\n")
    assert stored.comments.get("blog", good.id).status is Status.APPROVED
    assert stored.comments.get("blog", seen.id) == seen
    entries = [e for e in stored.audit.all("blog") if e.action == AuditAction.JUDGING_RETRY]
    assert {e.by for e in entries} == {CONSOLE}
    assert len(entries) == 2


@pytest.mark.usefixtures("judge")
def test_a_limit_leaves_the_rest(stored: Storage, valkey_url: str) -> None:
    indexed(stored, *(given_up(stored) for _ in range(3)))
    assert run(valkey_url, "--limit", "2").output == "2 of 2: 2 decided, 0 given up again\n"
    assert stored.comments.counters("blog").current["held"] == 1


def test_the_command_stops_if_nothing_is_decided(stored: Storage, valkey_url: str) -> None:
    indexed(stored, given_up(stored))
    result = run(valkey_url, "--patience", "1")
    assert result.exit_code == 1
    assert "1 wait, and none was decided for 1 s" in result.output
    assert stored.queue.depth("blog").queued == 1


def test_the_command_says_if_there_is_nothing_to_do(stored: Storage, valkey_url: str) -> None:
    assert run(valkey_url).output == "No comment of blog was given up.\n"
