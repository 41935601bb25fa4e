"""The index of comments after an upgrade, a rebuild, and many changes: its background steps on Redis."""

from collections.abc import Iterator

import pytest

from comments import queue_ranking
from comments.lifecycle import REVIEWED, Action, Role, Status
from comments.model import Comment, Decision
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.queue_index import IndexQuery, IndexResult
from comments.storage.redis import connect
from comments.storage.redis.bitmaps import CHUNK
from comments.storage.redis.client import Client
from comments.storage.redis.queue_index import LIST_MAX
from tests.support.builders import NOW, a_comment, moderated, published
from tests.support.web_app import held, judged

KEYS = Keys("rg")


@pytest.fixture
def client(valkey_settings: Settings) -> Client:
    return connect(valkey_settings)


def index_all(storage: Storage) -> Iterator[IndexResult]:
    """Do all steps of the background job; yields the result of a search after each."""
    while queue_ranking.index_outdated(storage, "blog", {}) or storage.queue_index.continue_upkeep("blog"):
        yield find(storage)


def finish(storage: Storage) -> None:
    for _ in index_all(storage):
        pass


def find(storage: Storage, *groups: tuple[str, ...], **more: object) -> IndexResult:
    query = IndexQuery(tuple(groups), statuses=REVIEWED, order="newest", limit=1000, **more)  # type: ignore[arg-type]
    return storage.queue_index.find("blog", query)


def index_keys(client: Client) -> set[str]:
    return {key.decode() for key in client.scan_iter("rg:{blog}:index:*")}


def without_index(storage: Storage, client: Client) -> list[Comment]:
    """Comments of every status as an earlier version left them: a part of an index of held ones, and none of others."""
    comments = [held(storage, content="old bread"), published(storage, content="old bread")]
    comments += [judged(storage, Action.SPAM, content="old bread"), held(storage, content="bread")]
    comments[3] = moderated(storage, comments[3], Action.REMOVE)
    client.delete(KEYS.index_outdated("blog"), *index_keys(client))
    client.hset(KEYS.former_index("blog", "slots"), comments[0].id, 0)
    client.setbit(KEYS.former_index("blog", "here"), 0, 1)
    client.sadd(KEYS.former_index("blog", "few:word:bread"), 0)
    client.setbit(KEYS.former_index("blog", "many:word:old"), 0, 1)
    client.zadd(KEYS.former_index("blog", "top:author"), {"Ada": 1})
    return comments


def test_data_of_an_earlier_version_is_indexed_in_the_background(storage: Storage, client: Client) -> None:
    comments = without_index(storage, client)
    assert not storage.queue_index.is_complete("blog")
    before = find(storage)
    assert (before.total, before.unindexed) == (0, len(comments))
    finish(storage)
    after = find(storage, ("word:bread",))
    assert {hit.id for hit in after.hits} == {comment.id for comment in comments}
    assert after.unindexed == 0
    assert storage.queue_index.is_complete("blog")


def test_the_index_of_an_earlier_version_is_deleted(storage: Storage, client: Client) -> None:
    without_index(storage, client)
    finish(storage)
    assert set(client.scan_iter("rg:{blog}:held:*")) == set()


def test_the_pass_over_old_comments_goes_on_where_it_was_interrupted(storage: Storage, client: Client) -> None:
    comments = without_index(storage, client)
    storage.queue_index.continue_upkeep("blog")
    assert client.hget(KEYS.index_state("blog"), "pass") not in (None, b"done")
    finish(storage)
    assert find(storage).total == len(comments)


def test_a_renewal_keeps_every_comment_searchable_and_corrects_wrong_entries(storage: Storage, client: Client) -> None:
    comments = [held(storage, content=f"bread {n}") for n in range(20)]
    finish(storage)
    client.setbit(KEYS.index_live("blog", "0"), 3, 0)
    client.hset(KEYS.index_terms("blog", "0"), "word:bread", b"")
    assert find(storage).total == len(comments) - 1
    storage.queue_index.renew("blog")
    assert all(found.total >= len(comments) - 1 for found in index_all(storage))
    assert {hit.id for hit in find(storage, ("word:bread",)).hits} == {comment.id for comment in comments}


def test_a_renewal_counts_frequent_values_again(storage: Storage, client: Client) -> None:
    for n in range(300):
        judged(storage, Action.SPAM, author="Bot", content=f"offer {n}")
    finish(storage)
    storage.queue_index.renew("blog")
    arrived = judged(storage, Action.SPAM, author="Bot", content="an offer during the renewal")
    queue_ranking.index_outdated(storage, "blog", {})
    client.sadd(KEYS.index_outdated("blog"), arrived.id)
    finish(storage)
    assert find(storage, facets=("author",)).counts["author"] == {"Bot": 301}
    assert client.zscore(KEYS.index_facet("blog", Status.SPAM, "author"), "Bot") == 300, "each once, but for the first"


def test_a_chunk_of_which_most_is_dead_is_emptied_and_deleted(storage: Storage, client: Client) -> None:
    stays, goes = published(storage, content="bread rare"), held(storage, content="bread gone")
    finish(storage)
    moderated(storage, goes, Action.SPAM)
    client.hset(KEYS.index_state("blog"), "next", CHUNK)  # as if the chunk were full of entries that are dead
    published(storage, content="new butter")
    finish(storage)
    assert client.smembers(KEYS.index_chunks("blog")) == {b"1"}
    assert not [key for key in index_keys(client) if ":index:0:" in key]
    assert {hit.id for hit in find(storage, ("word:bread",)).hits} == {stays.id, goes.id}
    assert find(storage, ("word:bu*",)).total == 1


def test_words_of_a_deleted_chunk_stay_only_if_another_comment_has_them(storage: Storage, client: Client) -> None:
    comment = published(storage, content="bread rare")
    finish(storage)
    client.hset(KEYS.index_terms("blog", "0"), "word:gone", b"\0\0")
    client.zadd(KEYS.index_words("blog"), {"gone": 0})
    storage.queue_index.renew("blog")
    finish(storage)
    words = set(client.zrange(KEYS.index_words("blog"), 0, -1))
    assert {b"bread", b"rare"} <= words
    assert b"gone" not in words
    assert [hit.id for hit in find(storage, ("word:rare",)).hits] == [comment.id]


def test_entries_in_two_chunks_are_found_together(storage: Storage, client: Client) -> None:
    first = [published(storage, content=f"bread {n}") for n in range(5)]
    finish(storage)
    client.hset(KEYS.index_state("blog"), "next", CHUNK)
    second = [judged(storage, Action.SPAM, content=f"bread {n}") for n in range(5)]
    while queue_ranking.index_outdated(storage, "blog", {}):
        pass
    found = find(storage, ("word:bread",), facets=("status", "author"))
    assert {hit.id for hit in found.hits} == {comment.id for comment in (*first, *second)}
    assert found.counts == {"status": {Status.APPROVED: 5, Status.SPAM: 5}, "author": {"Ada": 10}}
    page_one = storage.queue_index.find("blog", IndexQuery(statuses=REVIEWED, order="newest", limit=7))
    rest = find(storage, after=page_one.hits[-1].position)
    assert {h.id for h in (*page_one.hits, *rest.hits)} == {comment.id for comment in (*first, *second)}


#: More than a list of slots holds, and more than the slots that are left in the first chunk.
MANY = LIST_MAX + 80


def many_decided(storage: Storage, site: str) -> list[Comment]:
    statuses = (Status.APPROVED, Status.HELD, Status.SPAM)
    undecided = [
        a_comment(id=f"{n:04}", site=site, content=f"bread w{n % 7} only{n}", author=f"Reader {n % 3}", received=NOW)
        for n in range(MANY)
    ]
    comments = [
        comment.with_decision(Decision(Action.APPROVE, statuses[n % 3], Role.FILTERS, "filters", NOW))
        for n, comment in enumerate(undecided)
    ]
    assert all(storage.comments.add_decided(site, comments))
    return comments


def index_values(client: Client, site: str) -> dict[str, object]:
    """Return the value of each key of an index, by its name without the site."""
    readers = {b"hash": client.hgetall, b"string": client.get, b"set": client.smembers}
    found: dict[str, object] = {}
    for key in client.scan_iter(f"rg:{{{site}}}:index:*"):
        reader = readers.get(client.type(key), lambda key: client.zrange(key, 0, -1, withscores=True))
        found[key.decode().replace(site, "")] = reader(key)
    return found


def test_a_purge_leaves_no_trace_of_a_comment_that_left(storage: Storage, client: Client) -> None:
    stays, goes = held(storage, author="Ada", content="bread"), held(storage, author="Grace", content="bread hidden")
    finish(storage)
    client.zadd(KEYS.index_facet("blog", Status.HELD, "author"), {"Ada": 300, "Grace": 300})
    client.delete(KEYS.comment("blog", goes.id))
    storage.queue_index.discard("blog", [goes.id])
    storage.queue_index.purge("blog")
    finish(storage)
    left = repr(index_values(client, "blog"))
    assert [name for name in ("Grace", "grace", "hidden") if name in left] == []
    assert "Ada" in left
    assert [hit.id for hit in find(storage, ("word:bread",)).hits] == [stays.id]


def test_comments_indexed_together_have_the_same_entries_as_one_by_one(storage: Storage, client: Client) -> None:
    sites = ("blog", "shop")
    for site in sites:
        client.hset(KEYS.index_state(site), "next", CHUNK - LIST_MAX - 40)
        comments = many_decided(storage, site)
        changes = [(comment, queue_ranking.index_entry(comment, {})) for comment in comments]
        again = [*changes[: MANY // 4], *((comment, None) for comment in comments[MANY // 3 : MANY // 2])]
        for rows in (changes, again):
            for some in [rows] if site == "blog" else [[row] for row in rows]:
                storage.queue_index.update(site, some)
        storage.queue_index.discard(site, ["0001", "gone"])
    together, one_by_one = (index_values(client, site) for site in sites)
    assert together == one_by_one
    assert {f"rg:{{}}:index:{chunk}:terms" for chunk in (0, 1)} <= set(together)
    assert "rg:{}:index:0:many:word:bread" in together


@pytest.mark.parametrize(("words", "calls"), [(1, 1), (100, 4), (5_000, 5)])
def test_a_call_takes_a_hundred_short_comments_and_fewer_long_ones(
    storage: Storage, client: Client, words: int, calls: int
) -> None:
    """No call holds the server for long. A comment of any length has at most 120 words in the index."""
    content = " ".join(f"w{n}" for n in range(words))
    decided = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", NOW)
    comments = [a_comment(id=f"{n:04}", content=content).with_decision(decided) for n in range(100)]
    assert all(storage.comments.add_decided("blog", comments))
    entries = [(comment, queue_ranking.index_entry(comment, {})) for comment in comments]
    before = script_calls(client)
    storage.queue_index.update("blog", entries)
    assert script_calls(client) - before == calls
    assert storage.queue_index.outdated("blog", 1) == []


def script_calls(client: Client) -> int:
    return int(client.info("commandstats")["cmdstat_evalsha"]["calls"])
