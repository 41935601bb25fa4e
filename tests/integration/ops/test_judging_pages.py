"""The operators' page about judging: pauses, repeated attempts, and comments that were given up."""

import pytest

from comments.audit import AuditAction
from comments.given_up import GIVEN_UP, RETRIES_AT_ONCE
from comments.lifecycle import Action, Role, Status
from comments.model import Decision, Signal
from comments.queue_ranking import index_outdated
from comments.storage.pauses import EVERY_SITE
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_site, accepted, decided, moderated
from tests.support.given_up_comments import given_up
from tests.support.operations import open_operated_app
from tests.support.web_app import WebApp, audit_log

PAGE = "/ops/judging"


@pytest.fixture
def operated(storage) -> WebApp:
    return open_operated_app(storage)


@pytest.fixture
def operator(operated):
    return operated.signed_in("op", operator=True)


def claimed_twice(storage, **fields: object):
    comment = accepted(storage, **fields)
    for _ in range(2):
        storage.queue.claim("blog", "token", 1, 0.0)
    return comment


@pytest.mark.parametrize("site", ["blog", EVERY_SITE])
def test_judging_is_paused_and_resumed(operated, operator, site):
    assert operator.post_form(f"{PAGE}/pause", site=site).status_code == 303
    pause = operated.storage.judging_pauses.all()[site]
    assert pause.by == "op"
    assert "Judging paused" in operator.get(PAGE).text
    assert "Judging is paused on" in operator.get("/ops").text
    operator.post_form(f"{PAGE}/pause", site=site)
    assert operated.storage.judging_pauses.all()[site] == pause
    operator.post_form(f"{PAGE}/resume", site=site)
    assert operated.storage.judging_pauses.all() == {}
    where, subject = ("", "all sites") if site == EVERY_SITE else (site, site)
    entries = [row for row in audit_log(operated, where) if row[1].startswith("judging.")]
    assert entries == [("op", AuditAction.JUDGING_PAUSE, subject), ("op", AuditAction.JUDGING_RESUME, subject)]


def test_a_pause_of_an_unknown_site_is_refused(operated, operator):
    assert operator.post_form(f"{PAGE}/pause", site="nowhere").status_code == 404
    assert operated.storage.judging_pauses.all() == {}


def test_new_comments_of_a_site_are_paused_as_in_its_settings(operated, operator):
    operator.post_form(f"{PAGE}/blog/new-comments", to="pause")
    assert operated.storage.sites.get("blog").paused
    assert "drained" in operator.get(PAGE).text
    operator.post_form(f"{PAGE}/blog/new-comments", to="accept")
    assert not operated.storage.sites.get("blog").paused


def test_repeated_attempts_are_listed_without_the_text(operated, operator):
    comment = claimed_twice(operated.storage, content="a secret text", author="Canaria")
    page = operator.get(PAGE).text
    assert comment.id in page
    assert "secret text" not in page
    assert "Canaria" not in page


def test_a_retry_counts_the_attempts_from_the_start(operated, operator):
    comment = claimed_twice(operated.storage)
    assert operator.post_form(f"{PAGE}/blog/{comment.id}/retry").status_code == 303
    assert operated.storage.queue.attempts("blog", 1, 9) == []
    assert [claim.attempts for claim in operated.storage.queue.claim("blog", "token", 1, 10.0)] == [1]


def test_hold_sends_a_comment_to_the_moderators_and_lists_it_as_given_up(operated, operator):
    storage, comment = operated.storage, claimed_twice(operated.storage)
    assert operator.post_form(f"{PAGE}/blog/{comment.id}/hold").status_code == 303
    held = storage.comments.get("blog", comment.id)
    assert (held.status, held.decisions[-1].signals[0].name) == (Status.HELD, GIVEN_UP)
    assert storage.queue.claim("blog", "token", 1, 10.0) == []
    index_outdated(storage, "blog", {})
    page = operator.get(PAGE).text
    assert "No comment was given up" not in page
    assert "No comment needed a second attempt" in page
    assert operator.post_form(f"{PAGE}/blog/{comment.id}/hold").status_code == 404


def test_a_decided_comment_is_not_judged_again(operated, operator):
    comment = accepted(operated.storage)
    decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", NOW, signals=(Signal("x", 1.0, ""),))
    operated.storage.comments.decide("blog", [CommentChange(comment, comment.with_decision(decision))])
    for step in ("retry", "hold"):
        assert operator.post_form(f"{PAGE}/blog/{comment.id}/{step}").status_code == 404


def index(storage) -> None:
    while index_outdated(storage, "blog", {}):
        pass


def test_a_comment_that_was_given_up_is_judged_again(operated, operator):
    storage = operated.storage
    comment = given_up(storage, content="a secret text")
    index(storage)
    page = operator.get(PAGE).text
    assert f"Retry {comment.id}" in page
    assert "secret text" not in page
    assert operator.post_form(f"{PAGE}/blog/{comment.id}/retry").status_code == 303
    assert storage.comments.get("blog", comment.id).status is Status.QUEUED
    page = operator.get(PAGE).text
    assert "No comment was given up" in page
    assert "retried it" in page
    assert ("op", AuditAction.JUDGING_RETRY, comment.id) in audit_log(operated, "blog")


def test_comments_of_a_site_that_were_given_up_are_judged_again_a_hundred_at_a_time(operated, operator):
    storage = operated.storage
    for _ in range(RETRIES_AT_ONCE + 1):
        given_up(storage)
    index(storage)
    assert f">Retry {RETRIES_AT_ONCE}<" in operator.get(PAGE).text
    assert operator.post_form(f"{PAGE}/blog/retry").status_code == 303
    assert storage.queue.depth("blog").queued == RETRIES_AT_ONCE
    assert ">Retry all<" in operator.get(PAGE).text
    operator.post_form(f"{PAGE}/blog/retry")
    operator.post_form(f"{PAGE}/blog/retry")
    assert storage.queue.depth("blog").queued == RETRIES_AT_ONCE + 1
    retries = [row for row in audit_log(operated, "blog") if row[1] == AuditAction.JUDGING_RETRY]
    assert len(retries) == RETRIES_AT_ONCE + 1


def test_what_a_moderator_decided_cannot_be_judged_again(operated, operator):
    storage = operated.storage
    comment = moderated(storage, given_up(storage), Action.SPAM)
    index(storage)
    assert "No comment was given up" in operator.get(PAGE).text
    assert operator.post_form(f"{PAGE}/blog/{comment.id}/retry").status_code == 404
    assert storage.comments.get("blog", comment.id) == comment
    assert operator.post_form(f"{PAGE}/blog/missing/retry").status_code == 404
    assert operator.post_form(f"{PAGE}/nowhere/retry").status_code == 404


def test_only_operators_see_the_page(operated):
    owner = operated.signed_in("ines", blog="owner")
    assert owner.get(PAGE).status_code in (403, 404)
    assert owner.post_form(f"{PAGE}/pause", site=EVERY_SITE).status_code in (403, 404)
    assert operated.storage.judging_pauses.all() == {}


def test_the_page_looks_for_comments_only_where_there_may_be_some(storage, operated, operator, monkeypatch):
    """It took 3 s with 1,000 sites."""
    for id in ("given-up", "held", "queued", "quiet"):
        storage.sites.put(a_site(id=id))
    given_up(storage, site="given-up")
    decided(storage, accepted(storage, site="held"), Action.HOLD)
    for id in ("given-up", "held"):
        index_outdated(storage, id, {})
    accepted(storage, site="queued")
    looked = []
    for store, name in ((storage.queue, "attempts"), (storage.queue_index, "find")):
        method = getattr(type(store), name)

        def recorded(self, site, *rest, _name=name, _method=method):
            looked.append((_name, site))
            return _method(self, site, *rest)

        monkeypatch.setattr(type(store), name, recorded)
    page = operator.get(PAGE).text
    assert all(f">{id}<" in page for id in ("blog", "given-up", "queued", "quiet"))
    assert sorted(looked) == [("attempts", "queued"), ("find", "given-up")]
