"""Moves of threads on Valkey: old data, stale readers, concurrent posting, interruptions."""

import threading
from dataclasses import replace

import pytest

from comments.errors import Invalid
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.redis.thread_moves import MAX_COPIED
from comments.storage.values import CommentChange
from comments.thread_addresses import thread_key
from tests.support.builders import a_comment, a_decision, a_site, accepted, decided, published

OLD, NEW = "https://blog.example/old", "https://blog.example/new"


def test_a_decision_about_a_comment_read_before_the_move_counts_in_the_new_thread(storage: Storage) -> None:
    waiting = accepted(storage, thread=OLD)
    storage.thread_moves.move("blog", OLD, NEW)
    storage.thread_moves.finish("blog")
    after = waiting.with_decision(a_decision(Action.APPROVE))
    assert storage.comments.decide("blog", [CommentChange(waiting, after)]) == [True]
    assert storage.threads.counts("blog", [OLD, NEW]) == [0, 1]
    assert storage.comments.get("blog", waiting.id).thread == NEW
    assert storage.threads.is_visible(storage.comments.get("blog", waiting.id))


def test_records_are_read_in_the_new_thread_before_and_after_they_are_rewritten(storage: Storage) -> None:
    comments = [published(storage, thread=OLD), accepted(storage, thread=OLD)]
    storage.thread_moves.move("blog", OLD, NEW)
    assert {storage.comments.get("blog", c.id).thread for c in comments} == {NEW}
    assert storage.thread_moves.finish("blog") == 2
    assert storage.thread_moves.finish("blog") == 0
    assert [replace(c, thread=NEW) for c in comments] == storage.comments.load("blog", [c.id for c in comments])


def test_nothing_is_lost_or_doubled_while_visitors_post_and_threads_move(storage: Storage) -> None:
    posted: list[str] = []

    def post() -> None:
        for _ in range(60):
            posted.append(decided(storage, accepted(storage, thread=OLD), Action.APPROVE).id)

    visitors = [threading.Thread(target=post) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    ends = [OLD]
    for name in ("a", "b", "c", "d", NEW):
        storage.thread_moves.move("blog", ends[-1], name)
        storage.thread_moves.finish("blog")
        ends.append(name)
    for visitor in visitors:
        visitor.join()
    storage.thread_moves.finish("blog")
    rows = []
    cursor = ""
    while True:
        page = storage.threads.page("blog", NEW, 100, cursor)
        rows += [row.comment for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert sorted(c.id for c in rows) == sorted(posted)
    assert {c.thread for c in rows} == {NEW}
    assert storage.threads.counts("blog", [*ends]) == [0] * (len(ends) - 1) + [len(posted)]


def test_data_of_earlier_versions_is_found_under_every_spelling(storage: Storage, valkey_settings: Settings) -> None:
    """Earlier versions compared addresses as text, so one page could have several threads."""
    site = a_site()
    storage.sites.put(site)
    spellings = ("https://blog.example", "https://blog.example/", "https://www.blog.example/index.html")
    comments = [published(storage, thread=spelling) for spelling in spellings]
    waiting = accepted(storage, thread="http://blog.example/caf%c3%a9/")
    with connect(valkey_settings) as client:
        keys = Keys(valkey_settings.prefix)
        client.delete(keys.known_threads("blog"))
        client.set(keys.version(), 3)
    for _ in range(2):
        storage.server.prepare()
        page = storage.threads.page("blog", thread_key("https://blog.example", site), 9)
        assert {row.comment.id for row in page.rows} == {c.id for c in comments}
        assert page.total == 3
        assert storage.comments.get("blog", waiting.id).thread == thread_key("https://blog.example/café", site)
    assert len(storage.thread_moves.known("blog")) == 2


def test_an_interrupted_move_is_continued(storage: Storage, valkey_settings: Settings) -> None:
    comments = [published(storage, thread=OLD) for _ in range(3)]
    storage.thread_moves.move("blog", OLD, NEW)  # killed before the records are rewritten
    later = published(storage, thread=NEW)
    storage.thread_moves.move("blog", NEW, "third")
    assert storage.thread_moves.finish("blog") == 4
    with connect(valkey_settings) as client:
        assert not client.exists(Keys(valkey_settings.prefix).moving_threads("blog"))
    page = storage.threads.page("blog", "third", 9)
    assert {row.comment.id for row in page.rows} == {c.id for c in (*comments, later)}
    assert {row.comment.thread for row in page.rows} == {"third"}


def test_two_large_threads_are_merged_on_demand_only(storage: Storage, valkey_settings: Settings) -> None:
    keys = Keys(valkey_settings.prefix)
    with connect(valkey_settings) as client:
        for thread in (OLD, NEW):
            client.zadd(keys.roots("blog", thread), {f"{thread}{n}": n for n in range(MAX_COPIED + 1)})
        with pytest.raises(Invalid):
            storage.thread_moves.move("blog", OLD, NEW)
        assert client.zcard(keys.roots("blog", OLD)) == MAX_COPIED + 1
        assert storage.thread_moves.move("blog", OLD, "a-new-thread") == "a-new-thread"
        storage.thread_moves.move("blog", "a-new-thread", NEW, unlimited=True)
        assert client.zcard(keys.roots("blog", NEW)) == 2 * (MAX_COPIED + 1)


def test_large_threads_merge_without_a_loss(storage: Storage) -> None:
    """More comments than one command of the script has pairs."""
    imported = replace(a_decision(Action.APPROVE), role=Role.STAFF)
    comments: list[Comment] = []
    for thread, n in (("small", 503), ("large", 504)):
        root = a_comment(thread=thread)
        some = [root, *(a_comment(thread=thread, parent=root.id) for _ in range(n - 1))]
        comments += [replace(c, status=Status.APPROVED, version=1, decisions=(imported,)) for c in some]
    assert all(storage.comments.add_decided("blog", comments))
    storage.thread_moves.move("blog", "small", "large")
    assert storage.threads.counts("blog", ["small", "large"]) == [0, 1007]
    assert {row.id for row in storage.threads.page("blog", "large", 2000).rows} == {c.id for c in comments}
