"""Reports by readers: effects, limits, and the moderators' view."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from comments.drafts import was_held_before_edit
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.codec import draft_id
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from service.deps import Deps
from service.reading.report_pages import add_report
from tests.support.author_requests import change, judge
from tests.support.builders import NOW, a_site, accepted, decided, moderated, published, removed_with_replies
from tests.support.public_app import HTML, PublicApp, open_public_app
from tests.support.web_app import SignedInClient, WebApp, open_web_app, page

PAGES = "https://blog.example"
JUST_NOW = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


def at(comment: Comment) -> str:
    return f"/v1/sites/blog/comments/{comment.id}/reports"


def report(web: PublicApp | WebApp, comment: Comment, n: int = 1, body: Any = None, **more: Any) -> TestResponse:
    """Report the comment from the network of that number, each at another provider."""
    asked = {"json": {} if body is None else body, "environ_overrides": {"REMOTE_ADDR": f"198.{n}.100.7"}, **more}
    return web.app.test_client().post(at(comment), **asked)


def reported(web: PublicApp | WebApp, comment: Comment, *numbers: int, **body: str) -> Comment:
    """Return the comment after reports from these networks."""
    for n in numbers:
        assert report(web, comment, n, body).status_code == 202
    return web.storage.comments.get("blog", comment.id)


def shown(web: PublicApp) -> list[str]:
    read = web.client.get("/v1/sites/blog/comments?thread=first-post")
    return [comment["id"] for comment in read.json["comments"]]


def test_reports_of_three_networks_hold_the_comment_until_a_decision(web: PublicApp) -> None:
    comment, other = published(web.storage, received=JUST_NOW), published(web.storage)
    etag = web.client.get("/v1/sites/blog/comments?thread=first-post").headers["ETag"]
    assert reported(web, comment, 1, 1, 2, reason="spam").status is Status.APPROVED
    assert shown(web) == [comment.id, other.id]
    after = reported(web, comment, 3, reason="abuse")
    assert (after.status, after.version) == (Status.HELD, 2)
    assert [s.evidence for s in after.decisions[-1].signals] == ["reported by 3 readers as spam and abuse"]
    assert shown(web) == [other.id]
    again = web.client.get("/v1/sites/blog/comments?thread=first-post", headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert comment.id not in web.client.get("/v1/sites/blog/feed.atom").text
    assert [e.after for e in web.storage.outbox.read("blog", 9) if e.comment == comment.id][-1] is Status.HELD


def test_every_report_gets_the_same_answer(web: PublicApp) -> None:
    comment = published(web.storage)
    answers = [report(web, comment, n) for n in (1, 1, 2, 3)]
    assert {(a.status_code, a.data, a.headers["Content-Length"]) for a in answers} == {(202, b"", "0")}


def test_unpublished_comments_cannot_be_reported(web: PublicApp) -> None:
    removed = published(web.storage)
    below = published(web.storage, parent=removed.id)
    removed_with_replies(web.storage, removed)
    hidden = [removed, below, accepted(web.storage), decided(web.storage, accepted(web.storage), Action.HOLD)]
    edited = published(web.storage)
    change(web, edited, "Other words.")
    for comment in [*hidden, web.comment(draft_id(edited.id))]:
        assert report(web, comment).status_code == 404
        assert web.client.get(at(comment), headers=HTML).status_code == 404
        assert web.storage.reports.of("blog", [comment.id]) == [{}]
    assert web.client.post("/v1/sites/blog/comments/nothing/reports", json={}).status_code == 404
    assert web.client.post("/v1/sites/nothing/comments/nothing/reports", json={}).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"reason": "boring"}, "reason", "literal_error"),
        ({"reason": 1}, "reason", "literal_error"),
        ({"why": "spam"}, "why", "unknown"),
        ({"origin": "there"}, "origin", "read-only"),
    ],
)
def test_a_report_has_a_known_reason_and_no_other_field(
    web: PublicApp, body: dict[str, Any], field: str, code: str
) -> None:
    answer = report(web, published(web.storage), body=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [(field, code)]


def test_a_body_is_bounded_and_json_or_a_form(web: PublicApp) -> None:
    comment = published(web.storage)
    assert report(web, comment, json=None, data="reason=spam", content_type="text/plain").status_code == 415
    assert report(web, comment, body={"reason": "x" * 70_000}).status_code == 413


def test_only_pages_of_the_site_may_report(web: PublicApp) -> None:
    comment = published(web.storage)
    assert report(web, comment, headers={"Origin": "https://evil.example"}).status_code == 403
    assert web.storage.reports.of("blog", [comment.id]) == [{}]
    answer = report(web, comment, headers={"Origin": PAGES})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (202, PAGES)


def test_a_flood_of_reports_is_rate_limited(storage: Storage) -> None:
    web = open_public_app(storage, a_site(per_minute=2))
    answers = [report(web, published(storage)) for _ in range(3)]
    assert [a.status_code for a in answers] == [202, 202, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert report(web, published(storage), 2).status_code == 202


def test_the_authors_own_network_does_not_count(web: PublicApp) -> None:
    comment = published(web.storage, origin=web.pseudonyms.origin("198.9.100.7"))
    assert reported(web, comment, 9, 1, 2).status is Status.APPROVED
    assert web.storage.reports.of("blog", [comment.id]) == [{"other": 2}]


def test_the_site_sets_the_number_of_reports_that_hold(storage: Storage) -> None:
    web = open_public_app(storage, a_site(reports_hold=1))
    assert reported(web, published(storage), 1).status is Status.HELD
    web = open_public_app(storage, a_site(reports_hold=0))
    assert reported(web, published(storage), *range(1, 9)).status is Status.APPROVED


def test_reports_never_hold_a_comment_that_a_moderator_approved(web: PublicApp) -> None:
    comment = reported(web, published(web.storage), 1, 2, 3)
    approved = moderated(web.storage, comment, Action.APPROVE)
    assert reported(web, approved, 4, 5) == approved
    assert web.storage.reports.of("blog", [comment.id]) == [{"other": 5}]


def test_an_edit_that_only_the_filters_approved_may_be_held_again(web: PublicApp) -> None:
    comment = published(web.storage)
    comment = moderated(web.storage, reported(web, comment, 1, 2, 3), Action.APPROVE)
    assert change(web, comment, "Buy my pills.").status_code == 202
    judge(web, comment, Action.APPROVE)
    after = reported(web, comment, 4)
    assert (after.status, after.content) == (Status.HELD, "Buy my pills.")


def test_undoing_a_removal_is_not_an_approval(web: PublicApp) -> None:
    comment = reported(web, published(web.storage), 1, 2)
    spam = moderated(web.storage, comment, Action.SPAM)
    assert web.storage.comments.decide("blog", [CommentChange(spam, spam.with_undo("mo", NOW))]) == [True]
    assert reported(web, comment, 3).status is Status.HELD


def test_a_decision_between_report_and_hold_is_kept(storage: Storage) -> None:
    """A moderator marks it as spam between the report and the hold."""
    web = open_public_app(storage)
    comment = published(storage)
    reported(web, comment, 1, 2)
    deps: Deps = web.app.extensions["replygate"]
    with web.app.test_request_context(environ_overrides={"REMOTE_ADDR": "198.3.100.7"}):
        moderated(storage, comment, Action.SPAM)
        add_report(deps, storage.sites.get("blog"), comment, "spam")
    assert web.comment(comment.id).status is Status.SPAM


def test_the_report_page_works_without_scripts_and_leads_back(web: PublicApp) -> None:
    evil = "<script>alert(1)</script> is what I say"
    comment = published(web.storage, thread=f"{PAGES}/hello", content=evil)
    fragment = web.client.get("/v1/sites/blog/comments.html", query_string={"thread": comment.thread}).text
    assert f'href="http://127.0.0.1:8000{at(comment)}" rel="nofollow">Report</a>' in fragment
    asked = web.client.get(at(comment), headers=HTML).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is what I say" in asked
    back = f'<a href="{PAGES}/hello#comment-{comment.id}">Back to the comment</a>'
    assert back in asked
    sent = report(web, comment, json=None, data={"reason": "abuse"}, headers=HTML | {"Origin": "http://localhost"})
    assert (sent.status_code, sent.mimetype) == (202, "text/html")
    assert "Thank you for your report" in sent.text
    assert back in sent.text
    assert web.storage.reports.of("blog", [comment.id]) == [{"abuse": 1}]
    assert report(web, comment, json=None, data={"why": "x"}, headers=HTML).status_code == 422


def test_moderators_see_reports_before_the_comment_is_held(web_app: WebApp, mo: SignedInClient) -> None:
    plain, comment = published(web_app.storage), published(web_app.storage)
    reported(web_app, comment, 1, reason="spam")
    queue = page(mo, "/review/blog?status=approved&order=reported")
    assert "Reported by 1 reader as spam" in queue
    assert f'id="c-{comment.id}"' in queue
    assert f'id="c-{plain.id}"' not in queue
    moderated(web_app.storage, comment, Action.REMOVE)
    assert "No reported comments" in page(mo, "/review/blog?status=approved&order=reported")


def test_moderators_see_why_it_is_held_and_their_decision_teaches(web_app: WebApp, mo: SignedInClient) -> None:
    comment = reported(web_app, published(web_app.storage), 1, 2, 3, reason="abuse")
    assert web_app.storage.corpus.due("blog", 9) == []
    queue = page(mo, "/review/blog?signal=reported.readers")
    for said in ("reported by 3 readers as abuse", " by <bdi>its readers</bdi>", "Published by the filters"):
        assert said in queue
    assert "Would be published if readers had not reported it." in queue
    history = page(mo, f"/review/blog/{comment.id}")
    assert "Published → Needs review" in history
    summary = mo.get(f"/v1/sites/blog/review/comments/{comment.id}").json["comment"]
    assert (summary["reasons"]["by"], summary["decisions"][-1]["by"]) == ("its readers", "its readers")
    decision = {"action": "spam", "version": comment.version}
    assert mo.post_json(f"/v1/sites/blog/review/comments/{comment.id}/decisions", decision).status_code == 200
    assert web_app.storage.corpus.due("blog", 9) == [comment.id]


def test_open_queue_pages_are_updated_at_once(web_app: WebApp, mo: SignedInClient) -> None:
    def waiting() -> str:
        return mo.get("/v1/sites/blog/review/events", query_string={"once": "true"}).text

    before = waiting()
    reported(web_app, published(web_app.storage), 1, 2, 3)
    assert '"held":0' in before
    assert '"held":1' in waiting()


def test_reports_are_counted_for_operators(storage: Storage) -> None:
    web_app = open_web_app(storage)
    reported(web_app, published(storage), 1, 1, 2)
    user = web_app.signed_in("op", operator=True)
    assert 'replygate_reports_total{site="blog"} 2.0' in user.get("/metrics").text


def test_a_comment_held_for_reports_is_held_again_after_an_edit(web: PublicApp) -> None:
    comment = reported(web, published(web.storage), 1, 2, 3)
    assert change(web, comment, "Kinder words.").status_code == 202
    assert was_held_before_edit(web.comment(comment.id))
