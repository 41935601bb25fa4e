"""Store reports by readers: one for each network, for 30 days, up to a limit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.errors import Invalid, TooMany
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.report_rules import ReaderReport, held_for_reports, reports_by_reason
from comments.setting_values import MAX_REPORTS
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.reports import KEPT
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_comment, an_admission, moderated, published, removed_with_replies, settings
from tests.support.stored import new_storage


def report(storage: Storage, comment: Comment, origin: str, wrong: str = "spam") -> Mapping[str, int]:
    """Add a report and return the comment's reports by reason."""
    return reports_by_reason(storage.reports.add(comment, ReaderReport(wrong, origin), per_minute=0))


def hold(storage: Storage, comment: Comment) -> Comment:
    after = held_for_reports(comment, {"spam": 3}, NOW)
    assert storage.comments.decide("blog", [CommentChange(comment, after)]) == [True]
    return after


def test_the_first_report_of_a_network_counts_once_for_each_comment(storage: Storage) -> None:
    one, two = a_comment(), a_comment()
    assert report(storage, one, "here", "abuse") == {"abuse": 1}
    assert report(storage, one, "here", "spam") == {"abuse": 1}
    assert report(storage, one, "there", "spam") == {"abuse": 1, "spam": 1}
    assert report(storage, two, "here", "other") == {"other": 1}
    assert report(storage, replace(one, site="shop"), "here", "spam") == {"spam": 1}
    assert storage.reports.of("blog", [two.id, "nothing", one.id]) == [{"other": 1}, {}, {"abuse": 1, "spam": 1}]
    assert storage.reports.of("blog", []) == []
    assert storage.comments.counters("blog").reported == 3


@given(said=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["spam", "abuse", "other"])), max_size=12))
def test_repeated_reports_change_nothing(said: list[tuple[str, str]]) -> None:
    """Repeated reports, in any order, give the same summary, list and count."""
    first: dict[str, str] = {}
    for origin, wrong in said:
        first.setdefault(origin, wrong)
    comment, told = a_comment(), []
    for each in (said, list(first.items())):
        storage = new_storage()
        for origin, wrong in each:
            report(storage, comment, origin, wrong)
        (tally,) = storage.reports.of("blog", [comment.id])
        told.append((dict(tally), storage.reports.latest("blog", 9), storage.comments.counters("blog").reported))
    assert told[0] == told[1]
    assert sum(told[0][0].values()) == len(first)


def test_reports_use_the_rate_limit_of_submissions(storage: Storage) -> None:
    storage.comments.accept(a_comment(origin="here"), an_admission(per_minute=2))
    storage.reports.add(a_comment(), ReaderReport("spam", "here"), per_minute=2)
    comment = a_comment()
    with pytest.raises(TooMany) as refusal:
        storage.reports.add(comment, ReaderReport("spam", "here"), per_minute=2)
    assert 1 <= refusal.value.retry_after <= 30
    assert storage.reports.of("blog", [comment.id]) == [{}]
    storage.reports.add(comment, ReaderReport("spam", "there"), per_minute=2)


def test_the_number_of_reports_of_one_comment_is_limited(storage: Storage) -> None:
    comment = a_comment()
    for n in range(MAX_REPORTS + 5):
        report(storage, comment, f"network {n}")
    assert storage.reports.of("blog", [comment.id]) == [{"spam": MAX_REPORTS}]
    assert storage.comments.counters("blog").reported == MAX_REPORTS


def test_the_comment_reported_last_is_listed_first(storage: Storage) -> None:
    comments = sorted((a_comment() for _ in range(5)), key=lambda comment: comment.id)
    for comment in comments:
        report(storage, comment, "here")
    found, cursor = storage.reports.latest("blog", 3)
    rest, end = storage.reports.latest("blog", 3, cursor)
    assert [*found, *rest] == [c.id for c in reversed(comments)]
    assert (len(found), end) == (3, "")
    assert storage.reports.latest("shop", 3) == ([], "")
    with pytest.raises(Invalid):
        storage.reports.latest("blog", 3, "x; DROP")


def test_reports_expire(aging: tuple[Storage, Callable[[float], None]]) -> None:
    storage, pass_by = aging
    comment = a_comment()
    report(storage, comment, "here")
    pass_by(KEPT - 60)
    report(storage, comment, "there")
    pass_by(KEPT - 60)
    assert storage.reports.of("blog", [comment.id]) == [{"spam": 2}]
    pass_by(120)
    assert storage.reports.of("blog", [comment.id]) == [{}]
    assert storage.reports.latest("blog", 9) == ([], "")


def test_a_comment_leaves_the_list_with_its_last_report_although_others_are_reported(
    aging: tuple[Storage, Callable[[float], None]],
) -> None:
    storage, pass_by = aging
    first, second, third = a_comment(), a_comment(), a_comment()
    report(storage, first, "here")
    pass_by(KEPT - 60)
    report(storage, second, "here")
    pass_by(120)
    report(storage, third, "here")
    assert storage.reports.latest("blog", 9) == ([third.id, second.id], "")


def test_all_keys_of_reports_expire(valkey_url: str, redis_storage: Storage) -> None:
    report(redis_storage, a_comment(), "here")
    with connect(settings(redis_url=valkey_url)) as client:
        lives = [client.ttl(key) for key in client.scan_iter("rg:{blog}:report*")]
    assert len(lives) == 2
    assert all(0 < seconds <= KEPT for seconds in lives)


def test_a_comment_is_visible_if_it_and_its_parents_are_published(storage: Storage) -> None:
    root = published(storage)
    below = published(storage, parent=root.id)
    assert [storage.threads.is_visible(c) for c in (root, below, a_comment())] == [True, True, False]
    moderated(storage, root, Action.REMOVE)
    assert [storage.threads.is_visible(c) for c in (root, below)] == [False, True]


def test_a_comment_below_one_that_hides_its_replies_is_not_visible(storage: Storage) -> None:
    root = published(storage)
    below = published(storage, parent=root.id)
    removed_with_replies(storage, root)
    assert storage.threads.are_visible("blog", [root, below]) == [False, False]
    assert not storage.threads.is_visible(below)


def test_a_hold_after_reports_hides_the_comment_and_counts_no_wait(storage: Storage) -> None:
    comment = published(storage, received=NOW)
    below = published(storage, parent=comment.id)
    version, before = storage.threads.version("blog", "first-post"), storage.comments.counters("blog")
    after = hold(storage, comment)
    assert (after.status, after.decisions[-1].before) == (Status.HELD, Status.APPROVED)
    assert storage.comments.get("blog", comment.id) == after
    rows = storage.threads.page("blog", "first-post", 9).rows
    assert [(row.id, row.removed) for row in rows] == [(comment.id, True), (below.id, False)]
    assert storage.threads.changes("blog", "first-post", version).appeared == (comment.id,)
    assert storage.threads.is_visible(below)
    assert comment.id in storage.queue_index.outdated("blog", 9)
    assert storage.corpus.due("blog", 9) == []
    assert list(storage.audit.all("blog")) == []
    now = storage.comments.counters("blog")
    assert (now.decided, now.wait_seconds, now.moderated) == (before.decided, before.wait_seconds, {})
    assert (now.current["held"], now.current["approved"]) == (1, 1)
    assert [(e.comment, e.before, e.after) for e in storage.outbox.read("blog", 9)][-1] == (
        comment.id, Status.APPROVED, Status.HELD,
    )  # fmt: skip


def test_a_comment_approved_after_reports_is_shown_and_learned(storage: Storage) -> None:
    comment = hold(storage, published(storage))
    approved = moderated(storage, comment, Action.APPROVE)
    assert storage.threads.is_visible(approved)
    assert storage.corpus.due("blog", 9) == [comment.id]
    undone = approved.with_undo("mo", NOW + timedelta(minutes=1))
    assert storage.comments.decide("blog", [CommentChange(approved, undone)]) == [True]
    assert storage.comments.get("blog", comment.id).status is Status.HELD
