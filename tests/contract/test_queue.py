"""Leases, wake-ups and the outbox, on every back end."""

from concurrent.futures import ThreadPoolExecutor

from comments.lifecycle import Action, Status
from comments.storage.interfaces import CoreStorage, Storage
from comments.storage.values import Claim
from tests.support.builders import a_comment, accepted, an_admission, decided
from tests.support.wait import wait_until


def test_a_claim_leases_the_oldest_first(storage: Storage) -> None:
    ids = [accepted(storage).id for _ in range(3)]
    claims = storage.queue.claim("blog", "t", 10, lease=60)
    assert {c.id for c in claims} == set(ids)
    assert {c.attempts for c in claims} == {1}


def test_a_leased_comment_is_not_handed_out_again(storage: Storage) -> None:
    accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=60)
    assert storage.queue.claim("blog", "t", 10, lease=60) == []


def test_two_workers_never_lease_the_same_comment(storage: Storage) -> None:
    for _ in range(60):
        accepted(storage)

    def work(token: str) -> list[str]:
        return [c.id for _ in range(8) for c in storage.queue.claim("blog", token, 5, lease=60)]

    with ThreadPoolExecutor(4) as pool:
        claimed = [id for ids in pool.map(work, "abcd") for id in ids]
    assert len(claimed) == len(set(claimed)) == 60


def test_an_expired_lease_makes_the_comment_due_again(storage: Storage) -> None:
    comment = accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=0.001)
    claims: list[Claim] = []

    def due_again() -> bool:
        claims[:] = storage.queue.claim("blog", "t", 10, lease=60)
        return bool(claims)

    wait_until(due_again)
    assert [(c.id, c.attempts) for c in claims] == [(comment.id, 2)]


def test_a_released_comment_is_due_at_once(storage: Storage) -> None:
    comment = accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=60)
    storage.queue.release("blog", [comment.id])
    assert [c.id for c in storage.queue.claim("blog", "t", 10, lease=60)] == [comment.id]


def test_releasing_a_decided_comment_does_not_queue_it_again(storage: Storage) -> None:
    comment = accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=60)
    decided(storage, comment, Action.APPROVE)
    storage.queue.release("blog", [comment.id])
    assert storage.queue.claim("blog", "t", 10, lease=60) == []


def test_a_comment_claimed_before_is_handed_out_alone(storage: Storage) -> None:
    ids = {accepted(storage).id for _ in range(3)}
    storage.queue.claim("blog", "t", 10, lease=60)
    storage.queue.release("blog", sorted(ids))
    assert [len(storage.queue.claim("blog", "t", 10, lease=60)) for _ in range(4)] == [1, 1, 1, 0]


def test_fresh_comments_go_together_up_to_the_one_claimed_before(storage: Storage) -> None:
    again = accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=60)
    fresh = {accepted(storage).id for _ in range(3)}
    storage.queue.release("blog", [again.id])
    batches = [{c.id for c in storage.queue.claim("blog", "t", 10, lease=60)} for _ in range(4)]
    assert {again.id} in batches
    assert set().union(*batches) == {again.id, *fresh}


def test_comments_that_arrived_after_one_claimed_before_wait_for_it(storage: Storage) -> None:
    """A comment that kills its worker must not take others with it."""
    poisoned = accepted(storage)
    storage.queue.claim("blog", "t", 10, lease=-1.0)
    fresh = {accepted(storage).id for _ in range(3)}
    batches = [[c.id for c in storage.queue.claim("blog", "t", 10, lease=60)] for _ in range(2)]
    assert batches[0] == [poisoned.id]
    assert set(batches[1]) == fresh


def test_after_a_used_wake_up_the_next_comment_needs_a_job(storage: Storage) -> None:
    token = storage.comments.accept(a_comment(), an_admission()).wakeup
    storage.queue.claim("blog", token, 10, lease=60)
    assert storage.queue.claim("blog", token, 10, lease=60) == []
    assert storage.comments.accept(a_comment(), an_admission()).wakeup


def test_a_running_job_is_not_enqueued_twice(storage: Storage) -> None:
    token = storage.comments.accept(a_comment(), an_admission()).wakeup
    storage.queue.claim("blog", token, 10, lease=60)
    assert not storage.comments.accept(a_comment(), an_admission()).wakeup
    assert storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=30) == []


def test_a_job_with_comments_counts_until_its_wake_up_ends(storage: Storage) -> None:
    for _ in range(30):
        accepted(storage)  # the first one enqueued a job
    storage.queue.claim("blog", "another job", 1, lease=60)
    assert len(storage.queue.missing_wakeups("blog", batch=2, max_wakeups=4, lease=30)) == 2


def test_a_judge_that_listens_is_no_job(storage: Storage) -> None:
    for _ in range(30):
        accepted(storage)
    storage.queue.claim("blog", "", 1, lease=60)
    assert len(storage.queue.missing_wakeups("blog", batch=2, max_wakeups=4, lease=30)) == 3


def test_missing_wakeups_are_returned_for_due_comments(storage: Storage) -> None:
    comment = accepted(storage)
    for _ in range(2):  # the second finds nothing and uses up the wake-up
        storage.queue.claim("blog", comment.id, 10, lease=60)
    storage.queue.release("blog", [comment.id])
    assert len(storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=30)) == 1
    assert storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=30) == []


def test_a_long_backlog_gets_no_more_jobs_than_allowed(storage: Storage) -> None:
    for _ in range(30):
        accepted(storage)
    # One is enqueued since the first comment.
    assert len(storage.queue.missing_wakeups("blog", batch=2, max_wakeups=4, lease=30)) == 3


def test_a_job_that_waits_long_in_the_queue_is_not_lost(storage: Storage) -> None:
    for _ in range(30):
        accepted(storage)
    for waiting in (["a", "b", "c"], ["a", "b", "c", "d", "e"]):
        assert storage.queue.missing_wakeups("blog", batch=2, max_wakeups=3, lease=30, waiting=waiting) == []
    assert storage.queue.missing_wakeups("blog", batch=2, max_wakeups=7, lease=30, waiting=["a"]) != []


def test_a_lease_that_ends_later_than_twice_the_time_of_a_lease_is_over(storage: Storage) -> None:
    """It was written before the server's clock was set back."""
    comment = accepted(storage)
    storage.queue.claim("blog", comment.id, 10, lease=100)
    storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=60)
    assert storage.queue.claim("blog", "other", 10, lease=100) == []
    storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=40)
    assert [claim.id for claim in storage.queue.claim("blog", "other", 10, lease=100)] == [comment.id]


def test_each_comment_that_a_judge_gets_is_an_attempt(storage: Storage) -> None:
    for n in (1, 2):
        comment = accepted(storage)
        storage.queue.claim("blog", comment.id, 10, lease=60)
        assert storage.comments.counters("blog").attempts == n


def test_depth_has_the_number_of_queued_comments_and_their_age(storage: Storage) -> None:
    assert (storage.queue.depth("blog").queued, storage.queue.depth("blog").oldest) == (0, None)
    first = accepted(storage)
    accepted(storage)
    storage.queue.claim("blog", "t", 1, lease=60)
    depth = storage.queue.depth("blog")
    assert (depth.queued, depth.oldest) == (2, first.received)


def test_every_decision_is_in_the_outbox_until_it_is_done(storage: Storage) -> None:
    comment = decided(storage, accepted(storage), Action.HOLD)
    (event,) = storage.outbox.read("blog", 10)
    assert (event.comment, event.version, event.before, event.after) == (comment.id, 1, Status.QUEUED, Status.HELD)
    assert storage.outbox.read("blog", 10) == [event]
    storage.outbox.done("blog", [event.id])
    assert (storage.outbox.read("blog", 10), storage.outbox.length("blog")) == ([], 0)


def test_the_outbox_is_read_in_the_order_of_the_decisions(storage: Storage) -> None:
    ids = [decided(storage, accepted(storage), Action.SPAM).id for _ in range(5)]
    assert [e.comment for e in storage.outbox.read("blog", 3)] == ids[:3]
    assert storage.outbox.length("blog") == 5


def test_attempts_are_listed_until_a_comment_starts_again(storage: Storage) -> None:
    comment = accepted(storage)
    for _ in range(2):
        storage.queue.claim("blog", "token", 1, 60)
        storage.queue.release("blog", [comment.id])
    assert storage.queue.attempts("blog", 2, 9) == [Claim(comment.id, 2)]
    assert storage.queue.attempts("blog", 3, 9) == storage.queue.attempts("blog", 2, 0) == []
    storage.queue.claim("blog", "token", 1, 60)
    storage.queue.restart("blog", comment.id)
    assert storage.queue.attempts("blog", 1, 9) == []
    assert storage.queue.claim("blog", "token", 1, 60) == [Claim(comment.id, 1)]


def test_a_claim_of_nothing_ends_the_wake_up_and_leaves_the_comments(storage: Storage) -> None:
    comment = a_comment()
    token = storage.comments.accept(comment, an_admission()).wakeup
    assert storage.queue.claim("blog", token, 0, 10.0, "claim") == []
    assert len(storage.queue.missing_wakeups("blog", 10, 1, 10.0)) == 1
    assert [claim.id for claim in storage.queue.claim("blog", "other", 5, 10.0)] == [comment.id]


def test_a_new_comment_needs_no_job_while_a_judge_listens(storage: CoreStorage) -> None:
    with storage.announcements.listen_for_work("blog") as next_work:
        accept = storage.comments.accept(a_comment(), an_admission())
        assert accept.wakeup == ""
        assert next_work(5.0) == {"blog"}
        assert next_work(0.0) == set()
        assert len(storage.queue.claim("blog", "", 10, lease=60)) == 1
    storage.queue.claim("blog", "", 10, lease=60)
    assert storage.comments.accept(a_comment(), an_admission()).wakeup


def test_a_backlog_needs_more_jobs_than_judges_listen(storage: CoreStorage) -> None:
    with storage.announcements.listen_for_work("blog"):
        wakeups = [storage.comments.accept(a_comment(), an_admission(batch=2)).wakeup for _ in range(5)]
    assert [bool(wakeup) for wakeup in wakeups] == [False, False, True, False, False]


def test_a_judge_that_listens_hears_nothing_of_other_sites(storage: CoreStorage) -> None:
    with storage.announcements.listen_for_work("other") as next_work:
        assert storage.comments.accept(a_comment(), an_admission()).wakeup
        assert next_work(0.05) == set()


def test_work_that_a_listening_judge_does_not_do_is_found_missing(storage: CoreStorage) -> None:
    with storage.announcements.listen_for_work("blog"):
        storage.comments.accept(a_comment(), an_admission())
        assert len(storage.queue.missing_wakeups("blog", batch=100, max_wakeups=2, lease=30)) == 1
