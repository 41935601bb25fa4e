"""The index of comments: both back ends find what a plain filter over all comments finds."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from comments import queue_ranking
from comments.index_terms import AUTOMATIC, decided_by, email_term
from comments.lifecycle import REVIEWED, Action, Role, Status
from comments.model import Comment, Signal
from comments.storage.codec import milliseconds
from comments.storage.interfaces import CoreStorage
from comments.storage.queue_index import INDEXED, IndexQuery, IndexResult
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_comment, a_decision, an_admission

WORDS = ("bread", "butter", "walk", "east", "wind")
ACTIONS = (Action.APPROVE, Action.SPAM, Action.REMOVE)


def index_all(storage: CoreStorage) -> None:
    while queue_ranking.index_outdated(storage, "blog", {}) or storage.queue_index.continue_upkeep("blog"):
        pass


def find(storage: CoreStorage, *groups: tuple[str, ...], **more: object) -> IndexResult:
    query = IndexQuery(tuple(groups), **{"statuses": REVIEWED, "order": "newest", "limit": 1000, **more})  # type: ignore[arg-type]
    return storage.queue_index.find("blog", query)


def ids(found: IndexResult) -> list[str]:
    return [hit.id for hit in found.hits]


def a_random_comment(storage: CoreStorage, random: Random) -> Comment:
    name = random.choice("ABC")
    comment = a_comment(
        author=name,
        email=f"{name}@mail.example",
        identity=f"id-{name}",
        origin=f"net-{random.choice('xyz')}",
        thread=random.choice(("/one", "/two")),
        content=f"{' '.join(random.sample(WORDS, 3))} https://{random.choice(WORDS)}.example",
        received=NOW - timedelta(minutes=random.randrange(10_000)),
    )
    storage.comments.accept(comment, an_admission())
    action = random.choice((Action.HOLD, Action.APPROVE, Action.SPAM))
    signals = tuple(Signal(s, 1.0, "", 1.0) for s in random.sample(("links.many", "author.first", "bayes.spam"), 2))
    decision = a_decision(action, signals=signals, score=float(random.randrange(9)), at=NOW, hold_at=3.0, spam_at=8.0)
    return applied(storage, comment, comment.with_decision(decision))


def applied(storage: CoreStorage, before: Comment, after: Comment) -> Comment:
    assert storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
    return after


def a_random_step(storage: CoreStorage, comment: Comment, random: Random) -> Comment:
    at = NOW + timedelta(minutes=random.randrange(1000))
    if comment.can_undo and random.random() < 0.3:
        return applied(storage, comment, comment.with_undo("ines", at))
    possible = [a for a in ACTIONS if comment.status in a.row.allowed[Role.MODERATOR]]
    decision = a_decision(random.choice(possible), Role.MODERATOR, random.choice(("mo", "ines")), at=at)
    return applied(storage, comment, comment.with_decision(decision))


def agrees(storage: CoreStorage, stored: Mapping[str, Comment], random: Random) -> None:
    """Compare searches with a plain filter over all comments."""
    word, name, maker = random.choice(WORDS), random.choice("ABC"), random.choice(("mo", "ines", AUTOMATIC))
    statuses = tuple(random.sample(REVIEWED, random.randrange(1, len(REVIEWED) + 1)))
    low, high = sorted(milliseconds(NOW) - random.randrange(600_000_000) for _ in range(2))
    wanted = {c.id: c for c in stored.values() if c.status in statuses}
    expected = {
        (f"word:{word}",): {id for id, c in wanted.items() if word in c.content},
        (f"word:{word[:2]}*",): {id for id, c in wanted.items() if re.search(rf"\b{word[:2]}", c.content)},
        (f"author:{name}",): {id for id, c in wanted.items() if c.author == name},
        (email_term(f"{name}@mail.example"),): {id for id, c in wanted.items() if c.author == name},
        ("origin:net-x",): {id for id, c in wanted.items() if c.origin == "net-x"},
        (f"domain:{word}.example",): {id for id, c in wanted.items() if f"//{word}." in c.content},
        (f"by:{maker}",): {id for id, c in wanted.items() if decided_by(c) == maker},
        ("signal:links.many",): {
            id for id, c in wanted.items() if any(s.name == "links.many" for s in c.decisions[0].signals)
        },
    }
    for group, found in expected.items():
        assert set(ids(find(storage, group, statuses=statuses))) == found, group
    everything = find(storage, statuses=statuses, facets=("status", "author", "by", "thread"))
    assert everything.total == len(wanted)
    assert everything.unindexed == 0
    assert everything.counts["status"] == Counter(c.status.value for c in wanted.values())
    assert everything.counts["author"] == Counter(c.author for c in wanted.values())
    assert everything.counts["by"] == Counter(decided_by(c) for c in wanted.values())
    received = {id for id, c in wanted.items() if low <= milliseconds(c.received) < high}
    assert set(ids(find(storage, statuses=statuses, ranges=(("received", low, high),)))) == received
    since = find(storage, statuses=statuses, since=(("decided", (milliseconds(NOW) + 1,)),)).since["decided"]
    assert since == (sum(c.decisions[-1].at > NOW for c in wanted.values()),)
    latest = find(storage, statuses=statuses, order="decided")
    times = [milliseconds(stored[id].decisions[-1].at) for id in ids(latest)]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_searches_agree_with_a_plain_filter_after_many_random_decisions(storage: CoreStorage, seed: int) -> None:
    random, stored = Random(seed), {}
    for n in range(150):
        chosen = random.choice(list(stored)) if stored and random.random() < 0.5 else ""
        after = a_random_step(storage, stored[chosen], random) if chosen else a_random_comment(storage, random)
        stored[after.id] = after
        if n % 30 == 29:
            if random.random() < 0.3:
                storage.queue_index.renew("blog")
            index_all(storage)
            agrees(storage, stored, random)


def test_a_decision_hides_the_former_status_in_the_same_step(storage: CoreStorage) -> None:
    random = Random(1)
    comments = [a_random_comment(storage, random) for _ in range(9)]
    index_all(storage)
    spam = next(c for c in comments if c.status is not Status.SPAM)
    before = find(storage, statuses=(spam.status,)).total
    after = applied(storage, spam, spam.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo")))
    assert spam.id not in ids(find(storage))
    assert find(storage, statuses=(spam.status,)).total == before - 1
    assert find(storage, statuses=(Status.SPAM,)).unindexed == 1
    assert storage.queue_index.outdated("blog", 10) == [after.id]


def test_everything_by_one_identity_and_network_is_found_newest_first(storage: CoreStorage) -> None:
    random = Random(2)
    stored = [a_random_comment(storage, random) for _ in range(60)]
    index_all(storage)
    own = [c for c in stored if c.identity == "id-A" and c.origin == "net-y"]
    found = find(storage, ("identity:id-A",), ("origin:net-y",), statuses=INDEXED)
    assert ids(found) == [c.id for c in sorted(own, key=lambda c: c.received, reverse=True)]


def test_pages_over_all_statuses_show_every_comment_once(storage: CoreStorage) -> None:
    random = Random(3)
    stored = {a_random_comment(storage, random).id for _ in range(47)}
    index_all(storage)
    for order in ("newest", "oldest", "decided", "points"):
        seen: list[str] = []
        page = find(storage, order=order, limit=10)
        while page.hits:
            seen += ids(page)
            page = find(storage, order=order, limit=10, after=page.hits[-1].position)
        assert len(seen) == len(set(seen))
        assert set(seen) == stored


def test_an_entry_follows_its_comment_to_another_thread(storage: CoreStorage) -> None:
    comment = a_random_comment(storage, Random(4))
    index_all(storage)
    storage.thread_moves.move("blog", comment.thread, "/three")
    while storage.thread_moves.has_unfinished("blog"):
        storage.thread_moves.finish_step("blog")
    index_all(storage)
    assert ids(find(storage, ("thread:/three",))) == [comment.id]
    assert ids(find(storage, (f"thread:{comment.thread}",))) == []


def test_the_entry_of_a_stale_comment_is_not_stored(storage: CoreStorage) -> None:
    comment = a_random_comment(storage, Random(5))
    stale = replace(comment, content="other words")
    after = a_random_step(storage, comment, Random(5))
    storage.queue_index.update("blog", [(stale, queue_ranking.index_entry(stale, {}))])
    assert find(storage).total == 0
    assert storage.queue_index.outdated("blog", 10) == [after.id]


def test_the_index_is_complete_after_its_upkeep(storage: CoreStorage) -> None:
    a_random_comment(storage, Random(6))
    assert not storage.queue_index.is_complete("blog")
    index_all(storage)
    assert storage.queue_index.is_complete("blog")


def test_comments_with_one_term_are_those_of_a_search(storage: CoreStorage) -> None:
    random = Random(5)
    for _ in range(60):
        a_random_comment(storage, random)
    index_all(storage)
    for term in ("identity:id-A", "origin:net-x", "identity:nobody"):
        found = storage.queue_index.with_term("blog", term, 1000)
        assert found is not None
        assert found.hits == find(storage, (term,), statuses=INDEXED).hits
    assert storage.queue_index.with_term("blog", "origin:net-x", 3) is None


def test_the_sites_with_a_term_are_found_among_many(storage: CoreStorage) -> None:
    random, rare = Random(7), a_random_comment(storage, Random(8))
    for _ in range(30):
        a_random_comment(storage, random)
    index_all(storage)
    sites = [*(f"other-{n}" for n in range(120)), "blog"]
    for term in (f"identity:{rare.identity}", "origin:net-x"):
        assert storage.queue_index.sites_with_term(sites, term) == {"blog"}
    assert storage.queue_index.sites_with_term(sites, "identity:nobody") == set()
    assert storage.queue_index.sites_with_term([], "origin:net-x") == set()


def test_a_decision_hides_a_comment_from_the_look_up_by_term_until_it_is_indexed_again(storage: CoreStorage) -> None:
    comment = a_random_comment(storage, Random(1))
    index_all(storage)
    term = f"identity:{comment.identity}"
    before = storage.comments.get("blog", comment.id)
    action = Action.SPAM if before.status is not Status.SPAM else Action.APPROVE
    after = before.with_decision(a_decision(action, Role.MODERATOR, "mo"))
    assert storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
    found = storage.queue_index.with_term("blog", term, 9)
    assert found is not None
    assert found.unindexed >= 1
    index_all(storage)
    found = storage.queue_index.with_term("blog", term, 9)
    assert found is not None
    assert ([hit.version for hit in found.hits], found.unindexed) == ([after.version], 0)


@pytest.mark.parametrize("order", ["decided", "points", "oldest"])
def test_pages_continue_among_comments_with_the_same_number(storage: CoreStorage, order: str) -> None:
    random = Random(order)
    stored = {c.id for c in (a_random_comment(storage, random) for _ in range(40))}  # all were decided at once
    index_all(storage)
    seen: list[str] = []
    page = find(storage, order=order, limit=3)
    while page.more:
        seen += ids(page)
        page = find(storage, order=order, limit=3, after=page.hits[-1].position)
    seen += ids(page)
    assert seen == ids(find(storage, order=order))
    assert sorted(seen) == sorted(stored)
