"""A form that was sent after the session had ended is kept until the same person has signed in again."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.lifecycle import Status
from comments.model import Comment
from tests.integration.sites.test_settings_pages import form_of
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, csrf_of, held, page, sign_in

OWN = HTML | {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def comment(web_app: WebApp) -> Comment:
    return held(web_app.storage, author="Gus Marlow")


def end_sessions(web_app: WebApp, name: str) -> None:
    for session in web_app.storage.people.sessions(name):
        web_app.storage.people.close_session(session)


def press(user: SignedInClient, comment: Comment, headers: dict[str, str] = OWN, **more: str) -> TestResponse:
    fields = {"csrf": user.csrf, "version": str(comment.version), "action": "spam", "status": "held", "q": "tides"}
    return user.client.post(f"/review/blog/{comment.id}", data=fields | more, headers=headers)


def send_kept(client: FlaskClient) -> TestResponse:
    """Press the button of the page, as a browser does: it repeats the request at the address of the 307."""
    root = parse(client.get("/resume", headers=HTML).text)
    form = next(f for f in root.iterfind(".//form") if f.get("action") == "/resume")
    fields = [(i.get("name"), i.get("value", "")) for i in form.iterfind(".//input")]
    fields += [(t.get("name"), (t.text or "").removeprefix("\n")) for t in form.iterfind(".//textarea")]
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    answer = client.post("/resume", data=data, headers=OWN)
    assert answer.status_code == 307, answer.text
    return client.post(answer.location, data=data, headers=OWN)


def test_the_pressed_decision_waits_for_one_button_and_returns_to_the_view(
    web_app: WebApp, mo: SignedInClient, comment: Comment
) -> None:
    end_sessions(web_app, "mo")
    assert "/sign-in" in press(mo, comment).location
    assert web_app.storage.comments.get("blog", comment.id).status is Status.HELD
    signed = sign_in(mo.client, "mo")
    assert signed.location == "/resume"
    text = page(mo, "/resume")
    assert "You pressed Spam for the comment by Gus Marlow." in text
    assert web_app.storage.comments.get("blog", comment.id).status is Status.HELD
    answer = send_kept(mo.client)
    assert answer.status_code == 303
    assert web_app.storage.comments.get("blog", comment.id).status is Status.SPAM
    assert answer.location.startswith("/review/blog?")
    assert "q=tides" in answer.location
    assert mo.get("/resume", headers=HTML).location == "/review"


def test_a_sign_in_link_also_leads_to_the_kept_form(web_app: WebApp, mo: SignedInClient, comment: Comment) -> None:
    end_sessions(web_app, "mo")
    press(mo, comment)
    assert mo.client.post(web_app.link("mo")).location == "/resume"


def test_typed_notes_and_settings_are_not_lost(web_app: WebApp, owner: SignedInClient, comment: Comment) -> None:
    settings = form_of(page(owner, "/sites/blog/settings/words")) | {"hold_words": "zeppelin\nbalsa"}
    notes = f"/review/blog/{comment.id}/notes"
    for path, fields in ((notes, {"text": "Ask Ines\nabout this."}), ("/sites/blog/settings/words", settings)):
        csrf = csrf_of(owner.client)
        end_sessions(web_app, "ow")
        owner.client.post(path, data=fields | {"csrf": csrf}, headers=OWN)
        sign_in(owner.client, "ow")
        assert send_kept(owner.client).status_code == 303
    (notes_kept,) = web_app.storage.notes.of("blog", [comment.id])
    assert [n.text for n in notes_kept] == ["Ask Ines\nabout this."]
    assert [t.text for t in web_app.storage.sites.get("blog").hold_words] == ["zeppelin", "balsa"]


def test_another_person_on_the_same_browser_does_not_get_the_form(
    web_app: WebApp, mo: SignedInClient, comment: Comment
) -> None:
    web_app.add_account("ann", blog="moderator")
    end_sessions(web_app, "mo")
    press(mo, comment)
    assert sign_in(mo.client, "ann").location != "/resume"
    assert mo.get("/resume", headers=HTML).location == "/review"


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        (OWN | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, {}),
        (OWN, {"csrf": "made up"}),
        (OWN, {"csrf": ""}),
    ],
)
def test_a_form_of_another_site_is_not_kept(
    web_app: WebApp, mo: SignedInClient, comment: Comment, headers: dict[str, str], changes: dict[str, str]
) -> None:
    end_sessions(web_app, "mo")
    press(mo, comment, headers, **changes)
    assert sign_in(mo.client, "mo").location != "/resume"


def test_the_button_needs_the_token_of_the_new_session(web_app: WebApp, mo: SignedInClient, comment: Comment) -> None:
    end_sessions(web_app, "mo")
    press(mo, comment)
    sign_in(mo.client, "mo")
    assert mo.client.post("/resume", data={"csrf": mo.csrf}, headers=OWN).status_code == 403
    assert web_app.storage.comments.get("blog", comment.id).status is Status.HELD


def test_the_form_can_be_dropped(web_app: WebApp, mo: SignedInClient, comment: Comment) -> None:
    end_sessions(web_app, "mo")
    press(mo, comment)
    sign_in(mo.client, "mo")
    data = {"csrf": csrf_of(mo.client)}
    assert mo.client.post("/resume/cancel", data=data, headers=OWN).location == "/review/blog"
    assert mo.get("/resume", headers=HTML).location == "/review"


def test_a_dropped_form_does_not_come_back_with_its_former_cookie(
    web_app: WebApp, mo: SignedInClient, comment: Comment
) -> None:
    end_sessions(web_app, "mo")
    press(mo, comment)
    sign_in(mo.client, "mo")
    (cookie,) = (c for c in mo.client._cookies.values() if c.key.endswith("-form"))
    assert mo.client.post("/resume/cancel", data={"csrf": csrf_of(mo.client)}, headers=OWN).status_code == 303
    mo.client.set_cookie(cookie.key, cookie.value, secure=cookie.secure)
    assert mo.get("/resume", headers=HTML).location == "/review"
