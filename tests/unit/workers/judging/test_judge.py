"""Judging reads evidence once and runs every filter. One failure never affects other comments or filters."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest

from comments.drafts import drafted, edited
from comments.lifecycle import Action, Label, Status
from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from comments.storage.interfaces import Storage
from comments.storage.values import Evidence, EvidenceQuery, TokenCounts, WindowUse
from tests.support.builders import NOW, a_comment, a_decision, a_site, an_admission
from workers.filters import BUILT_IN, Facts, Filter, Window
from workers.filters.learned import LearnedFilter
from workers.filters.velocity import ORIGIN_ON_ALL_SITES
from workers.judging.judge import (
    MAX_ATTEMPTS,
    Judging,
    collect_facts,
    evidence_query,
    judge_batch,
    run_filters,
)
from workers.judging.policy import build_policy
from workers.learning.copy_tokens import lesson_tokens


@dataclass(frozen=True)
class FixedFilter(Filter):
    """A filter that gives the signals of a function."""

    name = "saying"
    signals: ClassVar[SignalCatalogue] = {"said": SignalInfo(4.0), "shy": SignalInfo(1.0), "kind": SignalInfo(-50.0)}
    windows: ClassVar[tuple[Window, ...]] = (
        Window("saying.author", 60, lambda c: c.author),
        Window("saying.url", 3600, lambda c: c.url, shared=True),
    )
    say: Callable[[Comment, Facts], Iterable[Signal]] = lambda comment, facts: ()

    def __call__(self, comment: Comment, facts: Facts) -> Iterable[Signal]:
        return self.say(comment, facts)


class Interrupted(Exception):
    """The exception that RQ raises inside a job when its time is up."""


def broken(comment: Comment, facts: Facts) -> Iterator[Signal]:
    yield Signal("said", 1.0, "half of it")
    raise Interrupted(comment.content)


#: Evidence of a site with enough lessons to refuse spam.
TAUGHT = Evidence(corpus=TokenCounts(15, 15))
ADVERT = "Instant loans without collateral, guaranteed approval in one hour. Write to our WhatsApp +1 202 555 0101 now"
SAID = FixedFilter(lambda comment, facts: [Signal("said", 1.0, comment.content)])
BROKEN = FixedFilter(broken)


@dataclass
class QueryRecorder:
    """Evidence that gives prepared answers and records the queries."""

    answer: Evidence = field(default_factory=Evidence)
    batches: list[list[EvidenceQuery]] = field(default_factory=list)

    def look_up(self, site: str, questions: Iterable[EvidenceQuery]) -> list[Evidence]:
        self.batches.append(list(questions))
        return [self.answer for _ in self.batches[-1]]


def judged(
    storage: Storage,
    *claimed: tuple[Comment, int],
    filters: tuple[Filter, ...] = (SAID,),
    expired: Callable[[], bool] = lambda: False,
    **choices: object,
) -> list[Comment]:
    policy = build_policy(filters, {})
    site = a_site(**choices)
    changes = judge_batch(Judging(filters, policy, storage), claimed, site, NOW, expired)
    assert all(change.before in [comment for comment, _ in claimed] for change in changes)
    return [change.after for change in changes]


def test_each_comment_is_decided(memory):
    quiet = FixedFilter(lambda c, f: [Signal("said", 1.0, "")] if "loud" in c.content else [])
    after = judged(memory, (a_comment(content="loud"), 1), (a_comment(content="mild"), 1), filters=(quiet,))
    assert [c.status for c in after] == [Status.HELD, Status.APPROVED]
    assert [c.version for c in after] == [1, 1]


def test_evidence_for_a_batch_is_read_in_one_request(memory):
    evidence = QueryRecorder()
    judged(replace(memory, evidence=evidence), (a_comment(), 1), (a_comment(), 2), (a_comment(), 1))
    assert [[q.first_attempt for q in batch] for batch in evidence.batches] == [[True, False, True]]


def test_an_empty_batch_reads_no_evidence(memory):
    evidence = QueryRecorder()
    assert judged(replace(memory, evidence=evidence)) == []
    assert evidence.batches == []


def test_an_evidence_query_has_everything_that_filters_need():
    comment = a_comment(author="Ada", url="", parent="p" * 26)
    assert evidence_query(comment, 1, (SAID,)) == EvidenceQuery(
        uses=(WindowUse("saying.author", 60, "Ada"),),
        thread=comment.thread,
        parent="p" * 26,
        author=comment.author_keys,
        trusted=(comment.network_key,),
        tokens=lesson_tokens(comment),
        rules=(
            *(f"author:{name}" for name in comment.author_keys),
            f"origin:{comment.origin}",
            "email-domain:example.org",
        ),
        first_attempt=True,
    )


def test_a_shared_window_is_queried_as_shared():
    assert (
        WindowUse("saying.url", 3600, "http://a.example", shared=True)
        in evidence_query(a_comment(url="http://a.example"), 1, (SAID,)).uses
    )


def test_without_an_email_no_author_is_queried():
    assert evidence_query(a_comment(email="", identity=""), 1, (SAID,)).author == ()


def test_filters_get_the_evidence(memory):
    received: list[Facts] = []
    answer = Evidence(
        {"saying.author": 3}, (8, 7), (6, 5), None, False, True, NOW, TokenCounts(4, 5, {"x": (1, 2)}),
        approved_by_people=(1, 0), spam_by_people=(0, 2),
    )  # fmt: skip
    listening = FixedFilter(lambda c, f: received.append(f) or ())
    judged(replace(memory, evidence=QueryRecorder(answer)), (a_comment(), 1), filters=(listening,))
    assert received == [
        Facts(a_site(), NOW, {"saying.author": 3}, (1, 0), (0, 2), False, True, NOW, TokenCounts(4, 5, {"x": (1, 2)}))
    ]


def test_a_filter_that_fails_holds_the_comment(memory, caplog):
    comment = a_comment(content="private words")
    (after,) = judged(memory, (comment, 1), filters=(BROKEN,))
    assert after.status is Status.HELD
    assert [(s.name, s.evidence) for s in after.filter_decision.signals] == [("filter.failed", "saying: Interrupted")]
    assert "saying" in caplog.text
    assert "private words" not in caplog.text


@dataclass(frozen=True)
class Other(Filter):
    name = "other"
    signals: ClassVar[SignalCatalogue] = {"other": SignalInfo(20.0)}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        yield Signal("other", 1.0, "")


def test_signals_of_the_other_filters_still_count_when_one_fails(memory):
    (after,) = judged(memory, (a_comment(), 1), filters=(BROKEN, Other()))
    assert [s.name for s in after.filter_decision.signals] == ["filter.failed", "other"]
    assert (after.status, after.filter_decision.score) == (Status.HELD, 20.0)


@pytest.mark.parametrize(
    "signal",
    [
        Signal("undeclared", 1.0, ""),
        Signal("said", 1.01, ""),
        Signal("said", -0.1, ""),
        Signal("said", float("nan"), ""),
    ],
)
def test_an_invalid_signal_holds(memory, signal):
    (after,) = judged(memory, (a_comment(), 1), filters=(FixedFilter(lambda c, f: [signal]),))
    assert after.status is Status.HELD
    assert [s.name for s in after.filter_decision.signals] == ["filter.failed"]


def test_after_too_many_attempts_a_comment_is_held_without_running_filters(memory):
    evidence = QueryRecorder()
    storage = replace(memory, evidence=evidence)
    fresh, claimed_too_often = a_comment(), a_comment()
    after = judged(storage, (claimed_too_often, MAX_ATTEMPTS + 1), (fresh, MAX_ATTEMPTS), filters=(BROKEN,))
    by_id = {c.id: c for c in after}
    assert [s.name for s in by_id[claimed_too_often.id].filter_decision.signals] == ["needs-human"]
    assert by_id[claimed_too_often.id].status is Status.HELD
    assert [s.name for s in by_id[fresh.id].filter_decision.signals] == ["filter.failed"]
    assert [len(batch) for batch in evidence.batches] == [1]


def test_judging_stops_when_the_time_is_up(memory):
    answers = iter([False, False, True])
    after = judged(memory, *((a_comment(), 1) for _ in range(5)), expired=lambda: next(answers))
    assert len(after) == 2


def test_the_sites_thresholds_are_used(memory):
    evidence = QueryRecorder(TAUGHT)
    advert = a_comment(content=ADVERT)
    (after,) = judged(replace(memory, evidence=evidence), (advert, 1), spam_at=4.0, audit_share=0.0)
    assert after.filter_decision.action is Action.SPAM


def test_judging_twice_gives_the_same_decision(memory):
    comment, known = a_comment(content="Buy v1agra at http://0x7f.1/ now!!!!!!"), Facts(a_site(), NOW)
    assert run_filters(comment, known, BUILT_IN) == run_filters(comment, known, BUILT_IN) != ()


def test_profanity_is_masked_if_the_site_masks_it(memory):
    comment = a_comment(content="What the fuck is this?")
    (after,) = judged(memory, (comment, 1), filters=BUILT_IN, moderation="suspicious", profanity="mask")
    assert (after.status, after.public_content) == (Status.APPROVED, "What the f*** is this?")
    assert after.content == comment.content


def test_a_first_comment_is_held_and_a_second_published(memory):
    first, second = a_comment(), a_comment(content="And another thought upon the same page.")
    (after,) = judged(memory, (first, 1), filters=BUILT_IN, moderation="first")
    assert [s.name for s in after.filter_decision.signals if s.holds] == ["author.first"]
    (after,) = judged(
        replace(memory, evidence=QueryRecorder(Evidence(approved_by_people=(1, 1), spam_by_people=(0, 0)))),
        (second, 1),
        filters=BUILT_IN,
        moderation="first",
    )
    assert after.status is Status.APPROVED


def test_comments_that_only_the_filters_approved_make_no_known_author(memory):
    evidence = QueryRecorder(Evidence(approved=(9, 9), spam=(0, 0)))
    (after,) = judged(replace(memory, evidence=evidence), (a_comment(), 1), filters=BUILT_IN, moderation="first")
    assert {"author.first"} == {s.name for s in after.filter_decision.signals if s.name.startswith("author")}


def test_without_enough_lessons_points_hold_and_never_refuse(memory):
    for few in (TokenCounts(), TokenCounts(500, 14), TokenCounts(14, 500)):
        evidence = QueryRecorder(Evidence(corpus=few))
        (after,) = judged(replace(memory, evidence=evidence), (a_comment(), 1), filters=(Other(),))
        assert (after.status, after.filter_decision.score) == (Status.HELD, 20.0)


def test_with_enough_lessons_points_refuse_only_what_is_more_likely_spam_than_not(memory):
    for content, status in ((ADVERT, Status.SPAM), (a_comment().content, Status.HELD)):
        evidence = QueryRecorder(TAUGHT)
        (after,) = judged(
            replace(memory, evidence=evidence), (a_comment(content=content), 1), filters=(Other(),), audit_share=0.0
        )
        assert (after.status, after.filter_decision.score) == (status, 20.0)
        assert (after.filter_decision.probability > 0.5) is (status is Status.SPAM)


def test_four_links_to_an_authors_own_website_are_held_on_a_new_site(memory):
    links = " ".join(f"https://ada.example/course-{n}" for n in range(4))
    comment = a_comment(content=f"My free course notes: {links}", url="https://ada.example")
    (after,) = judged(memory, (comment, 1), filters=BUILT_IN, moderation="suspicious")
    assert after.status is Status.HELD


def test_what_the_model_is_certain_about_is_never_published_unseen(memory):
    trusted = FixedFilter(lambda c, f: [Signal("kind", 1.0, "")])
    (after,) = judged(memory, (a_comment(content=ADVERT), 1), filters=(trusted, LearnedFilter()))
    certain = [s for s in after.filter_decision.signals if s.name == "learned.certain"]
    assert after.status is Status.HELD
    assert [(s.points, s.holds) for s in certain] == [(0.0, True)]
    assert after.filter_decision.score < 0
    assert after.filter_decision.probability > 0.95
    (after,) = judged(memory, (a_comment(), 1), filters=(trusted, LearnedFilter()))
    assert after.status is Status.APPROVED


def test_a_held_comment_stays_held_after_a_harmless_edit(memory):
    held = a_comment().with_decision(a_decision(Action.HOLD))
    (after,) = judged(memory, (edited(held, "fine", NOW), 1), filters=())
    assert after.status is Status.HELD
    assert [s.name for s in after.filter_decision.signals] == ["held-before"]
    (after,) = judged(memory, (edited(a_comment(), "fine", NOW), 1), filters=())
    assert after.status is Status.APPROVED


def test_an_edit_counts_only_window_values_that_are_new():
    comment = a_comment(author="Ada", url="https://ada.example")
    shared = (
        WindowUse("saying.author", 60, "Ada", before=True),
        WindowUse("saying.url", 3600, "https://ada.example", True, True),
    )
    assert evidence_query(edited(comment, "other words", NOW), 1, [SAID]).uses == shared
    assert not any(use.before for use in evidence_query(comment, 1, [SAID]).uses)


def test_an_edit_is_a_duplicate_of_others_but_not_of_its_own_comment(memory):
    """One letter differs, so the texts share most of their words."""
    words = "The third paragraph made me think of an older essay about bread, rye and how long a loaf keeps"
    comment = a_comment(content=f"{words} freesh.", email="", identity="")
    memory.comments.accept(comment, an_admission())
    (published,) = judged(memory, (comment, 1), filters=BUILT_IN, required=(), moderation="suspicious")
    assert published.status is Status.APPROVED
    draft = drafted(published, f"{words} fresh.", NOW)
    (after,) = judged(memory, (draft, 1), filters=BUILT_IN, required=(), moderation="suspicious")
    assert after.status is Status.APPLIED
    copy = a_comment(content=f"{words} fresh.", origin="elsewhere", email="", identity="")
    (after,) = judged(memory, (copy, 1), filters=BUILT_IN, required=(), moderation="suspicious")
    assert "duplicates.here" in {s.name for s in after.filter_decision.signals}


def test_filters_get_facts_of_other_sites_if_sharing_is_on(storage: Storage) -> None:
    comment = a_comment(content="See http://pills.example/")
    storage.shared_reputation.update("other", "a", Label.SPAM, ["pills.example"])
    silent, received = (
        collect_facts([(comment, 1)], a_site(), BUILT_IN, storage, NOW, sharing)[0] for sharing in (False, True)
    )
    assert (silent.other_sites, received.other_sites) == ({}, {"pills.example": (0, 1)})


def test_a_network_is_counted_on_all_sites_if_sharing_is_on(memory: Storage) -> None:
    def count_elsewhere(site: str, id: str, sharing: bool) -> int:
        comment = a_comment(id=id, site=site, origin="one-network")
        return collect_facts([(comment, 1)], a_site(id=site), BUILT_IN, memory, NOW, sharing)[0].counts.get(
            ORIGIN_ON_ALL_SITES, 0
        )

    assert [count_elsewhere("other", f"other-{n}", sharing=True) for n in range(3)] == [0, 1, 2]
    assert count_elsewhere("blog", "mine", sharing=True) == 3
    assert count_elsewhere("blog", "mine-too", sharing=False) == 0


def test_the_tokens_of_a_query_are_those_of_a_lesson() -> None:
    comment = a_comment(content="Buy cheap watches at the best shop in the whole town today, my friends")
    tokens = evidence_query(comment, 1, BUILT_IN).tokens
    assert tokens == lesson_tokens(comment)
    assert len(tokens) == len([*tokens]) > 20
    assert "watches" in tokens
