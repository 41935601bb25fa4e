"""Pages of a thread: shares of the branches, cursors, and threads deeper than Python's stack."""

import sys
from collections.abc import Sequence

import pytest

from comments.errors import Invalid
from comments.storage.thread_tree import Node, Position, ReadNodes, read_page

Tree = dict[str, list[str]]


def reader(below: Tree) -> ReadNodes:
    """Read nodes from parent -> children, in which "" stands for the top level."""
    replies: dict[str, int] = {}
    order = ["", *(id for children in below.values() for id in children)]
    for parent in sorted(order, key=order.index, reverse=True):
        replies[parent] = sum(1 + replies.get(id, 0) for id in below.get(parent, ()))

    def read(lists: Sequence[tuple[Position, int]]) -> list[list[Node]]:
        found = []
        for position, n in lists:
            ids = below.get(position.parent, [])
            start = ids.index(position.after) + 1 if position.after else 0
            found.append([Node(id, 7, True, replies[id]) for id in ids[start : start + n]])
        return found

    return read


def ids(below: Tree, limit: int, cursor: str = "") -> list[str]:
    return [entry.node.id for entry in read_page(reader(below), Position.of(cursor), limit, 0)[0]]


def test_a_thread_may_be_deeper_than_the_stack() -> None:
    depth = sys.getrecursionlimit() + 200
    chain = {str(n) if n else "": [str(n + 1)] for n in range(depth)}
    entries, cursor = read_page(reader(chain), Position(), depth, 0)
    assert [entry.node.id for entry in entries] == [str(n + 1) for n in range(depth)]
    assert ([entry.depth for entry in entries], cursor) == (list(range(depth)), "")


def test_a_long_branch_leaves_room_for_the_others() -> None:
    tree = {"": ["a", "b", "c"], "a": [f"a{n}" for n in range(100)], "b": ["b1"]}
    assert ids(tree, 12) == ["a", *(f"a{n}" for n in range(8)), "b", "b1", "c"]


def test_a_branch_that_is_cut_names_the_position_after_its_last_comment() -> None:
    tree = {"": ["a"], "a": [f"a{n}" for n in range(9)]}
    entries, cursor = read_page(reader(tree), Position(), 4, 0)
    assert ([entry.more for entry in entries], cursor) == (["a~7.a2", "", "", ""], "")
    assert ids(tree, 4, "a~7.a2") == ["a3", "a4", "a5", "a6"]


def test_a_branch_without_room_names_its_beginning() -> None:
    tree = {"": ["a", "b"], "a": ["a1"]}
    entries, cursor = read_page(reader(tree), Position(), 1, 0)
    assert ([(entry.node.id, entry.more) for entry in entries], cursor) == ([("a", "a~")], "7.a")
    assert ids(tree, 1, "a~") == ["a1"]


@pytest.mark.parametrize("cursor", ["x; DROP", "1.a.b", "~1.a", "a~b~1.c", "A~", "1", "a" * 41 + "~"])
def test_an_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        Position.of(cursor)


@pytest.mark.parametrize("cursor", ["", "12.a", "a~", "a~12.b"])
def test_a_cursor_is_read_as_it_was_written(cursor: str) -> None:
    assert Position.of(cursor).cursor == cursor
