"""Move, merge and alias threads on every back end: comments, counts and states follow, and old names go on working."""

from datetime import timedelta

import pytest

from comments.errors import Invalid
from comments.lifecycle import Action
from comments.site import Site
from comments.storage.interfaces import CoreStorage as Storage
from comments.storage.thread_moves import ThreadAlias
from comments.storage.values import EvidenceQuery
from comments.thread_addresses import thread_key
from tests.support.builders import NOW, accepted, decided, moderated, published

OLD, NEW = "https://blog.example/old", "https://blog.example/new"


def seen(storage: Storage, thread: str) -> list[str]:
    (name,) = storage.thread_moves.resolve("blog", [thread])
    return [row.comment.id for row in storage.threads.page("blog", name, 50).rows]


def test_comments_replies_and_counts_move_together(storage: Storage) -> None:
    root = published(storage, thread=OLD)
    reply = published(storage, thread=OLD, parent=root.id)
    before = storage.threads.version("blog", OLD), storage.threads.site_version("blog")
    assert storage.thread_moves.move("blog", OLD, NEW) == NEW
    assert seen(storage, NEW) == seen(storage, OLD) == [root.id, reply.id]
    assert storage.threads.counts("blog", [OLD, NEW]) == [0, 2]
    assert {storage.comments.get("blog", id).thread for id in (root.id, reply.id)} == {NEW}
    assert storage.threads.version("blog", OLD) > before[0] < storage.threads.version("blog", NEW)
    assert storage.threads.site_version("blog") > before[1]
    assert {c.id for c in storage.threads.newest("blog", NEW, 9)} == {root.id, reply.id}
    assert {c.id for c in storage.threads.recent("blog", 9)} == {root.id, reply.id}


def test_two_threads_merge(storage: Storage) -> None:
    ours, theirs = published(storage, thread=OLD), published(storage, thread=NEW)
    below = [published(storage, thread=NEW, parent=theirs.id) for _ in range(3)]
    storage.thread_moves.move("blog", OLD, NEW)
    assert set(seen(storage, OLD)) == {ours.id, theirs.id, *(c.id for c in below)}
    assert storage.threads.counts("blog", [OLD, NEW]) == [0, 5]
    moderated(storage, storage.comments.get("blog", theirs.id), Action.REMOVE)
    assert storage.threads.counts("blog", [NEW]) == [4]


def test_a_comment_read_before_the_move_is_decided_in_the_new_thread(storage: Storage) -> None:
    waiting = accepted(storage, thread=OLD)
    storage.thread_moves.move("blog", OLD, NEW)
    storage.thread_moves.finish("blog")
    current = storage.comments.get("blog", waiting.id)
    assert current.thread == NEW
    decided(storage, current, Action.APPROVE)
    assert seen(storage, OLD) == [waiting.id]
    assert storage.threads.counts("blog", [NEW]) == [1]


def test_comments_and_replies_to_the_old_address_go_to_the_new_thread(storage: Storage) -> None:
    root = published(storage, thread=OLD)
    storage.thread_moves.move("blog", OLD, NEW)
    reply = accepted(storage, thread=OLD, parent=root.id)
    stored = storage.comments.get("blog", reply.id)
    assert stored.thread == NEW
    decided(storage, stored, Action.APPROVE)
    assert seen(storage, NEW) == [root.id, reply.id]


def test_a_closed_thread_stays_closed(storage: Storage) -> None:
    published(storage, thread=OLD)
    storage.threads.set_closed("blog", OLD, closed=True)
    storage.thread_moves.move("blog", OLD, NEW)
    assert storage.threads.is_closed("blog", NEW)
    with pytest.raises(Invalid):
        accepted(storage, thread=OLD)


def test_merging_into_an_open_thread_leaves_it_open(storage: Storage) -> None:
    published(storage, thread=OLD)
    published(storage, thread=NEW)
    storage.threads.set_closed("blog", OLD, closed=True)
    storage.thread_moves.move("blog", OLD, NEW)
    assert not storage.threads.is_closed("blog", NEW)


@pytest.mark.parametrize("hours", [-3, 3])
def test_two_threads_that_merge_are_as_old_as_the_older_one(storage: Storage, hours: int) -> None:
    """A site that closes threads after some days closes them by that age."""
    ours = published(storage, thread=OLD, received=NOW + timedelta(hours=hours))
    theirs = published(storage, thread=NEW, received=NOW)
    storage.thread_moves.move("blog", OLD, NEW)
    (found,) = storage.evidence.look_up("blog", [EvidenceQuery(thread=NEW)])
    assert found.thread_opened == min(ours.received, theirs.received)


def test_a_chain_of_moves_leads_to_the_last_thread_at_once(storage: Storage) -> None:
    comment = published(storage, thread="a")
    for source, target in (("a", "b"), ("b", "c"), ("x", "a")):
        assert storage.thread_moves.move("blog", source, target) == ("c" if source != "a" else "b")
    assert storage.thread_moves.resolve("blog", ["a", "b", "c", "x", "y"]) == ["c", "c", "c", "c", "y"]
    assert seen(storage, "x") == [comment.id]
    assert {*storage.thread_moves.aliases("blog")} == {ThreadAlias(name, "c") for name in "abx"}


def test_a_thread_can_move_back(storage: Storage) -> None:
    comment = published(storage, thread="a")
    storage.thread_moves.move("blog", "a", "b")
    assert storage.thread_moves.move("blog", "b", "a") == "a"
    assert storage.thread_moves.resolve("blog", ["a", "b"]) == ["a", "a"]
    assert seen(storage, "b") == [comment.id]
    storage.thread_moves.finish("blog")
    assert storage.comments.get("blog", comment.id).thread == "a"


def test_a_thread_does_not_move_to_itself(storage: Storage) -> None:
    published(storage, thread="a")
    storage.thread_moves.move("blog", "a", "b")
    for source, target in (("b", "b"), ("a", "b")):
        with pytest.raises(Invalid):
            storage.thread_moves.move("blog", source, target)


def test_threads_are_listed_by_the_beginning_of_their_names(storage: Storage) -> None:
    for thread in (OLD, NEW, "https://other.example/", "post-12"):
        accepted(storage, thread=thread)
    assert storage.thread_moves.known("blog", "https://blog.example/") == [NEW, OLD]
    assert storage.thread_moves.known("blog", "https://", limit=2) == [NEW, OLD]
    assert storage.thread_moves.known("blog", "https://", after=OLD) == ["https://other.example/"]


def test_threads_of_one_page_are_joined(storage: Storage) -> None:
    site = Site("blog", "A blog", NOW)
    spellings = ("http://www.blog.example/a/", "https://blog.example/a", "https://blog.example/a/index.html")
    comments = [published(storage, thread=spelling) for spelling in spellings]
    assert storage.thread_moves.normalize("blog", lambda name: thread_key(name, site)) == 2
    assert set(seen(storage, "https://blog.example/a")) == {c.id for c in comments}
    assert storage.threads.counts("blog", ["https://blog.example/a"]) == [3]
    assert storage.thread_moves.normalize("blog", lambda name: thread_key(name, site)) == 0


A, B, C = "https://old.example/", "https://new.example/", "https://third.example/"


def ends(storage: Storage, *names: str) -> list[str]:
    return storage.thread_moves.resolve("blog", names)


def test_pages_without_comments_below_a_moved_prefix_answer_with_the_new_ones(storage: Storage) -> None:
    published(storage, thread=f"{A}seen")
    storage.thread_moves.add_prefix("blog", A, f"{B}posts")
    storage.thread_moves.add_prefix("blog", f"{A}2025", f"{C}archive")
    names = (A, f"{A}zzz", f"{A}zzz?p=1", f"{A}?p=1", f"{A}2025", f"{A}2025/x", f"{A}20256")
    assert ends(storage, *names) == [
        f"{B}posts", f"{B}posts/zzz", f"{B}posts/zzz?p=1", f"{B}posts?p=1",
        f"{C}archive", f"{C}archive/x", f"{B}posts/20256",
    ]  # fmt: skip
    assert ends(storage, f"{A}seen", "https://old.example.evil/x", "post-1") == [
        f"{A}seen", "https://old.example.evil/x", "post-1",
    ]  # fmt: skip
    storage.thread_moves.move("blog", f"{B}posts/zzz", "post-2")
    assert ends(storage, f"{A}zzz") == ["post-2"]


def test_moved_prefixes_follow_each_other_turn_back_and_never_loop(storage: Storage) -> None:
    add = storage.thread_moves.add_prefix
    add("blog", A, B)
    add("blog", B, C)
    assert ends(storage, f"{A}x", f"{B}x", f"{C}x") == [f"{C}x"] * 3
    with pytest.raises(Invalid, match="lead back"):
        add("blog", C, A + "sub")
    add("blog", C, B)  # back
    assert ends(storage, f"{A}x", f"{B}x", f"{C}x") == [f"{B}x"] * 3
    add("blog", B, A)
    assert ends(storage, f"{A}x", f"{B}x", f"{C}x") == [f"{A}x"] * 3
    before = storage.thread_moves.prefixes("blog")
    add("blog", A, f"{A}blog")
    assert storage.thread_moves.prefixes("blog") == before, "other pages of a host are not below its new folder"


def test_a_site_has_a_limited_number_of_moved_prefixes(storage: Storage) -> None:
    for n in range(100):
        storage.thread_moves.add_prefix("blog", f"{A}{n}", f"{B}{n}")
    with pytest.raises(Invalid, match="100"):
        storage.thread_moves.add_prefix("blog", f"{A}100", f"{B}100")
