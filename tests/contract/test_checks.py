"""Ask for checks, claim them, answer them and teach from them, on every back end."""

import threading
from dataclasses import replace

import pytest

from comments.check_lessons import with_lesson, with_verdict
from comments.errors import Busy, KeyReused, TooMany
from comments.lifecycle import Action, Label
from comments.model import Comment, Signal
from comments.setting_values import Term
from comments.storage.checks import (
    CheckAdmission,
    CheckAnswer,
    CheckedComment,
    CheckRequest,
    is_check_id,
    named_check_id,
    new_check_id,
)
from comments.storage.interfaces import CoreStorage
from comments.storage.values import EvidenceQuery, WindowUse
from tests.support.builders import NOW, a_comment, a_decision, a_site, accepted, published

VERDICT = a_decision(Action.HOLD, score=3.5, signals=(Signal("links.many", 0.6, "4 links", 3.0),), hold_at=3.0)
KEPT = CheckAdmission(seconds=86_400, max_kept=1_000)


def a_request(n: int = 1) -> CheckRequest:
    site = a_site(hold_at=2.5, moderation="all", hold_words=(Term("casino"),))
    return CheckRequest(site, "mo", NOW, (a_comment(),), tuple(f"id-{i}" for i in range(n - 1)))


def of_program(**changes: object) -> CheckRequest:
    return CheckRequest(None, "key", NOW, (a_comment(**changes),))


def asked(storage: CoreStorage, request: CheckRequest | None = None, admission: CheckAdmission = KEPT) -> str:
    return storage.checks.ask("blog", new_check_id(), request or of_program(), admission).id


def claimed(storage: CoreStorage, n: int = 100, lease: float = 30) -> list[str]:
    return [claim.id for claim in storage.queue.claim("blog", "token", n, lease)]


def test_a_new_check_holds_its_request_and_no_results(storage: CoreStorage) -> None:
    request = a_request(3)
    id = asked(storage, request)
    answer = storage.checks.answer("blog", id)
    assert answer == CheckAnswer(request)
    assert (request.size, answer.is_complete) == (3, False)


def test_a_check_of_a_program_is_stored_without_settings(storage: CoreStorage) -> None:
    request = replace(of_program(content="Grüße", email="ada@mail.example"), counts=True)
    assert storage.checks.answer("blog", asked(storage, request)) == CheckAnswer(request)


def test_the_first_check_asks_for_a_job_and_the_next_ones_do_not(storage: CoreStorage) -> None:
    wakeups = [storage.checks.ask("blog", new_check_id(), of_program(), KEPT).wakeup for _ in range(50)]
    assert (bool(wakeups[0]), any(wakeups[1:])) == (True, False)


def test_a_check_is_claimed_and_leaves_the_queue_when_it_is_answered(storage: CoreStorage) -> None:
    id = asked(storage)
    assert storage.checks.waiting("blog") == 1
    assert claimed(storage) == [id]
    assert claimed(storage) == []
    done = CheckAnswer(of_program(), (CheckedComment(id, VERDICT),), 1)
    storage.checks.put("blog", {id: done})
    assert storage.checks.answer("blog", id) == done
    assert storage.checks.answer("blog", id).decision == VERDICT  # type: ignore[union-attr]
    assert (storage.checks.waiting("blog"), claimed(storage)) == (0, [])


def test_a_lease_that_ends_makes_a_check_due_again(storage: CoreStorage) -> None:
    id = asked(storage)
    assert claimed(storage, lease=0) == [id]
    (again,) = storage.queue.claim("blog", "token", 10, 0)
    assert (again.id, again.attempts) == (id, 2)


def test_a_check_with_a_part_of_its_answer_is_due_again_at_once(storage: CoreStorage) -> None:
    id = asked(storage, a_request(3))
    claimed(storage)
    part = CheckAnswer(a_request(3), (CheckedComment("a", VERDICT),), 2)
    storage.checks.put("blog", {id: part})
    (again,) = storage.queue.claim("blog", "token", 10, 30)
    assert (again.id, again.attempts) == (id, 1)
    storage.checks.put("blog", {id: replace(part, judged=3)})
    assert claimed(storage) == []


def test_a_released_check_is_due_at_once(storage: CoreStorage) -> None:
    id = asked(storage)
    claimed(storage)
    storage.queue.release("blog", [id])
    assert claimed(storage) == [id]


def test_checks_come_first_and_comments_get_half_of_a_batch(storage: CoreStorage) -> None:
    for _ in range(5):
        accepted(storage), asked(storage)
    batches = [[is_check_id(id) for id in claimed(storage, 4)] for _ in range(4)]
    assert batches == [[True, True, False, False], [True, True, False, False], [True, False], []]


def test_a_lost_wake_up_of_a_check_is_found_missing(storage: CoreStorage) -> None:
    asked(storage, admission=replace(KEPT, max_wakeups=0))
    assert len(storage.queue.missing_wakeups("blog", 10, 2, 30)) == 1


def test_a_failed_check_says_so_and_leaves_the_queue(storage: CoreStorage) -> None:
    id = asked(storage, a_request())
    storage.checks.put("blog", {id: CheckAnswer(a_request(), failed=True)})
    answer = storage.checks.answer("blog", id)
    assert answer is not None
    assert (answer.failed, answer.is_complete, storage.checks.waiting("blog")) == (True, False, 0)


def test_another_site_or_id_has_no_answer(storage: CoreStorage) -> None:
    id = asked(storage)
    assert storage.checks.answer("other", id) is None
    assert storage.checks.answers("blog", ["unknown", id, new_check_id()])[::2] == [None, None]


def test_an_answer_that_comes_after_the_check_expired_is_dropped(storage: CoreStorage) -> None:
    id = new_check_id()
    storage.checks.put("blog", {id: CheckAnswer(a_request(), (CheckedComment("a", VERDICT),), 1)})
    assert storage.checks.answer("blog", id) is None


def test_a_check_that_is_gone_leaves_the_queue(storage: CoreStorage) -> None:
    id = asked(storage)
    storage.checks.put("blog", {id: None})
    assert storage.checks.waiting("blog") == 0


def test_a_forgotten_check_is_deleted_and_a_late_answer_dropped(storage: CoreStorage) -> None:
    id, other = asked(storage), asked(storage)
    assert {*claimed(storage)} == {id, other}
    storage.checks.forget("blog", id)
    storage.checks.put("blog", {id: CheckAnswer(of_program(), (CheckedComment("a", VERDICT),), 1)})
    assert storage.checks.answer("blog", id) is None
    assert (storage.checks.kept("blog"), storage.checks.waiting("blog")) == (1, 1)


def test_a_name_always_gives_the_same_id() -> None:
    assert named_check_id("a") == named_check_id("a") != named_check_id("b")
    assert is_check_id(named_check_id("a"))
    assert len(named_check_id("a")) == len(new_check_id())


def answered(storage: CoreStorage, **admission: int) -> str:
    id = asked(storage, admission=CheckAdmission(**admission))
    storage.checks.put("blog", {id: CheckAnswer(of_program(), (CheckedComment("a", VERDICT),), 1)})
    return id


def test_beyond_the_limit_answered_checks_that_expire_first_are_dropped(storage: CoreStorage) -> None:
    ids = [answered(storage, seconds=1000 + n, max_kept=3) for n in range(5)]
    assert [storage.checks.answer("blog", id) is not None for id in ids] == [False, False, True, True, True]
    assert storage.checks.kept("blog") == 3


def test_the_latest_checks_of_programs_come_first(storage: CoreStorage) -> None:
    ids = [answered(storage, seconds=1000 + n, max_kept=9) for n in range(4)]
    asked(storage, a_request(), CheckAdmission(seconds=5000))
    found = storage.checks.latest("blog", 3)
    assert found == [storage.checks.answer("blog", id) for id in reversed(ids[1:])]
    storage.checks.forget("blog", ids[3])
    assert len(storage.checks.latest("blog", 9)) == 3
    assert storage.checks.latest("shop", 3) == []


def test_checks_that_wait_are_never_dropped(storage: CoreStorage) -> None:
    waiting = [asked(storage, admission=CheckAdmission(seconds=1000, max_kept=3)) for _ in range(2)]
    done = answered(storage, seconds=2000, max_kept=3)
    waiting.append(asked(storage, admission=CheckAdmission(seconds=3000, max_kept=3)))
    assert storage.checks.answer("blog", done) is None
    for _ in range(2):
        with pytest.raises(Busy):
            asked(storage, admission=CheckAdmission(seconds=4000, max_kept=3))
    assert all(storage.checks.answer("blog", id) for id in waiting)
    assert (storage.checks.kept("blog"), storage.checks.waiting("blog")) == (3, 3)


def test_checks_of_people_do_not_count_as_stored_ones(storage: CoreStorage) -> None:
    asked(storage, a_request(), CheckAdmission())
    assert storage.checks.kept("blog") == 0


def test_a_repeat_with_the_same_key_is_the_first_check(storage: CoreStorage) -> None:
    admission = replace(KEPT, key="k", fingerprint="f")
    first = storage.checks.ask("blog", new_check_id(), of_program(), admission)
    second = storage.checks.ask("blog", new_check_id(), of_program(), admission)
    assert (second.id, second.repeat, storage.checks.waiting("blog")) == (first.id, True, 1)
    with pytest.raises(KeyReused):
        storage.checks.ask("blog", new_check_id(), of_program(), replace(admission, fingerprint="other"))


def test_all_programs_of_a_site_share_one_limit(storage: CoreStorage) -> None:
    admission = replace(KEPT, per_minute=3)
    for by in ("a", "a", "b"):
        asked(storage, replace(of_program(), by=by), admission)
    for by in ("a", "b", "c"):
        with pytest.raises(TooMany):
            asked(storage, replace(of_program(), by=by), admission)


def test_a_check_is_refused_also_if_the_limit_is_free_in_a_second(storage: CoreStorage) -> None:
    admission = replace(KEPT, per_minute=60)

    def ask_often() -> None:
        for _ in range(120):
            asked(storage, of_program(), admission)

    with pytest.raises(TooMany) as refusal:
        ask_often()
    assert refusal.value.retry_after == 1


def test_too_many_waiting_checks_are_refused(storage: CoreStorage) -> None:
    asked(storage)
    with pytest.raises(Busy):
        asked(storage, admission=replace(KEPT, max_waiting=1))


def test_a_decision_about_a_comment_or_a_check_is_announced(storage: CoreStorage) -> None:
    id = asked(storage)
    with storage.announcements.listen() as next_decided:
        assert next_decided(0.01) == set()
        later = threading.Timer(0.02, lambda: storage.checks.put("blog", {id: CheckAnswer(of_program(), failed=True)}))
        later.start()
        assert next_decided(5) == {id}
        comment = published(storage)
        assert comment.id in next_decided(5)


def test_a_checked_comment_is_in_no_window_and_sees_all_others(storage: CoreStorage) -> None:
    published(storage)
    use = WindowUse("texts", 3600, "same")
    counts = [
        storage.evidence.look_up("blog", [EvidenceQuery(uses=(use,), is_check=is_check)])[0].counts["texts"]
        for is_check in (True, False, True, True, False)
    ]
    assert counts == [0, 0, 1, 1, 1]


def a_lesson(label: Label, id: str = "") -> Comment:
    comment = a_comment(id=id or new_check_id(), email="ada@mail.example", identity="ada", origin="net")
    return with_lesson(with_verdict(comment, VERDICT), label, "key", NOW)


def learned(storage: CoreStorage, lesson: Comment) -> bool:
    return storage.corpus.learn("blog", lesson, frozenset({"pills"}))


def totals(storage: CoreStorage) -> tuple[int, int]:
    return storage.corpus.totals("blog")


def approved_by_people(storage: CoreStorage, lesson: Comment) -> tuple[int, ...]:
    (evidence,) = storage.evidence.look_up("blog", [EvidenceQuery(author=lesson.author_keys, is_check=True)])
    return evidence.approved_by_people


def test_a_lesson_from_a_check_is_learned_once_and_counts_for_its_author(storage: CoreStorage) -> None:
    lesson = a_lesson(Label.HAM)
    assert storage.checks.teach("blog", None, lesson)
    assert not storage.checks.teach("blog", None, lesson)
    assert storage.corpus.due("blog", 10) == [lesson.id]
    assert storage.checks.taught("blog", [lesson.id, new_check_id()]) == [lesson, None]
    assert storage.checks.taught_ids("blog") == [lesson.id]
    assert [learned(storage, lesson) for _ in range(2)] == [True, False]
    assert (totals(storage), storage.corpus.due("blog", 10)) == ((1, 0), [])
    assert set(approved_by_people(storage, lesson)) == {1}


def test_the_other_label_replaces_a_lesson(storage: CoreStorage) -> None:
    ham = a_lesson(Label.HAM)
    spam = a_lesson(Label.SPAM, ham.id)
    storage.checks.teach("blog", None, ham)
    learned(storage, ham)
    assert storage.checks.teach("blog", ham, spam)
    assert not storage.checks.teach("blog", ham, spam)
    assert learned(storage, spam)
    assert totals(storage) == (0, 1)
    assert set(approved_by_people(storage, ham)) == {0}


def test_a_lesson_that_is_taken_back_leaves_nothing(storage: CoreStorage) -> None:
    lesson, before = a_lesson(Label.SPAM), storage.corpus.snapshot("blog")
    storage.checks.teach("blog", None, lesson)
    learned(storage, lesson)
    assert storage.checks.teach("blog", lesson, None)
    assert storage.corpus.due("blog", 10) == [lesson.id]
    storage.corpus.forget_lesson("blog", lesson.id)
    assert (storage.corpus.snapshot("blog"), storage.corpus.due("blog", 10)) == (before, [])
    assert storage.checks.taught_ids("blog") == []


def test_a_check_needs_no_job_while_a_judge_listens(storage: CoreStorage) -> None:
    with storage.announcements.listen_for_work("blog") as next_work:
        assert storage.checks.ask("blog", new_check_id(), of_program(), KEPT).wakeup == ""
        assert next_work(5.0) == {"blog"}
    assert len(claimed(storage)) == 1
