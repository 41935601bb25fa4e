"""Store notes and bulk actions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.errors import NotFound
from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import BulkAction, BulkProgress, Note
from tests.support.builders import NOW

BULK = BulkAction("b1", Action.SPAM, "mo", NOW, "3 held by Bot", "advertising")
ITEMS = [("a", 1), ("b", 1), ("c", 3)]


def test_notes_of_a_comment_are_kept_in_order(storage: Storage) -> None:
    first, second = Note("mo", NOW, "asked him"), Note("bo", NOW + timedelta(hours=1), "He answered: “no”\nso be it")
    storage.notes.add("blog", "a", first)
    storage.notes.add("blog", "a", second)
    assert storage.notes.of("blog", ["a", "b"]) == [(first, second), ()]
    assert storage.notes.of("shop", ["a"]) == [()]
    assert storage.notes.of("blog", []) == []


def test_only_the_last_notes_are_kept(storage: Storage) -> None:
    for n in range(55):
        storage.notes.add("blog", "a", Note("mo", NOW, str(n)))
    (notes,) = storage.notes.of("blog", ["a"])
    assert [note.text for note in notes] == [str(n) for n in range(5, 55)]


def test_a_bulk_action_is_processed_and_records_its_changes(storage: Storage) -> None:
    storage.bulks.create("blog", BULK, ITEMS)
    assert storage.bulks.get("blog", "b1") == BULK
    assert storage.bulks.progress("blog", "b1") == BulkProgress(3, 3, 0)
    assert storage.bulks.left("blog", "b1", 2) == ITEMS[:2]
    storage.bulks.check_off("blog", "b1", ITEMS[:2], [("a", 2)])
    progress = storage.bulks.progress("blog", "b1")
    assert (progress, progress.changed) == (BulkProgress(3, 1, 1), 1)
    assert storage.bulks.left("blog", "b1", 10) == ITEMS[2:]
    assert storage.bulks.done("blog", "b1") == [("a", 2)]


def test_two_processes_of_one_bulk_action_skip_nothing(storage: Storage) -> None:
    storage.bulks.create("blog", BULK, ITEMS)
    tried = storage.bulks.left("blog", "b1", 2)
    for _ in range(2):
        storage.bulks.check_off("blog", "b1", tried, [])
    assert storage.bulks.left("blog", "b1", 2) == ITEMS[2:]


def test_an_empty_bulk_action_is_done(storage: Storage) -> None:
    storage.bulks.create("blog", BULK, [])
    assert storage.bulks.progress("blog", "b1") == BulkProgress(0, 0, 0)


def test_a_missing_bulk_action_is_not_found(storage: Storage) -> None:
    for ask in (storage.bulks.get, storage.bulks.progress):
        with pytest.raises(NotFound):
            ask("blog", "missing")


def test_a_bulk_action_may_have_many_comments(storage: Storage) -> None:
    items = [(f"c{n}", n) for n in range(2500)]
    storage.bulks.create("blog", BULK, items)
    storage.bulks.check_off("blog", "b1", items, items)
    assert storage.bulks.done("blog", "b1") == items
    assert storage.bulks.progress("blog", "b1").left == 0


def test_a_search_extends_the_list_once_from_each_place(storage: Storage) -> None:
    everything = replace(BULK, origin="network")
    storage.bulks.create("blog", everything, [])
    assert storage.bulks.get("blog", "b1") == everything
    assert storage.bulks.search_cursor("blog", "b1") == ""
    assert storage.bulks.progress("blog", "b1") == BulkProgress(0, 0, 0, searching=True)
    assert storage.bulks.extend("blog", "b1", ITEMS[:2], "", "7.b")
    assert not storage.bulks.extend("blog", "b1", ITEMS[:2], "", "7.b")
    assert storage.bulks.search_cursor("blog", "b1") == "7.b"
    assert storage.bulks.extend("blog", "b1", ITEMS[2:], "7.b", None)
    assert storage.bulks.search_cursor("blog", "b1") is None
    assert storage.bulks.left("blog", "b1", 10) == ITEMS
    progress = storage.bulks.progress("blog", "b1")
    assert (progress, progress.finished) == (BulkProgress(3, 3, 0), False)
    assert not storage.bulks.extend("blog", "b1", ITEMS, "7.b", None)
