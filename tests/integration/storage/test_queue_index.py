"""Search and order held comments."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from comments import index_terms, queue_ranking
from comments.drafts import edited
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.settings import Settings
from comments.storage.codec import milliseconds
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.queue_index import FACET_VALUES, IndexQuery, IndexResult
from comments.storage.redis import connect, slot_numbers
from comments.storage.redis.client import Client
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_decision, accepted, moderated
from tests.support.web_app import held, judged


@pytest.fixture
def client(valkey_settings: Settings) -> Client:
    return connect(valkey_settings)


def file(storage: Storage, site: str = "blog") -> None:
    """Update the index entries of these comments."""
    while queue_ranking.index_outdated(storage, site, {}) or storage.queue_index.continue_upkeep(site):
        pass


def find(storage: Storage, *groups: tuple[str, ...], **more: object) -> IndexResult:
    return storage.queue_index.find("blog", IndexQuery(tuple(groups), **more))  # type: ignore[arg-type]


def ids(hits: IndexResult) -> list[str]:
    return [spot.id for spot in hits.hits]


def at(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def test_a_held_comment_is_indexed_and_then_found(storage: Storage) -> None:
    comment = held(storage)
    assert storage.queue_index.outdated("blog", 10) == [comment.id]
    before = find(storage)
    assert (before.total, before.unindexed, ids(before)) == (0, 1, [])
    file(storage)
    after = find(storage)
    assert (after.total, after.unindexed, ids(after)) == (1, 0, [comment.id])
    assert after.hits[0].version == comment.version
    assert storage.queue_index.outdated("blog", 10) == []


def test_a_comment_that_waits_for_the_filters_is_not_outdated(storage: Storage) -> None:
    decided = {judged(storage, action).id for action in (Action.APPROVE, Action.SPAM)}
    accepted(storage)
    assert set(storage.queue_index.outdated("blog", 10)) == decided


def test_a_decided_comment_is_gone_in_the_same_step(storage: Storage) -> None:
    comment, other = held(storage, content="bread"), held(storage, content="bread too")
    file(storage)
    moderated(storage, comment, Action.APPROVE)
    hits = find(storage, ("word:bread",), facets=("thread",))
    assert (ids(hits), hits.total, hits.unindexed) == ([other.id], 1, 0)
    assert hits.counts["thread"] == {"first-post": 1}
    assert find(storage, statuses=(Status.APPROVED,)).unindexed == 1
    file(storage)
    assert find(storage, ("word:bread",), facets=("thread",)) == hits
    assert ids(find(storage, ("word:bread",), statuses=(Status.APPROVED,))) == [comment.id]


def test_an_authors_edit_of_a_held_comment_makes_its_entry_outdated(storage: Storage) -> None:
    comment = held(storage)
    file(storage)
    edit = CommentChange(comment, edited(comment, "other words", datetime.now(UTC)))
    assert storage.comments.decide("blog", [edit]) == [True]
    assert storage.queue_index.outdated("blog", 10) == [comment.id]
    assert ids(find(storage)) == []


def test_undo_brings_it_back(storage: Storage) -> None:
    comment = held(storage, content="bread")
    file(storage)
    after = moderated(storage, comment, Action.SPAM)
    file(storage)
    storage.comments.decide("blog", [CommentChange(after, after.with_undo("mo", NOW))])
    file(storage)
    (spot,) = find(storage, ("word:bread",)).hits
    assert (spot.id, spot.version) == (comment.id, 3)


def test_a_comment_that_changed_since_it_was_read_stays_outdated(storage: Storage) -> None:
    comment = held(storage)
    moderated(storage, comment, Action.REMOVE)
    storage.queue_index.update("blog", [(comment, queue_ranking.index_entry(comment, {}))])
    assert find(storage).total == 0
    assert storage.queue_index.outdated("blog", 10) == [comment.id]


def test_updating_an_entry_twice_changes_nothing(storage: Storage) -> None:
    comment = held(storage)
    for _ in range(2):
        storage.queue_index.update("blog", [(comment, queue_ranking.index_entry(comment, {}))])
    hits = find(storage, facets=("author",))
    assert (hits.total, hits.counts) == (1, {"author": {"Ada": 1}})


def test_orders(storage: Storage) -> None:
    sure = judged(storage, Action.HOLD, Signal("links.some", 1.0, "", 1.0), score=1.0, received=at(1))
    doubtful = judged(storage, Action.HOLD, Signal("links.many", 1.0, "", 5.0), score=5.5, received=at(2))
    spammy = judged(storage, Action.HOLD, Signal("bayes.spam", 1.0, "", 7.9), score=7.9, received=at(3))
    old = judged(storage, Action.HOLD, score=1.0, received=at(200))
    file(storage)
    orders = {order: ids(find(storage, order=order)) for order in ("useful", "oldest", "newest", "points")}
    assert orders["oldest"] == [old.id, spammy.id, doubtful.id, sure.id]
    assert orders["newest"] == orders["oldest"][::-1]
    assert orders["points"][:2] == [spammy.id, doubtful.id]
    assert orders["useful"] == [old.id, doubtful.id, spammy.id, sure.id]


@pytest.mark.parametrize("order", ["useful", "oldest", "newest", "points"])
def test_pages_continue_after_the_last_hit(storage: Storage, order: str) -> None:
    random = Random(4)
    comments = [judged(storage, Action.HOLD, score=random.choice((1, 2)), received=at(n % 3)) for n in range(23)]
    file(storage)
    seen: list[str] = []
    after = None
    for n in range(5):
        hits = find(storage, order=order, limit=5, after=after)
        assert hits.more is (n < 4)
        seen += ids(hits)
        after = hits.hits[-1].position
    assert sorted(seen) == sorted(c.id for c in comments)
    assert seen == ids(find(storage, order=order, limit=100))


def test_pages_continue_when_the_last_comment_is_decided(storage: Storage) -> None:
    comments = [held(storage, received=at(10 - n)) for n in range(4)]
    file(storage)
    place = find(storage, order="oldest", limit=2).hits[-1].position
    moderated(storage, comments[1], Action.SPAM)
    file(storage)
    assert ids(find(storage, order="oldest", after=place)) == [c.id for c in comments[2:]]


def test_a_hit_has_one_term_of_each_group(storage: Storage) -> None:
    one = held(storage, author="Ines", content="good bread")
    two = held(storage, author="Jon", content="good butter")
    held(storage, author="Kaya", content="bad bread")
    file(storage)
    assert sorted(ids(find(storage, ("word:bread", "word:butter"), ("word:good",)))) == sorted([one.id, two.id])
    assert ids(find(storage, ("author:Ines",), ("word:butter",))) == []
    assert sorted(ids(find(storage, ("word:good",), none_of=("author:Jon",)))) == [one.id]
    assert find(storage, ()).total == 0


def test_a_prefix_finds_words(storage: Storage) -> None:
    walk, walking = held(storage, content="a walk"), held(storage, content="Walking there")
    held(storage, content="a wall")
    file(storage)
    assert sorted(ids(find(storage, ("word:walk*",)))) == sorted([walk.id, walking.id])
    assert ids(find(storage, ("word:walking*",))) == [walking.id]
    assert ids(find(storage, ("word:wax*",))) == []


def test_facets_count_the_hits(storage: Storage) -> None:
    for author, script in (("Ines", "Хлеб"), ("Ines", "bread"), ("Jon", "bread")):
        held(storage, author=author, content=script)
    file(storage)
    facets = ("author", "script", "signal", "domain")
    everything = find(storage, facets=facets).counts
    assert everything == {
        "author": {"Ines": 2, "Jon": 1},
        "script": {"latin": 2, "cyrillic": 1},
        "signal": {"author.first": 3},
        "domain": {},
    }
    assert list(everything["author"]) == ["Ines", "Jon"]
    assert find(storage, ("author:Ines",), facets=("script",)).counts == {"script": {"cyrillic": 1, "latin": 1}}


def test_each_site_has_its_own(storage: Storage) -> None:
    held(storage, site="shop")
    file(storage, "shop")
    assert find(storage) == IndexResult()


def test_a_missing_comment_can_be_discarded_but_not_a_stored_one(storage: Storage, client: Client) -> None:
    stored, gone, outdated = held(storage), held(storage), held(storage)
    for comment in (stored, gone):
        storage.queue_index.update("blog", [(comment, queue_ranking.index_entry(comment, {}))])
    client.delete(Keys("rg").comment("blog", gone.id))
    storage.queue_index.discard("blog", [gone.id, outdated.id, "missing"])
    assert storage.queue_index.outdated("blog", 10) == [outdated.id]
    assert ids(find(storage)) == [stored.id]


def test_a_term_with_many_comments_is_updated(storage: Storage) -> None:
    """From 512 comments on, Redis stores a term's set in another encoding."""
    comments = [held(storage, author="Bot", content=f"casino offer{n}") for n in range(700)]
    file(storage)
    hits = find(storage, ("word:casino",), ("author:Bot",), facets=("author",), limit=1000)
    assert (hits.total, hits.counts) == (700, {"author": {"Bot": 700}})
    assert sorted(ids(hits)) == sorted(c.id for c in comments)
    for comment in comments[:690]:
        moderated(storage, comment, Action.SPAM)
    left = find(storage, ("word:casino",), facets=("author",))
    assert (left.total, left.counts) == (10, {"author": {"Bot": 10}})
    file(storage)
    assert find(storage, ("word:casino",), facets=("author",)) == left
    for comment in comments[690:]:
        moderated(storage, comment, Action.SPAM)
    file(storage)
    assert find(storage, ("word:casino*",), facets=("author",)) == IndexResult(counts={"author": {}})


def test_a_model_of_the_index_agrees_after_many_random_steps(storage: Storage) -> None:
    random = Random(11)
    words = ("bread", "butter", "walk", "east", "wind")
    comments: dict[str, Comment] = {}
    for _ in range(300):
        if random.random() < 0.5 or not comments:
            comment = held(storage, content=" ".join(random.sample(words, 3)), author=random.choice("ABC"))
        else:
            before = comments[random.choice(list(comments))]
            step = random.choice((Action.APPROVE, Action.SPAM, Action.REMOVE))
            held_now = before.status is Status.HELD
            after = (
                before.with_decision(a_decision(step, Role.MODERATOR, "mo"))
                if held_now
                else before.with_undo("mo", NOW)
            )
            assert storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
            comment = after
        comments[comment.id] = comment
        if random.random() < 0.3:
            file(storage)
    file(storage)
    now = [c for c in comments.values() if c.status is Status.HELD]
    for word in words:
        expected = {c.id for c in now if word in c.content}
        assert set(ids(find(storage, (f"word:{word}",), limit=1000))) == expected
    counts = {a: sum(c.author == a for c in now) for a in "ABC"}
    assert find(storage, facets=("author",)).counts["author"] == {a: n for a, n in counts.items() if n}


def test_concurrent_updates_leave_one_valid_entry(storage: Storage) -> None:
    comments = [held(storage, content=f"bread {n}") for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: file(storage), range(4)))
    hits = find(storage, ("word:bread",), limit=100)
    assert sorted(ids(hits)) == sorted(c.id for c in comments)


def test_a_value_may_look_like_anything(storage: Storage) -> None:
    odd = held(storage, author="a:b*{c} %s\tx", thread="https://blog.example/a?b=1&c=:", content="x")
    file(storage)
    assert ids(find(storage, (f"author:{index_terms.term_value(odd.author)}",))) == [odd.id]
    assert ids(find(storage, (f"thread:{odd.thread}",))) == [odd.id]


def test_a_facet_lists_at_most_so_many_values(storage: Storage) -> None:
    for n in range(FACET_VALUES + 5):
        held(storage, author=f"A{n}")
    file(storage)
    assert len(find(storage, facets=("author",)).counts["author"]) == FACET_VALUES


def test_a_comment_that_the_filters_did_not_judge_is_not_indexed(storage: Storage) -> None:
    comment = replace(held(storage), decisions=())
    assert queue_ranking.index_entry(comment, {}) is None


def test_comments_since_certain_times_are_counted(storage: Storage) -> None:
    for n in range(3):
        held(storage, received=at(24 * n))
    file(storage)
    limits = tuple(milliseconds(at(hours)) for hours in (0, 24, 100))
    assert find(storage, since=(("received", limits),)).since == {"received": (1, 2, 3)}


def test_numbers_can_be_limited(storage: Storage) -> None:
    one, two, three = (held(storage, received=at(24 * n)) for n in range(3))
    file(storage)
    middle = find(storage, ranges=(("received", milliseconds(at(24)), milliseconds(at(0))),))
    assert ids(middle) == [two.id]
    older = find(storage, ranges=(("received", float("-inf"), milliseconds(at(0))),), order="newest")
    assert ids(older) == [two.id, three.id]
    assert one.id not in ids(older)


@pytest.mark.parametrize("order", ["useful", "oldest", "newest", "points"])
def test_numbers_read_one_by_one_are_those_of_the_columns(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    for n in range(12):
        held(storage, received=at(n % 5), score=n % 4)
    file(storage)
    limits = (milliseconds(at(3)), milliseconds(at(1)))
    asked = {"order": order, "ranges": (("received", *limits),), "since": (("received", limits),)}
    one_by_one = find(storage, **asked)
    monkeypatch.setattr(slot_numbers, "ONE_BY_ONE_MAX", 0)
    assert find(storage, **asked) == one_by_one
    assert one_by_one.total == 4


def test_the_counts_of_the_whole_queue_are_exact_while_comments_are_decided(storage: Storage) -> None:
    comments = [held(storage, author=name) for name in ("Anna", "Anna", "Ben")]
    file(storage)
    assert find(storage, facets=("author",)).counts == {"author": {"Anna": 2, "Ben": 1}}
    moderated(storage, comments[0], Action.APPROVE)
    assert find(storage, facets=("author",)).counts == {"author": {"Anna": 1, "Ben": 1}}
    storage.queue_index.renew("blog")
    assert find(storage, facets=("author",)).counts == {"author": {"Anna": 1, "Ben": 1}}
    file(storage)
    assert find(storage, facets=("author",)).counts == {"author": {"Anna": 1, "Ben": 1}}
