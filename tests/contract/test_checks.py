"""Ask for checks and answer them, on every back end."""

from comments.lifecycle import Action
from comments.model import Signal
from comments.setting_values import Term
from comments.storage.checks import CheckAnswer, CheckedComment, CheckRequest
from comments.storage.interfaces import Storage
from comments.storage.values import EvidenceQuery, WindowUse
from tests.support.builders import NOW, a_comment, a_decision, a_site, published

VERDICT = a_decision(Action.HOLD, score=3.5, signals=(Signal("links.many", 0.6, "4 links", 3.0),), hold_at=3.0)


def a_request(n: int = 1) -> CheckRequest:
    site = a_site(hold_at=2.5, moderation="all", hold_words=(Term("casino"),))
    return CheckRequest(site, "mo", NOW, (a_comment(),), tuple(f"id-{i}" for i in range(n - 1)))


def test_a_new_check_holds_its_request_and_no_results(storage: Storage) -> None:
    request = a_request(3)
    id = storage.checks.ask("blog", request)
    answer = storage.checks.answer("blog", id)
    assert answer == CheckAnswer(request)
    assert (request.size, answer.is_complete) == (3, False)


def test_parts_of_an_answer_add_up_in_the_order_of_the_request(storage: Storage) -> None:
    id = storage.checks.ask("blog", a_request(3))
    storage.checks.add("blog", id, 2, 1, [CheckedComment("c", VERDICT)])
    storage.checks.add("blog", id, 0, 2, [CheckedComment("a", VERDICT)])
    answer = storage.checks.answer("blog", id)
    assert answer is not None
    assert answer.results == (CheckedComment("a", VERDICT), CheckedComment("c", VERDICT))
    assert (answer.judged, answer.is_complete, answer.failed) == (3, True, False)


def test_a_repeated_part_replaces_the_first_one(storage: Storage) -> None:
    id = storage.checks.ask("blog", a_request())
    for _ in range(2):
        storage.checks.add("blog", id, 0, 1, [CheckedComment("a", VERDICT)])
    answer = storage.checks.answer("blog", id)
    assert answer is not None
    assert (len(answer.results), answer.judged) == (1, 1)


def test_a_failed_check_says_so(storage: Storage) -> None:
    id = storage.checks.ask("blog", a_request())
    storage.checks.fail("blog", id)
    answer = storage.checks.answer("blog", id)
    assert answer is not None
    assert (answer.failed, answer.is_complete) == (True, False)


def test_another_site_or_id_has_no_answer(storage: Storage) -> None:
    id = storage.checks.ask("blog", a_request())
    assert storage.checks.answer("other", id) is None
    assert storage.checks.answer("blog", "unknown") is None


def test_an_answer_that_comes_after_the_check_expired_is_dropped(storage: Storage) -> None:
    storage.checks.add("blog", "expired", 0, 1, [CheckedComment("a", VERDICT)])
    storage.checks.fail("blog", "expired")
    assert storage.checks.answer("blog", "expired") is None


def test_a_checked_comment_is_in_no_window_and_sees_all_others(storage: Storage) -> None:
    published(storage)
    use = WindowUse("texts", 3600, "same")
    counts = [
        storage.evidence.look_up("blog", [EvidenceQuery(uses=(use,), is_check=is_check)])[0].counts["texts"]
        for is_check in (True, False, True, True, False)
    ]
    assert counts == [0, 0, 1, 1, 1]
