"""Comments that moderators have open: shown to others, and ended by time, decisions and other comments."""

from comments.storage.interfaces import Storage
from tests.support.wait import wait_until


def looks(storage: Storage, site: str = "blog") -> list[tuple[str, str]]:
    return [(look.by, look.comment) for look in storage.presence.viewers(site)]


def test_others_see_presence(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "a", 120)
    assert looks(storage) == [("Mo", "a")]
    assert looks(storage, "shop") == []


def test_moderators_are_listed_in_order_of_arrival(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "a", 120)
    (first,) = storage.presence.viewers("blog")

    def a_later_one() -> bool:
        storage.presence.clear("blog", "Bo")
        storage.presence.set("blog", "Bo", "a", 120)
        return any(look.since > first.since for look in storage.presence.viewers("blog"))

    wait_until(a_later_one)
    storage.presence.set("blog", "Mo", "a", 120)
    assert storage.presence.viewers("blog")[0] == first
    assert looks(storage) == [("Mo", "a"), ("Bo", "a")]


def test_a_moderator_is_present_at_one_comment_at_a_time(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "a", 120)
    storage.presence.set("blog", "Mo", "b", 120)
    assert looks(storage) == [("Mo", "b")]


def test_presence_expires(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "a", 120)
    storage.presence.set("blog", "Bo", "b", 0.03)
    wait_until(lambda: looks(storage) == [("Mo", "a")])
    (before,) = storage.presence.viewers("blog")
    storage.presence.set("blog", "Bo", "b", 120)
    assert storage.presence.viewers("blog")[1].since > before.since, "it begins anew"


def test_leaving_a_comment_ends_presence(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "a", 120)
    storage.presence.set("blog", "Bo", "a", 120)
    storage.presence.clear("blog", "Mo")
    storage.presence.clear("blog", "nobody")
    assert looks(storage) == [("Bo", "a")]


def test_leaving_a_comment_does_not_end_presence_at_another(storage: Storage) -> None:
    storage.presence.set("blog", "Mo", "ab", 120)
    storage.presence.clear("blog", "Mo", ["a", "c"])
    assert looks(storage) == [("Mo", "ab")]
    storage.presence.clear("blog", "Mo", ["c", "ab"])
    assert looks(storage) == []


def test_names_may_be_anything(storage: Storage) -> None:
    for name in ("Mo Diaz", "日本", "a b c 1 2", "%s|\"'"):
        storage.presence.set("blog", name, "a", 120)
    assert {by for by, _ in looks(storage)} == {"Mo Diaz", "日本", "a b c 1 2", "%s|\"'"}
