"""Count the lessons of other sites about a domain."""

from comments.lifecycle import Label
from comments.shared_learning import LearningGroups
from comments.storage.interfaces import Storage
from tests.support.stored import new_storage


def test_other_sites_with_lessons_about_a_domain_are_counted(storage: Storage) -> None:
    for site, label in (("one", Label.SPAM), ("two", Label.SPAM), ("three", Label.HAM)):
        for comment in ("a", "b"):
            storage.shared_reputation.update(site, comment, label, ["pills.example", "example"])
    assert storage.shared_reputation.other_sites("four", ["pills.example", "new.example"]) == {"pills.example": (1, 2)}
    assert storage.shared_reputation.other_sites("one", ["pills.example"]) == {"pills.example": (1, 1)}
    assert storage.shared_reputation.other_sites("one", []) == {}


def test_the_lesson_of_a_comment_is_removed_exactly(storage: Storage) -> None:
    storage.shared_reputation.update("one", "a", Label.SPAM, ["pills.example"])
    storage.shared_reputation.update("one", "b", Label.SPAM, ["pills.example"])
    for comment, known in (("a", {"pills.example": (0, 1)}), ("a", {"pills.example": (0, 1)}), ("b", {})):
        storage.shared_reputation.update("one", comment, None, ["pills.example"])
        assert storage.shared_reputation.other_sites("two", ["pills.example"]) == known


def test_updating_again_counts_nothing_twice(storage: Storage) -> None:
    for _ in range(3):
        storage.shared_reputation.update("one", "a", Label.SPAM, ["pills.example"])
    storage.shared_reputation.update("one", "a", Label.HAM, ["pills.example", "other.example"])
    known = {"pills.example": (1, 0), "other.example": (1, 0)}
    assert storage.shared_reputation.other_sites("two", ["pills.example", "other.example"]) == known
    storage.shared_reputation.update("one", "a", None, [])
    assert storage.shared_reputation.other_sites("two", ["pills.example", "other.example"]) == {}


def test_sites_that_learn_together_count_as_one_for_each_other() -> None:
    storage = new_storage(learn_together=LearningGroups((("blog", "shop"),)))
    for site in ("blog", "shop", "news"):
        storage.shared_reputation.update(site, "comment", Label.SPAM, ["pills.example"])
    assert storage.shared_reputation.other_sites("shop", ["pills.example"]) == {"pills.example": (0, 1)}
    assert storage.shared_reputation.other_sites("news", ["pills.example"]) == {"pills.example": (0, 2)}
