"""People choose what they hear about each site. An address gets nothing before its owner confirmed it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from comments.audit import AuditAction
from comments.moderator_notices import NoticeFrequency, NoticeTopic
from comments.storage.interfaces import Storage
from tests.support.notices import NoticeDeployment, open_notices, open_web_app_of
from tests.support.web_app import SignedInClient, WebApp, page

CHOICE = {
    "site": "blog",
    "frequency": "daily",
    "topics": ["urgent", "review"],
    "hour": "9",
    "time_zone": "Europe/Berlin",
    "quiet_from": "22",
    "quiet_to": "7",
    "per_hour": "3",
}


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage) as deployment:
        yield deployment


@pytest.fixture
def web(notices: NoticeDeployment) -> WebApp:
    return open_web_app_of(notices)


@pytest.fixture
def ines(web: WebApp) -> SignedInClient:
    return web.signed_in("Ines", blog="moderator")


def confirm_link(notices: NoticeDeployment) -> str:
    notices.send()
    found = re.search(r"http://127\.0\.0\.1:8000(/account/notices/confirm/\S+)", notices.mail.letters[-1].text)
    assert found
    return found[1]


def test_choices_are_saved_for_one_site(web: WebApp, ines: SignedInClient) -> None:
    assert ines.post_form("/account/notices", **CHOICE).status_code == 303
    person = web.storage.people.get("Ines")
    choice = person.notice_choice("blog")
    assert (choice.frequency, choice.hour, choice.time_zone, choice.per_hour) == (
        NoticeFrequency.DAILY,
        9,
        "Europe/Berlin",
        3,
    )
    assert choice.topics == (NoticeTopic.URGENT, NoticeTopic.REVIEW)
    assert (choice.with_text, choice.with_links) == (False, False)
    assert person.notice_choice("shop").frequency is NoticeFrequency.OFF
    assert 'value="daily" selected' in page(ines, "/account/notices")


def test_every_problem_of_the_choices_is_named(ines: SignedInClient) -> None:
    wrong = {**CHOICE, "hour": "24", "time_zone": "Mars/Base", "per_hour": "0", "topics": []}
    answer = ines.post_form("/account/notices", **wrong)
    assert answer.status_code == 422
    for text in ("must be from 0 to 23", "is unknown", "must be from 1 to 60", "needs at least one topic"):
        assert text in answer.text


def test_nobody_chooses_for_a_site_of_others_or_without_a_token(ines: SignedInClient) -> None:
    assert ines.post_form("/account/notices", **{**CHOICE, "site": "shop"}).status_code == 404
    assert ines.client.post("/account/notices", data=CHOICE).status_code == 403


def test_moderators_cannot_choose_messages_for_owners(web: WebApp, ines: SignedInClient) -> None:
    ines.post_form("/account/notices", **{**CHOICE, "topics": ["review", "failure"]})
    assert web.storage.people.get("Ines").notice_choice("blog").topics == (NoticeTopic.REVIEW,)


def test_an_address_is_confirmed_by_its_owner_with_a_button(
    web: WebApp, ines: SignedInClient, notices: NoticeDeployment
) -> None:
    assert ines.post_form("/account/notices/address", email="ines@staff.example").status_code == 303
    link = confirm_link(notices)
    assert "The blog" in notices.mail.letters[0].text
    stranger = web.anonymous()
    for ask in (stranger.get, stranger.head, stranger.get):
        answer = ask(link, headers={"Sec-Purpose": "prefetch"})
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not web.storage.people.get("Ines").email_confirmed
    pressed = stranger.post(link)
    assert (pressed.status_code, pressed.location) == (303, link)
    assert "Address confirmed" in stranger.get(pressed.location).text
    assert web.storage.people.get("Ines").email_confirmed
    assert "Address confirmed" in stranger.post(link).text, "a second press changes nothing"


def test_a_link_for_another_address_or_an_old_one_confirms_nothing(
    web: WebApp, ines: SignedInClient, notices: NoticeDeployment
) -> None:
    ines.post_form("/account/notices/address", email="ines@staff.example")
    link = confirm_link(notices)
    ines.post_form("/account/notices/address", email="other@staff.example")
    assert web.anonymous().post(link).status_code == 410
    newer = confirm_link(notices)
    web.clock.advance(notices.clock.at - web.clock.at)
    notices.advance(days=3)
    web.clock.at = notices.clock.at
    assert web.anonymous().post(newer).status_code == 410
    assert not web.storage.people.get("Ines").email_confirmed
    assert web.anonymous().post(link[:-1] + "x").status_code == 404


def test_requests_to_confirm_are_limited_for_a_person_and_for_an_address(
    web: WebApp, ines: SignedInClient, notices: NoticeDeployment
) -> None:
    answers = [ines.post_form("/account/notices/address", email="victim@else.example").status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    others = [ines.post_form("/account/notices/address", email=f"v{n}@else.example").status_code for n in range(3)]
    assert others == [303, 429, 429]


def test_one_click_unsubscribing_turns_one_site_off(notices: NoticeDeployment, web: WebApp) -> None:
    notices.add_person()
    notices.held()
    notices.send()
    stop = notices.mail.letters[0].message["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert "Stop these emails?" in web.anonymous().get(stop).text
    assert web.storage.people.get("Ines").notice_choice("blog").frequency is NoticeFrequency.INSTANT
    answer = web.anonymous().post(stop, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null"})
    assert answer.status_code == 200
    assert web.storage.people.get("Ines").notice_choice("blog").frequency is NoticeFrequency.OFF
    (entry,) = web.storage.audit.all("blog")
    assert (entry.by, entry.action, entry.via) == ("Ines", AuditAction.NOTICES_SET, "email")
    notices.held()
    notices.send()
    assert len(notices.mail.letters) == 1


def test_a_reload_after_stopping_emails_leaves_them_on_after_they_were_turned_on(
    notices: NoticeDeployment, web: WebApp
) -> None:
    person = notices.add_person()
    notices.held()
    notices.send()
    stop = notices.mail.letters[0].message["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    (name, value), *_ = re.findall(r'<button [^>]*name="(\w+)" value="(\w+)"', web.anonymous().get(stop).text)
    pressed = web.anonymous().post(stop, data={name: value})
    assert (pressed.status_code, pressed.location) == (303, stop)
    assert "Emails are off" in web.anonymous().get(pressed.location).text
    web.storage.people.put(person)
    assert "Stop these emails?" in web.anonymous().get(pressed.location).text
    assert web.storage.people.get("Ines").notice_choice("blog").frequency is NoticeFrequency.INSTANT


def test_a_malformed_address_is_refused(web: WebApp, ines: SignedInClient) -> None:
    assert ines.post_form("/account/notices/address", email="nobody").status_code == 422
    assert web.storage.people.get("Ines").email == ""


def test_unlinking_a_chat_account_is_in_the_audit_log_without_its_id(web: WebApp, ines: SignedInClient) -> None:
    person = replace(web.storage.people.get("Ines"), chat_users=("slack:T1:U1", "telegram:7"))
    web.storage.people.put(person)
    assert ines.post_form("/account/notices/unlink", user="slack:T1:U1").status_code == 303
    assert web.storage.people.get("Ines").chat_users == ("telegram:7",)
    (entry,) = (e for e in web.storage.audit.all("") if e.action == AuditAction.CHAT_UNLINK)
    assert (entry.by, entry.before, entry.after) == ("Ines", "slack", "")
