"""What every back end promises about the names that domains have on other sites."""

from comments.lifecycle import Label
from comments.storage import Storage


def test_a_domain_is_known_by_how_many_other_sites_taught_of_it(storage: Storage) -> None:
    for site, label in (("one", Label.SPAM), ("two", Label.SPAM), ("three", Label.HAM)):
        for comment in ("a", "b"):
            storage.repute.tell(site, comment, label, ["pills.example", "example"])
    assert storage.repute.elsewhere("four", ["pills.example", "new.example"]) == {"pills.example": (1, 2)}
    assert storage.repute.elsewhere("one", ["pills.example"]) == {"pills.example": (1, 1)}
    assert storage.repute.elsewhere("one", []) == {}


def test_what_a_comment_taught_is_taken_back_exactly(storage: Storage) -> None:
    storage.repute.tell("one", "a", Label.SPAM, ["pills.example"])
    storage.repute.tell("one", "b", Label.SPAM, ["pills.example"])
    for comment, known in (("a", {"pills.example": (0, 1)}), ("a", {"pills.example": (0, 1)}), ("b", {})):
        storage.repute.tell("one", comment, None, ["pills.example"])
        assert storage.repute.elsewhere("two", ["pills.example"]) == known


def test_telling_again_tells_nothing_twice(storage: Storage) -> None:
    for _ in range(3):
        storage.repute.tell("one", "a", Label.SPAM, ["pills.example"])
    storage.repute.tell("one", "a", Label.HAM, ["pills.example", "other.example"])
    known = {"pills.example": (1, 0), "other.example": (1, 0)}
    assert storage.repute.elsewhere("two", ["pills.example", "other.example"]) == known
    storage.repute.tell("one", "a", None, [])
    assert storage.repute.elsewhere("two", ["pills.example", "other.example"]) == {}
