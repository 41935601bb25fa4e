"""Links in notices open a page with one comment and one button. Only the button decides, once, and with the right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from comments.chat_receivers import ChatKind
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import moderated
from tests.support.notices import NoticeDeployment, links, open_notices, open_web_app_of
from tests.support.web_app import HTML, WebApp


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage) as deployment:
        yield deployment


@pytest.fixture
def web(notices: NoticeDeployment) -> WebApp:
    return open_web_app_of(notices)


def status_of(web: WebApp, comment: Comment) -> Status:
    return web.storage.comments.get("blog", comment.id).status


def mailed(notices: NoticeDeployment, label: str = "Approve") -> tuple[Comment, str]:
    """Return a comment that needs review, and the link with this label in the email about it."""
    notices.add_person()
    comment = notices.held(content="Is the pier open in winter?")
    (link,) = links(notices.letters()[-1], label)
    return comment, link


@pytest.mark.parametrize(
    ("label", "status"), [("Approve", Status.APPROVED), ("Spam", Status.SPAM), ("Remove", Status.REMOVED)]
)
def test_the_button_decides_and_the_audit_says_how(
    web: WebApp, notices: NoticeDeployment, label: str, status: Status
) -> None:
    comment, link = mailed(notices, label)
    client = web.anonymous()
    shown = client.get(link)
    assert "Is the pier open in winter?" in shown.text
    assert shown.text.count("<button") == 1
    assert client.post(link, headers={"Origin": "null"}).status_code == 200
    assert status_of(web, comment) is status
    entry = list(web.storage.audit.all("blog"))[-1]
    assert (entry.by, entry.via, entry.subject) == ("Ines", "email", comment.id)
    assert "by a link from an email" in web.signed_in("ow", blog="owner").get("/sites/blog/audit", headers=HTML).text


def test_opening_the_page_changes_nothing(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = mailed(notices)
    client = web.anonymous()
    for ask in (client.get, client.head, client.get):
        answer = ask(link, headers={"Sec-Purpose": "prefetch", "User-Agent": "Slackbot-LinkExpanding 1.0"})
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert status_of(web, comment) is Status.HELD


def test_a_decided_comment_says_by_whom_and_stays(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = mailed(notices)
    moderated(web.storage, comment, Action.SPAM)
    for answer in (web.anonymous().get(link), web.anonymous().post(link)):
        assert "Marked as spam by mo" in answer.text
        assert "<button" not in answer.text
    assert status_of(web, comment) is Status.SPAM


def test_a_link_works_once_even_if_the_decision_is_undone(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = mailed(notices)
    web.anonymous().post(link)
    found = web.storage.comments.get("blog", comment.id)
    undone = found.with_undo("mo", web.clock())
    assert web.storage.comments.decide("blog", [CommentChange(found, undone)]) == [True]
    web.anonymous().post(link)
    assert web.storage.comments.get("blog", comment.id) == undone


def test_an_expired_link_decides_nothing(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = mailed(notices)
    web.clock.advance(timedelta(days=1, seconds=1))
    assert web.anonymous().get(link).status_code == 410
    assert web.anonymous().post(link).status_code == 410
    assert status_of(web, comment) is Status.HELD


@pytest.mark.parametrize(
    "change", [{"roles": {"blog": "viewer"}}, {"roles": {}}, {"email": "new@staff.example"}, {"email_confirmed": False}]
)
def test_the_right_is_checked_when_the_button_is_pressed(
    web: WebApp, notices: NoticeDeployment, change: dict[str, object]
) -> None:
    comment, link = mailed(notices)
    person = web.storage.people.get("Ines")
    web.storage.people.put(replace(person, **change))  # type: ignore[arg-type]
    assert web.anonymous().get(link).status_code == 403
    assert web.anonymous().post(link).status_code == 403
    web.storage.people.delete("Ines")
    assert web.anonymous().post(link).status_code == 403
    assert status_of(web, comment) is Status.HELD


def test_a_forged_link_does_not_exist(web: WebApp, notices: NoticeDeployment) -> None:
    _, link = mailed(notices)
    start, _, seal = link.rpartition(".")
    assert web.anonymous().post(f"{start}.{seal[:-1]}{'A' if seal[-1] != 'A' else 'B'}").status_code == 404
    assert web.anonymous().post(link.replace("/blog/", "/shop/")).status_code == 404


def chat_link(notices: NoticeDeployment, **changes: bool) -> tuple[Comment, str]:
    notices.add_channel(ChatKind.SLACK, **changes)
    comment = notices.held()
    body = notices.messages()[-1]
    url = body["blocks"][2]["elements"][0]["url"]
    return comment, url.removeprefix("http://127.0.0.1:8000")


def test_a_link_in_a_channel_needs_a_moderator_who_is_signed_in(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = chat_link(notices)
    assert web.anonymous().get(link, headers=HTML).status_code == 303
    assert web.signed_in("vi", blog="viewer").get(link, headers=HTML).status_code == 403
    mo = web.signed_in("mo", blog="moderator")
    assert mo.client.post(link).status_code == 403, "without the token of the session"
    assert status_of(web, comment) is Status.HELD
    assert mo.post_form(link).status_code == 200
    entry = list(web.storage.audit.all("blog"))[-1]
    assert (entry.by, entry.via) == ("mo", "chat")


def test_an_owner_can_open_the_links_of_a_channel_to_its_readers(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = chat_link(notices, open_links=True)
    assert web.anonymous().post(link).status_code == 200
    assert status_of(web, comment) is Status.APPROVED
    assert list(web.storage.audit.all("blog"))[-1].by == "#moderation (Slack)"


def test_links_of_a_removed_channel_do_not_work(web: WebApp, notices: NoticeDeployment) -> None:
    comment, link = chat_link(notices, open_links=True)
    site = web.storage.sites.get("blog")
    web.storage.sites.put(replace(site, chat_receivers=()))
    assert web.anonymous().post(link).status_code == 403
    assert status_of(web, comment) is Status.HELD
