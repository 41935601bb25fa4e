"""Checks in the judging job: verdicts without decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from comments.job_queue import JUDGE
from comments.lifecycle import Action, Status
from comments.model import Comment, Signal
from comments.pseudonyms import new_id
from comments.settings import Settings
from comments.signals import SignalCatalogue, SignalInfo
from comments.site import Site
from comments.storage.checks import CheckAnswer, CheckRequest, new_check_id
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import NOW, a_comment, a_site, accepted, moderated, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN, Facts, Filter
from workers.jobs import judge, learn
from workers.judging.check_verdicts import CHECK_BATCH
from workers.judging.policy import build_policy

ADVERT = (
    "Buy cheap watches and pills online, best price guaranteed, visit http://pills-casino.example/buy and "
    "http://watches.example/now and http://loans.example/fast and http://poker.example/bonus today!"
)


@dataclass(frozen=True)
class BreakingFilter(Filter):
    """Stops judging altogether, as a worker that runs out of time does."""

    name = "breaking"
    signals: ClassVar[SignalCatalogue] = {"breaking.text": SignalInfo(1.0, "it breaks", "it did not break")}

    def __call__(self, comment: Comment, facts: Facts) -> Iterable[Signal]:
        raise KeyboardInterrupt


def with_filters(storage: Storage, filters: tuple[Filter, ...], **changes: object) -> RecordedJobs:
    jobs = RecordedJobs()
    set_deps(Deps(settings(**changes), storage, now, jobs, filters, build_policy(filters, {})))
    return jobs


@pytest.fixture
def site(storage: Storage) -> Site:
    site = a_site(per_minute=0, moderation="suspicious", audit_share=0.0)
    storage.sites.put(site)
    with_filters(storage, BUILT_IN)
    return site


def ask(storage: Storage, site: Site, *comments: Comment, ids: Iterable[str] = ()) -> str:
    return storage.checks.ask(site.id, new_check_id(), CheckRequest(site, "mo", NOW, comments, tuple(ids))).id


def answer(storage: Storage, id: str) -> CheckAnswer:
    found = storage.checks.answer("blog", id)
    assert found is not None
    return found


def checked(storage: Storage, site: Site, *comments: Comment, ids: Iterable[str] = ()) -> list[Status]:
    id = ask(storage, site, *comments, ids=ids)
    judge("blog", "token")
    assert answer(storage, id).is_complete
    return [result.decision.status for result in answer(storage, id).results]


def judged(storage: Storage, **changes: object) -> Comment:
    comment = accepted(storage, **changes)
    judge("blog", "token")
    return storage.comments.get("blog", comment.id)


def stored(settings: Settings) -> Iterator[tuple[str, object]]:
    """Yield every key with its whole value, except RQ's, the checks and the claims."""
    client = connect(settings)
    for key in sorted(client.scan_iter("rg:*")):
        if b":check:" not in key and b":claim:" not in key:
            yield key.decode(), client.dump(key)


def test_a_check_has_the_verdict_that_judging_gives(site: Site, storage: Storage) -> None:
    texts = [a_comment(content=ADVERT, origin="a", identity="a"), a_comment(origin="b", identity="b")]
    before = checked(storage, site, *texts)
    real = [judged(storage, id=new_id(), **_submission(c)).status for c in texts]
    assert before == real == [Status.HELD, Status.APPROVED]


def _submission(comment: Comment) -> dict[str, str]:
    return {name: getattr(comment, name) for name in ("author", "email", "content", "origin", "identity")}


def test_a_check_stores_nothing_but_its_answer(site: Site, storage: Storage, valkey_settings: Settings) -> None:
    comment = judged(storage, content=ADVERT)
    moderated(storage, comment, Action.SPAM)
    learn("blog", "")
    before = dict(stored(valkey_settings))
    checked(storage, site, a_comment(content=ADVERT), a_comment(), ids=[comment.id])
    assert dict(stored(valkey_settings)) == before


def test_ten_checks_of_one_text_are_no_copies(site: Site, storage: Storage) -> None:
    comment = a_comment()
    for _ in range(10):
        assert checked(storage, site, comment) == [Status.APPROVED]
    assert judged(storage).status is Status.APPROVED


def test_a_check_of_a_copy_finds_the_stored_comments(site: Site, storage: Storage) -> None:
    for n in range(3):
        judged(storage, origin=f"net-{n}", identity=f"id-{n}")
    assert checked(storage, site, a_comment()) == [Status.HELD]


def test_a_check_uses_the_changed_settings(site: Site, storage: Storage) -> None:
    changed = replace(site, moderation="all")
    comment = judged(storage)
    assert checked(storage, site, ids=[comment.id]) == [Status.APPROVED]
    assert checked(storage, changed, ids=[comment.id]) == [Status.HELD]
    assert storage.sites.get("blog") == site
    assert storage.comments.get("blog", comment.id) == comment


def test_a_stored_comment_is_no_copy_of_itself(site: Site, storage: Storage) -> None:
    comments = [judged(storage, content=f"Text number {n} about the tide at the pier and its gauge.") for n in range(3)]
    assert checked(storage, site, ids=[c.id for c in comments]) == [c.status for c in comments]


def test_a_stored_copy_stays_a_copy_although_the_day_is_over(
    site: Site, storage: Storage, valkey_settings: Settings
) -> None:
    copies = [judged(storage, origin=f"net-{n}", identity=f"id-{n}") for n in range(4)]
    client = connect(valkey_settings)
    client.delete(*client.scan_iter("rg:*:window:*"))
    assert copies[-1].status is Status.HELD
    assert checked(storage, site, ids=[copies[-1].id]) == [Status.HELD]


def test_the_own_decision_of_a_stored_comment_is_no_evidence_for_it(site: Site, storage: Storage) -> None:
    first = replace(site, moderation="first")
    storage.sites.put(first)
    comment = judged(storage)
    moderated(storage, comment, Action.APPROVE)
    learn("blog", "")
    assert checked(storage, first, ids=[comment.id]) == [Status.HELD]
    spam = judged(storage, content=ADVERT, origin="x", identity="x", email="x@mail.example", author="X")
    moderated(storage, spam, Action.SPAM)
    learn("blog", "")
    id = ask(storage, site, ids=[spam.id])
    judge("blog", "token")
    (result,) = answer(storage, id).results
    assert not {"copies.spam", "author.spammed", "reputation.spam"} & {s.name for s in result.decision.signals}


def test_a_closed_thread_does_not_hold_comments_from_before(site: Site, storage: Storage) -> None:
    comment = judged(storage)
    storage.threads.set_closed("blog", comment.thread, True)
    assert checked(storage, site, ids=[comment.id]) == [Status.APPROVED]
    assert checked(storage, site, a_comment()) == [Status.HELD]


def test_two_hundred_comments_are_judged_in_parts(site: Site, storage: Storage) -> None:
    text = "Comment {0} about {0} gulls, {0} boats and the tide table of pier {0}."
    ids = [judged(storage, content=text.format(n), origin=f"n{n}", identity=f"i{n}").id for n in range(60)]
    jobs = with_filters(storage, BUILT_IN, judge_seconds=0)
    id = ask(storage, site, ids=ids)
    judge("blog", "token")
    assert (answer(storage, id).judged, jobs.jobs[-1]) == (CHECK_BATCH, (JUDGE, "blog", "token"))
    judge("blog", "token")
    judge("blog", "token")
    assert answer(storage, id).is_complete
    assert [result.id for result in answer(storage, id).results] == ids


def test_comments_that_are_gone_are_left_out(site: Site, storage: Storage) -> None:
    comment = judged(storage)
    assert checked(storage, site, ids=["unknown", comment.id]) == [Status.APPROVED]


def test_a_check_that_breaks_off_is_failed_and_not_repeated(site: Site, storage: Storage) -> None:
    with_filters(storage, (BreakingFilter(),))
    id = ask(storage, site, a_comment())
    with pytest.raises(KeyboardInterrupt):
        judge("blog", "token")
    assert answer(storage, id).failed
    with_filters(storage, BUILT_IN)
    judge("blog", "token")
    assert not answer(storage, id).results
