"""Trees of threads: both back ends agree after any decisions, and pages show each comment once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from comments.drafts import withdrawn
from comments.errors import Invalid
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment
from comments.report_rules import held_for_reports
from comments.settings import Settings
from comments.storage.codec import dump_state, dump_submission
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.memory import open_memory
from comments.storage.redis import connect
from comments.storage.thread_tree import MAX_THREAD_DEPTH
from comments.storage.values import CommentChange, ThreadPage
from tests.support.builders import (
    NOW,
    a_comment,
    a_decision,
    an_admission,
    decided,
    published,
    removed_with_replies,
)
from tests.support.conversations import read_conversation
from tests.support.stored import new_storage

START = datetime(2026, 1, 1, tzinfo=UTC)
THREAD = "first-post"

#: A step: kind, number of a comment, and a choice.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["publish", "publish", "moderate", "withdraw", "report", "undo"]), *[st.integers(0, 99)] * 2
    ),
    max_size=40,
)


class BothBackEnds:
    """The same comments on both back ends."""

    def __init__(self) -> None:
        self.redis = new_storage()
        self.memory = open_memory(lambda: datetime.now(UTC))
        self.comments: dict[str, Comment] = {}

    def publish(self, choice: int) -> None:
        visible = [c for c in self.comments.values() if self.memory.threads.is_visible(c)]
        parent = visible[choice % len(visible)].id if visible and choice % 5 else ""
        # Some comments have the same time.
        comment = a_comment(parent=parent, received=START + timedelta(minutes=len(self.comments) // 2))
        for storage in (self.redis, self.memory):
            storage.comments.accept(comment, an_admission())
        self.apply(comment, comment.with_decision(a_decision(Action.APPROVE)))

    def change(self, kind: str, number: int, choice: int) -> None:
        if not self.comments:
            return
        comment = list(self.comments.values())[number % len(self.comments)]
        after = self.after(kind, comment, choice)
        if after:
            taken_down = comment.status is Status.APPROVED is not after.status
            self.apply(comment, after.with_hidden_replies() if taken_down and choice % 3 == 0 else after)

    def after(self, kind: str, comment: Comment, choice: int) -> Comment | None:
        if kind == "moderate" and comment.hides_replies and choice % 2:
            return comment.with_replies_shown("mo", NOW)
        if kind == "moderate" and (actions := actions_for(Role.MODERATOR, comment.status)):
            return comment.with_decision(a_decision(actions[choice % len(actions)], Role.MODERATOR, "mo"))
        if kind == "withdraw" and Action.WITHDRAW in actions_for(Role.AUTHOR, comment.status):
            return withdrawn(comment, NOW)
        if kind == "report" and comment.status is Status.APPROVED:
            return held_for_reports(comment, {"spam": 3}, NOW)
        return comment.with_undo("mo", NOW) if kind == "undo" and comment.can_undo else None

    def apply(self, before: Comment, after: Comment) -> None:
        for storage in (self.redis, self.memory):
            assert storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
        self.comments[after.id] = after


def shown(page: ThreadPage) -> list[tuple[str, int, int, bool, str]]:
    return [(r.id, r.depth, r.replies, r.removed, r.more) for r in page.rows]


@given(STEPS, st.integers(1, 7), st.booleans())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_back_ends_show_the_same_tree_on_pages_of_any_length(
    steps: list[tuple[str, int, int]], limit: int, newest: bool
) -> None:
    both = BothBackEnds()
    for kind, number, choice in steps:
        if kind == "publish":
            both.publish(choice)
        else:
            both.change(kind, number, choice)
    comments = list(both.comments.values())
    visible = {c.id for c in comments if both.memory.threads.is_visible(c)}
    trees = [
        [
            (row.id, row.depth, row.replies, row.removed)
            for row in read_conversation(storage.threads, "blog", THREAD, n, newest)
        ]
        for storage in (both.redis, both.memory)
        for n in (limit, 1000)
    ]
    assert trees[0] == trees[1] == trees[2] == trees[3]
    ids = [id for id, _, _, removed in trees[0] if not removed]
    assert len(ids) == len(set(ids))
    assert set(ids) == visible
    pages = [s.threads.page("blog", THREAD, limit, newest=newest) for s in (both.redis, both.memory)]
    assert shown(pages[0]) == shown(pages[1])
    assert pages[0].cursor == pages[1].cursor
    assert pages[0].total == pages[1].total == len(visible)
    if comments:
        assert both.redis.threads.are_visible("blog", comments) == both.memory.threads.are_visible("blog", comments)
        assert both.redis.threads.replies("blog", comments) == both.memory.threads.replies("blog", comments)
    assert not both.redis.thread_indexes.repair("blog", THREAD, visible, check=True)


def test_a_page_never_shows_more_than_its_limit(storage: Storage) -> None:
    """Ten roots with fifty replies each, and one comment on the page."""
    roots = [published(storage, received=START + timedelta(seconds=n)) for n in range(10)]
    for n in range(500):
        published(storage, parent=roots[n % 10].id, received=START + timedelta(minutes=n))
    page = storage.threads.page("blog", THREAD, 1)
    assert [(row.id, row.replies) for row in page.rows] == [(roots[0].id, 50)]
    assert page.rows[0].more
    page = storage.threads.page("blog", THREAD, 50)
    assert len(page.rows) == 50
    assert len({row.id for row in page.rows if not row.depth}) >= 4, "one long branch does not take the whole page"
    found = [row.id for row in read_conversation(storage.threads, "blog", THREAD, 50)]
    assert len(found) == len(set(found)) == 510


def test_cursors_survive_new_and_removed_comments(storage: Storage) -> None:
    root = published(storage, received=START)
    replies = [published(storage, parent=root.id, received=START + timedelta(minutes=n)) for n in range(1, 9)]
    first = storage.threads.page("blog", THREAD, 4)
    seen = [row.id for row in first.rows]
    assert seen == [root.id, *(c.id for c in replies[:3])]
    removed_with_replies(storage, replies[2])  # the last that was shown
    earlier = published(storage, parent=root.id, received=START + timedelta(seconds=1))
    later = published(storage, parent=root.id, received=START + timedelta(hours=1))
    rest = [row.id for row in read_conversation(storage.threads, "blog", THREAD, 2, cursor=first.rows[0].more)]
    assert rest == [*(c.id for c in replies[3:]), later.id]
    assert earlier.id not in rest


def test_the_rest_of_a_branch_that_was_hidden_is_empty(storage: Storage) -> None:
    root = published(storage)
    for _ in range(5):
        published(storage, parent=root.id)
    more = storage.threads.page("blog", THREAD, 2).rows[0].more
    removed_with_replies(storage, root)
    assert storage.threads.page("blog", THREAD, 2, more) == ThreadPage((), "", 0)


@pytest.mark.parametrize("kind", ["nodes", "roots", "children", "count"])
def test_a_damaged_index_is_found_and_repaired(storage: Storage, valkey_settings: Settings, kind: str) -> None:
    root = published(storage)
    reply = published(storage, parent=published(storage, parent=root.id).id)
    tree = [(r.id, r.replies) for r in storage.threads.page("blog", THREAD, 9).rows]
    k = Keys(valkey_settings.prefix)
    version = storage.threads.version("blog", THREAD)
    with connect(valkey_settings) as client:
        damage: dict[str, Any] = {
            "nodes": lambda: client.hdel(k.nodes("blog", THREAD), reply.id),
            "roots": lambda: client.zrem(k.roots("blog", THREAD), root.id),
            "children": lambda: client.delete(k.children("blog", root.id)),
            "count": lambda: client.delete(k.thread_counts("blog")),
        }
        damage[kind]()
    ids = [id for id, _ in tree]
    assert storage.thread_indexes.repair("blog", THREAD, ids, check=True)
    assert storage.thread_indexes.repair("blog", THREAD, ids)
    assert not storage.thread_indexes.repair("blog", THREAD, ids)
    assert [(r.id, r.replies) for r in storage.threads.page("blog", THREAD, 9).rows] == tree
    assert storage.threads.counts("blog", [THREAD]) == [3]
    assert storage.threads.version("blog", THREAD) > version, "cached pages are not current"


def commands(client: Any) -> int:
    """Count the commands that the server ran, those inside scripts included, since the last call.

    Those of new connections and of scripts that the server did not know are left out.
    """
    calls = sum(
        row["calls"]
        for name, row in client.info("commandstats").items()
        if not name.startswith(("cmdstat_hello", "cmdstat_client", "cmdstat_script"))
    )
    client.config_resetstat()
    return int(calls)


def test_a_decision_takes_as_many_commands_in_a_long_thread_as_in_a_short_one(
    storage: Storage, valkey_settings: Settings
) -> None:
    found: dict[int, list[int]] = {}
    with connect(valkey_settings) as client:
        for size in (5, 500):
            thread = f"with {size}"
            root = published(storage, thread=thread)
            replies = [published(storage, thread=thread, parent=root.id) for _ in range(size)]
            commands(client)
            found[size] = []
            removed = decided(storage, replies[0], Action.REMOVE, Role.MODERATOR, "mo")
            found[size].append(commands(client))
            decided(storage, removed, Action.APPROVE, Role.MODERATOR, "mo")
            found[size].append(commands(client))
            hidden = removed_with_replies(storage, root)
            found[size].append(commands(client))
            decided(storage, hidden, Action.APPROVE, Role.MODERATOR, "mo")
            found[size].append(commands(client))
            storage.threads.page("blog", thread, 5)
            found[size].append(commands(client))
    assert found[5] == found[500]


def test_many_decisions_take_several_calls_that_are_short(storage: Storage, valkey_settings: Settings) -> None:
    comment = published(storage)
    for _ in range(60):
        comment = published(storage, parent=comment.id)
    replies = [published(storage, parent=comment.id) for _ in range(100)]
    removed = [c.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo")) for c in replies]
    with connect(valkey_settings) as client:
        commands(client)
        changes = [CommentChange(*change) for change in zip(replies, removed, strict=True)]
        assert storage.comments.decide("blog", changes) == [True] * 100
        calls = client.info("commandstats")["cmdstat_evalsha"]["calls"]
    # Each decision updates 62 nodes, and a call stops after about 600.
    assert 10 <= calls <= 15
    assert storage.threads.counts("blog", [THREAD]) == [61]


def test_a_conversation_has_a_greatest_depth(storage: Storage, valkey_settings: Settings) -> None:
    comment = published(storage)
    for _ in range(MAX_THREAD_DEPTH):
        comment = published(storage, parent=comment.id)
    with pytest.raises(Invalid) as refusal:
        storage.comments.accept(a_comment(parent=comment.id), an_admission())
    assert [(p.field, p.code) for p in refusal.value.problems] == [("parent", "too-deep")]
    deepest = [row.depth for row in read_conversation(storage.threads, "blog", THREAD)][-1]
    assert deepest == MAX_THREAD_DEPTH


@pytest.mark.parametrize("replies", [0, 1])
def test_a_comment_that_is_removed_after_a_reader_read_the_tree_is_not_shown(
    storage: Storage, valkey_settings: Settings, replies: int
) -> None:
    """Its record is newer than the tree, as between the two steps of reading a page."""
    comment = published(storage, thread=THREAD)
    for _ in range(replies):
        published(storage, thread=THREAD, parent=comment.id)
    removed = comment.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo"))
    key = Keys(valkey_settings.prefix).comment("blog", comment.id)
    connect(valkey_settings).set(key, dump_state(removed) + dump_submission(removed))
    rows = storage.threads.page("blog", THREAD, 50).rows
    assert [row.removed for row in rows if row.id == comment.id] == [True] * replies
    assert len(rows) == 2 * replies
