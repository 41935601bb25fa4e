"""A backup while comments arrive and are judged: all acknowledged ones are restored, and work goes on."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments.comment_export import all_comments
from comments.lifecycle import Status
from comments.storage.redis import connect, open_redis
from replygate.__main__ import cli
from replygate.embedded_valkey import start
from tests.faults.audit import problems
from tests.faults.test_fail_over import Visitors, opened
from tests.faults.visitors import Seen
from tests.support.builders import SECRET, settings
from tests.support.running_service import running_service
from tests.support.wait import wait_until

#: Comments that are acknowledged before the backup begins.
BEFORE = 60
PARTS = (("work", "judge"), ("work", "background"), ("sweep",))


@pytest.fixture
def empty_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec")
        yield server.url
        server.stop()


@contextmanager
def visited(url: str) -> Iterator[Visitors]:
    visitors = Visitors(url)
    threads = [threading.Thread(target=visitors.run) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield visitors
    finally:
        visitors.stop()
        for thread in threads:
            thread.join()


def run(url: str, *words: str) -> None:
    env = {"REPLYGATE_REDIS_URL": url, "REPLYGATE_SECRET_KEY": SECRET}
    result = CliRunner().invoke(cli, words, env=env)
    assert result.exit_code == 0, result.output


def test_all_comments_acknowledged_before_a_backup_are_restored_and_decided(
    valkey_url: str, empty_server: str, tmp_path: Path
) -> None:
    before, after = settings(redis_url=valkey_url), settings(redis_url=empty_server)
    store = opened(before)
    connect(before).config_set("repl-diskless-sync-delay", 0)  # the server does not wait for other replicas
    with running_service(valkey_url, *PARTS[:1]) as service, visited(service) as visitors:
        wait_until(lambda: len(visitors.accepted) >= BEFORE, "comments are acknowledged")
        promised = set(visitors.accepted)
        run(valkey_url, "backup", str(tmp_path))
        n_later = len(visitors.accepted) + 20
        wait_until(lambda: len(visitors.accepted) >= n_later, "comments arrive after the backup")
        assert visitors.refused == 0
    run(empty_server, "restore", str(tmp_path))
    restored = open_redis(after)
    stored = {comment.id for comment in all_comments(restored, "blog")}
    assert promised <= stored <= {comment.id for comment in all_comments(store, "blog")}
    seen = Seen(ids={id: {id} for id in stored})
    with running_service(empty_server, *PARTS):
        wait_until(lambda: not restored.comments.counters("blog").current.get(Status.QUEUED), "all are decided")
        wait_until(lambda: restored.queue_index.is_complete("blog"), "all are indexed")
        wait_until(lambda: not [*problems(after, restored, "blog", seen)], "no part has work left")
    run(empty_server, "rebuild", "--site", "blog", "--check")
    assert not connect(after).exists("rg:restoring")
