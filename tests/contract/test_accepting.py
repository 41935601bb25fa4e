"""Accept submissions, on every back end."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from comments.errors import Busy, Invalid, KeyReused, NotFound, TooMany
from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import (
    a_comment,
    accepted,
    an_admission,
    decided,
    moderated,
    published,
    removed_with_replies,
    settings,
)


def test_an_accepted_comment_reads_back_as_it_was_sent(storage: Storage) -> None:
    comment = a_comment(
        content='ünïcödé \U0001f600 \u202e | {} \\ "', url="https://a.example/?q=1", user_agent="x" * 300
    )
    storage.comments.accept(comment, an_admission())
    assert storage.comments.get("blog", comment.id) == comment


def test_an_unknown_comment_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.comments.get("blog", "nothing")


def test_another_sites_comment_is_not_found(storage: Storage) -> None:
    comment = accepted(storage)
    with pytest.raises(NotFound):
        storage.comments.get("other", comment.id)


def test_the_first_comment_of_an_idle_site_needs_a_job(storage: Storage) -> None:
    assert storage.comments.accept(a_comment(), an_admission()).wakeup


def test_the_second_comment_uses_the_job_of_the_first(storage: Storage) -> None:
    accepted(storage)
    assert not storage.comments.accept(a_comment(), an_admission()).wakeup


def test_a_backlog_of_more_than_a_batch_needs_a_second_job_but_no_third(storage: Storage) -> None:
    asked = [storage.comments.accept(a_comment(), an_admission(batch=2, max_wakeups=2)).wakeup for _ in range(9)]
    assert [bool(wake) for wake in asked] == [True, False, True, *[False] * 6]


def test_a_repeat_under_the_same_key_is_the_same_comment(storage: Storage) -> None:
    first, admission = a_comment(), an_admission(key="k")
    storage.comments.accept(first, admission)
    again = storage.comments.accept(a_comment(), admission)
    assert (again.id, again.repeat, again.wakeup) == (first.id, True, "")
    assert storage.comments.counters("blog").accepted == 1


def test_a_key_with_another_submission_is_refused(storage: Storage) -> None:
    storage.comments.accept(a_comment(), an_admission(key="k", fingerprint="one"))
    with pytest.raises(KeyReused):
        storage.comments.accept(a_comment(), an_admission(key="k", fingerprint="two"))


def test_an_identical_submission_without_a_key_is_the_same_comment(storage: Storage) -> None:
    first, admission = a_comment(), an_admission(fingerprint="same")
    storage.comments.accept(first, admission)
    assert storage.comments.accept(a_comment(), admission).id == first.id


def test_a_repeat_is_answered_even_when_the_site_is_full(storage: Storage) -> None:
    first, admission = a_comment(), an_admission(key="k", max_pending=1)
    storage.comments.accept(first, admission)
    assert storage.comments.accept(a_comment(), admission).id == first.id


def test_one_key_sent_by_eight_threads_makes_one_comment(storage: Storage) -> None:
    def send(n: int) -> str:
        return storage.comments.accept(a_comment(), an_admission(key=f"k{n % 20}", fingerprint="f")).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(160)))
    assert len(ids) == storage.comments.counters("blog").accepted == 20


def test_the_limit_is_exact_under_concurrency(storage: Storage) -> None:
    def send(_: int) -> bool:
        try:
            storage.comments.accept(a_comment(), an_admission(max_pending=50))
        except Busy:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(120))) == 50


def test_a_decided_comment_frees_a_place_in_the_queue(storage: Storage) -> None:
    comment = a_comment()
    storage.comments.accept(comment, an_admission(max_pending=1))
    decided(storage, comment, Action.SPAM)
    storage.comments.accept(a_comment(), an_admission(max_pending=1))


def test_the_rate_limit_allows_a_burst_of_one_minute(storage: Storage) -> None:
    for _ in range(3):
        storage.comments.accept(a_comment(), an_admission(per_minute=3))
    with pytest.raises(TooMany) as refusal:
        storage.comments.accept(a_comment(), an_admission(per_minute=3))
    assert 1 <= refusal.value.retry_after <= 20
    storage.comments.accept(a_comment(origin="another"), an_admission(per_minute=3))


def test_a_limit_of_one_allows_one_and_no_limit_allows_any_number(storage: Storage) -> None:
    for _ in range(3):
        storage.comments.accept(a_comment(origin="unlimited"), an_admission(per_minute=0))
    storage.comments.accept(a_comment(origin="limited"), an_admission(per_minute=1))
    with pytest.raises(TooMany) as refusal:
        storage.comments.accept(a_comment(origin="limited"), an_admission(per_minute=1))
    assert 1 <= refusal.value.retry_after <= 60


def test_a_subscriber_s_many_networks_share_limits(storage: Storage) -> None:
    def from_network(n: int, of_56: str) -> None:
        comment = a_comment(origin=f"{of_56} {n}", network_56=of_56, network_48="the 48")
        storage.comments.accept(comment, an_admission(per_minute=3))

    for n in range(6):
        from_network(n, "first 56")
    with pytest.raises(TooMany):
        from_network(6, "first 56")
    for n in range(6):
        from_network(n, "second 56")
    with pytest.raises(TooMany):
        from_network(0, "third 56")
    storage.comments.accept(a_comment(origin="elsewhere"), an_admission(per_minute=3))


def test_a_site_has_a_limit_for_all_networks_together(storage: Storage) -> None:
    for n in range(60):
        storage.comments.accept(a_comment(origin=f"network {n}"), an_admission(per_minute=1))
    with pytest.raises(Busy) as refusal:
        storage.comments.accept(a_comment(origin="one more"), an_admission(per_minute=1))
    assert refusal.value.retry_after >= 1
    storage.comments.accept(a_comment(origin=""), an_admission(per_minute=1))  # from the site's own server
    storage.comments.accept(a_comment(origin="one more"), an_admission(per_minute=0))


def test_a_refused_submission_stores_nothing(storage: Storage) -> None:
    accepted(storage)
    with pytest.raises(Busy):
        storage.comments.accept(a_comment(), an_admission(max_pending=1))
    assert storage.comments.counters("blog").accepted == 1
    assert storage.queue.depth("blog").queued == 1


def test_a_closed_thread_accepts_no_comments(storage: Storage) -> None:
    storage.threads.set_closed("blog", "first-post", True)
    with pytest.raises(Invalid) as refusal:
        storage.comments.accept(a_comment(), an_admission())
    assert [(p.field, p.code) for p in refusal.value.problems] == [("thread", "closed")]
    storage.threads.set_closed("blog", "first-post", False)
    storage.comments.accept(a_comment(), an_admission())


def _unpublished_parents(storage: Storage) -> list[str]:
    root = published(storage)
    elsewhere = published(storage, thread="another")
    below_removed = published(storage, parent=root.id)
    removed_with_replies(storage, root)
    return ["nothing", accepted(storage).id, root.id, below_removed.id, elsewhere.id]


def test_a_reply_to_a_hidden_comment_is_refused(storage: Storage) -> None:
    for parent in _unpublished_parents(storage):
        with pytest.raises(Invalid) as refusal:
            storage.comments.accept(a_comment(parent=parent), an_admission())
        assert [(p.field, p.code) for p in refusal.value.problems] == [("parent", "unpublished")]


def test_a_reply_to_a_stub_is_refused_and_one_below_it_is_accepted(storage: Storage) -> None:
    root = published(storage)
    below = published(storage, parent=root.id)
    moderated(storage, root, Action.REMOVE)
    with pytest.raises(Invalid) as refusal:
        storage.comments.accept(a_comment(parent=root.id), an_admission())
    assert [(p.field, p.code) for p in refusal.value.problems] == [("parent", "unpublished")]
    storage.comments.accept(a_comment(parent=below.id), an_admission())


def test_a_reply_to_a_published_reply_is_accepted(storage: Storage) -> None:
    reply = published(storage, parent=published(storage).id)
    storage.comments.accept(a_comment(parent=reply.id), an_admission())


def test_unknown_fields_of_a_later_version_survive_a_decision(redis_storage: Storage, valkey_url: str) -> None:
    comment = accepted(redis_storage)
    client, key = connect(settings(redis_url=valkey_url)), f"rg:{{blog}}:comment:{comment.id}"
    client.set(key, client.get(key)[:-1] + b',"mood":"new"}')
    assert redis_storage.comments.get("blog", comment.id) == comment
    after = decided(redis_storage, comment, Action.HOLD)
    assert redis_storage.comments.get("blog", comment.id) == after
    assert client.get(key).endswith(b',"mood":"new"}')


def accepted_until_refused(storage: Storage, **changes: Any) -> tuple[int, TooMany]:
    """Send the largest comments until one is refused. Return the number of accepted ones, and the error."""
    for n in range(1000):
        fields = {name: value.format(n) for name, value in changes.items()}
        try:
            storage.comments.accept(a_comment(content="語" * 10_000, **fields), an_admission(bytes_per_hour=2_000_000))
        except TooMany as error:
            return n, error
    raise AssertionError("nothing was refused")


def test_one_network_may_send_only_so_many_bytes_in_an_hour(storage: Storage) -> None:
    sent, error = accepted_until_refused(storage)
    assert 60 <= sent <= 66
    assert "Too much text from your network" in str(error)
    assert 0 < error.retry_after <= 60
    storage.comments.accept(a_comment(origin="another"), an_admission(bytes_per_hour=2_000_000))
    storage.comments.accept(a_comment(origin=""), an_admission(bytes_per_hour=2_000_000))  # from the site's own server


def test_the_bytes_of_a_wider_network_are_limited_too(storage: Storage) -> None:
    sent, _ = accepted_until_refused(storage, origin="network {}", network_48="wide")
    assert 240 <= sent <= 266
