"""Reply notifications: asking for them, confirming and unsubscribing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from comments.email_subscriptions import link_address
from comments.lifecycle import Status
from comments.smtp_settings import SMTPSettings
from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import HTML, SUBMIT, a_reply, open_public_app
from tests.support.reply_emails import SENDER, MailDeployment, link, one_click, open_deployment
from workers.deps import now, set_deps


@pytest.fixture
def deployment(storage: Storage) -> Iterator[MailDeployment]:
    with open_deployment(storage) as opened:
        yield opened


# The pages


def test_a_forged_link_is_not_found(deployment: MailDeployment) -> None:
    deployment.approved()
    (question,) = deployment.deliver()
    confirm = link(question, "confirm")
    for path in (confirm[:-1] + "x", confirm.replace("/confirm/", "/stop/"), confirm.replace("/blog/", "/shop/")):
        for answer in (deployment.client.get(path), deployment.client.post(path)):
            assert answer.status_code == 404
    assert not deployment.storage.subscriptions.wants_mail(
        "blog", deployment.web.pseudonyms.author("ada@example.org"), "x"
    )


def test_a_confirmation_link_is_valid_for_a_week(deployment: MailDeployment) -> None:
    comment = deployment.approved()
    set_deps(replace(deployment.deps, now=lambda: now() - timedelta(days=7, seconds=1)))
    (question,) = deployment.deliver()
    for answer in (deployment.client.get(link(question, "confirm")), deployment.client.post(link(question, "confirm"))):
        assert (answer.status_code, "expired" in answer.text) == (410, True)
    assert not deployment.storage.subscriptions.wants_mail("blog", comment.identity, comment.id)
    assert deployment.client.post(one_click(question)).status_code == 200


def test_confirming_by_email_proves_the_address_for_the_browser_that_sent_the_comment(
    deployment: MailDeployment,
) -> None:
    comment = deployment.approved()
    subscriptions = deployment.storage.subscriptions
    (question,) = deployment.deliver()
    page = deployment.client.get(link(question, "confirm")).text
    assert "only if you wrote the comment" in page
    assert not subscriptions.has_proved("blog", comment.identity, comment.browser), "opening the page proves nothing"
    deployment.client.post(link(question, "confirm"))
    assert subscriptions.has_proved("blog", comment.identity, comment.browser)
    assert not subscriptions.has_proved("blog", comment.identity, "another-browser")


@pytest.mark.parametrize("change", [{"identity": "somebody-else"}, {"id": "a" * 26}])
def test_a_link_to_a_comment_of_another_author_or_to_none_proves_no_browser(
    deployment: MailDeployment, change: dict[str, str]
) -> None:
    comment = deployment.approved()
    other = replace(comment, **change)  # type: ignore[arg-type]
    address = link_address(deployment.web.pseudonyms, "", "confirm", other, now())
    assert deployment.client.post(address).status_code == 303
    subscriptions = deployment.storage.subscriptions
    assert subscriptions.confirmed_at("blog", other.identity), "the link itself is valid"
    for identity in {comment.identity, other.identity}:
        assert not subscriptions.has_proved("blog", identity, comment.browser)


@pytest.mark.parametrize(
    "body",
    [
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"data": b"", "content_type": None},
        {"data": b"\xff\x00", "content_type": "text/plain"},
    ],
)
def test_one_click_unsubscribing_needs_only_a_post(deployment: MailDeployment, body: dict[str, object]) -> None:
    comment = deployment.subscribed()
    deployment.replied(comment)
    (notice,) = deployment.deliver()
    headers = {"Origin": "https://webmail.example"}
    for _ in range(2):
        answer = deployment.client.post(one_click(notice), headers=headers, **body)
        assert answer.status_code == 200, "no redirect either: a mail program does not follow one"
    assert not deployment.storage.subscriptions.wants_mail("blog", comment.identity, comment.id)


def test_a_button_leads_back_to_its_page_and_a_reload_repeats_nothing(deployment: MailDeployment) -> None:
    comment, client = deployment.approved(), deployment.client
    subscriptions = deployment.storage.subscriptions
    (question,) = deployment.deliver()
    confirm, stop = link(question, "confirm"), one_click(question)
    confirmed = client.post(confirm)
    assert (confirmed.status_code, confirmed.location) == (303, confirm)
    assert "Notifications are on" in client.get(confirmed.location).text

    muted = client.post(stop, data={"which": "comment"})
    assert "unsubscribed from this comment" in client.get(muted.location).text
    left = client.post(stop, data={"which": "all"})
    assert (muted.status_code, left.status_code) == (303, 303)
    assert "You are unsubscribed" in client.get(left.location).text
    client.get(confirmed.location)
    assert subscriptions.confirmed_at("blog", comment.identity) is None

    subscriptions.confirm("blog", comment.identity)
    assert "You are unsubscribed" not in client.get(left.location).text
    assert subscriptions.confirmed_at("blog", comment.identity)


def test_a_confirmation_link_asks_again_after_unsubscribing(deployment: MailDeployment) -> None:
    comment, client = deployment.approved(), deployment.client
    subscriptions = deployment.storage.subscriptions
    (question,) = deployment.deliver()
    confirm = link(question, "confirm")
    client.post(confirm)
    client.post(one_click(question), data={"List-Unsubscribe": "One-Click"})
    page = client.post(confirm, follow_redirects=True).text  # from a page that was open before
    assert "You are unsubscribed" in page
    assert 'name="again"' in page
    assert subscriptions.confirmed_at("blog", comment.identity) is None
    assert "Notifications are on" in client.post(confirm, data={"again": "yes"}, follow_redirects=True).text
    assert subscriptions.confirmed_at("blog", comment.identity)


# Asking for it


def test_the_form_offers_emails_only_with_a_mail_server(deployment: MailDeployment) -> None:
    assert deployment.client.get("/v1/sites/blog/form?thread=a").json["notify"] is True
    wrong = deployment.client.post(SUBMIT, data={"thread": "a", "notify": "replies"}, headers=HTML)
    assert re.search(r'name="notify"[^>]* checked', wrong.text)


def test_the_status_page_announces_the_confirmation_email(deployment: MailDeployment) -> None:
    sent = deployment.client.post(SUBMIT, data=a_reply(notify="replies"), headers=HTML)
    assert "to confirm your address" in deployment.client.get(sent.location, headers=HTML).text
    plain = deployment.client.post(SUBMIT, data=a_reply(content="Another."), headers=HTML)
    assert "to confirm your address" not in deployment.client.get(plain.location, headers=HTML).text


def test_notify_is_refused_without_a_mail_server(storage: Storage) -> None:
    web = open_public_app(storage)
    answer = web.client.post(SUBMIT, json=a_reply(notify="replies"))
    assert answer.status_code == 422
    assert answer.json["problems"] == [
        {"field": "notify", "code": "off", "message": "is not available: this server does not send email"}
    ]
    assert web.client.post(SUBMIT, json=a_reply(notify="")).status_code == 202
    assert web.client.get("/v1/sites/blog/form?thread=a").json["notify"] is False
    assert "notify" not in web.client.post(SUBMIT, data={"thread": "a"}, headers=HTML).text


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"notify": "everything"}, "notify", "value"),
        ({"notify": True}, "notify", "string_type"),
        ({"notify": "replies", "email": ""}, "email", "required"),
    ],
)
def test_notify_without_an_email_is_refused(storage: Storage, fields: dict[str, object], field: str, code: str) -> None:
    web = open_public_app(
        storage, a_site(required=("content",)), smtp_url=SMTPSettings("localhost", 25), mail_from=SENDER
    )
    answer = web.client.post(SUBMIT, json=a_reply(**fields))
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [(field, code)]


def test_wordpress_forms_may_ask_for_notifications(deployment: MailDeployment) -> None:
    fields = {"author": "Ada", "email": "ada@example.org", "comment": "Hello", "comment_post_ID": "7"}
    answer = deployment.client.post("/v1/sites/blog/wp-comments-post.php", data={**fields, "notify": "replies"})
    assert answer.status_code == 303
    (queued,) = deployment.storage.comments.by_status("blog", Status.QUEUED, 2).rows
    assert queued.notify == "replies"
