"""The account page: two-factor authentication, recovery codes and sessions."""

import re
from dataclasses import replace
from datetime import timedelta

from comments.audit import AuditAction
from comments.pseudonyms import Pseudonyms
from service.accounts import totp
from tests.support.builders import SECRET
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, csrf_of


def acts(web_app: WebApp) -> list[tuple[str, str]]:
    return [(e.by, e.action) for e in web_app.storage.audit.all("")]


def field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return found[1]


def present_code(web_app: WebApp, salt: str, name: str = "mo") -> str:
    key = totp.secret(Pseudonyms(SECRET), name, salt)
    return totp.code_at_step(key, int(web_app.clock().timestamp()) // totp.STEP_SECONDS)


def with_codes(web_app: WebApp, user: SignedInClient) -> list[str]:
    """Turn two-factor authentication on. Return the recovery codes."""
    salt = field(user.submit("/account/codes/begin").text, "salt")
    page = user.submit("/account/codes", salt=salt, code=present_code(web_app, salt), current=PASSWORD)
    assert page.status_code == 200
    web_app.clock.advance(timedelta(seconds=totp.STEP_SECONDS))
    return [code.replace(" ", "") for code in re.findall(r"<li>([a-z0-9 ]+)</li>", page.text)]


def salt_of(web_app: WebApp) -> str:
    return web_app.storage.people.get("mo").totp_salt


def password_step(web_app: WebApp):
    client = web_app.anonymous()
    page = client.post("/sign-in", data={"name": "mo", "password": PASSWORD, "next": "/review/blog"})
    assert page.status_code == 200
    assert "Code from your authenticator app" in page.text
    return client, field(page.text, "token")


def give(client, token: str, code: str):
    return client.post("/sign-in/code", data={"token": token, "code": code, "next": "/review/blog"})


def test_two_factor_is_on_only_after_entering_a_code(web_app, mo):
    salt = field(mo.submit("/account/codes/begin").text, "salt")
    wrong = mo.post_form("/account/codes", salt=salt, code="000000", current=PASSWORD)
    unproven = mo.post_form("/account/codes", salt=salt, code=present_code(web_app, salt), current="wrong")
    assert {wrong.status_code, unproven.status_code} == {422}
    assert salt_of(web_app) == ""
    assert len(with_codes(web_app, mo)) == totp.RECOVERY_CODES
    assert salt_of(web_app)
    assert ("mo", AuditAction.CODES_ON) in acts(web_app)


def test_the_secret_is_not_stored(web_app, mo):
    with_codes(web_app, mo)
    person = web_app.storage.people.get("mo")
    key = totp.secret(Pseudonyms(SECRET), "mo", person.totp_salt)
    assert key not in repr(person)
    assert totp.secret(Pseudonyms("another key of this deployment"), "mo", person.totp_salt) != key


def test_signing_in_asks_for_a_code_and_accepts_each_once(web_app, mo):
    with_codes(web_app, mo)
    client, token = password_step(web_app)
    assert client.get("/account").status_code == 401
    assert give(client, token, "000000").status_code == 403
    code = present_code(web_app, salt_of(web_app))
    assert give(client, token, f"{code[:3]} {code[3:]}").location == "/review/blog"
    assert client.get("/account").status_code == 200
    again, token = password_step(web_app)
    assert give(again, token, code).status_code == 403
    web_app.clock.advance(timedelta(seconds=totp.STEP_SECONDS))
    assert give(again, token, present_code(web_app, salt_of(web_app))).status_code == 303


def test_the_token_of_the_first_step_is_no_sign_in_link(web_app, mo):
    with_codes(web_app, mo)
    client, token = password_step(web_app)
    for path in (f"/link/{token}", f"/link/code:{token}", f"/link/code{token}"):
        assert client.post(path).status_code == 404
    assert client.get("/account").status_code == 401


def test_the_token_of_the_first_step_signs_in_once(web_app, mo):
    """Whoever finds the token later cannot skip the password."""
    with_codes(web_app, mo)
    client, token = password_step(web_app)
    assert give(client, token, present_code(web_app, salt_of(web_app))).status_code == 303
    web_app.clock.advance(timedelta(seconds=2 * totp.STEP_SECONDS))
    again = web_app.anonymous()
    assert give(again, token, present_code(web_app, salt_of(web_app))).status_code == 403
    assert again.get("/account").status_code == 401


def test_a_sign_in_link_asks_for_the_code_too(web_app, mo):
    with_codes(web_app, mo)
    client = web_app.anonymous()
    link = web_app.link("mo")
    page = client.post(link)
    assert client.get("/account").status_code == 401
    assert give(client, field(page.text, "token"), present_code(web_app, salt_of(web_app))).status_code == 303


def test_a_recovery_code_works_once(web_app, mo):
    recovery = with_codes(web_app, mo)
    client, token = password_step(web_app)
    assert give(client, token, recovery[0]).status_code == 303
    other, token = password_step(web_app)
    assert give(other, token, recovery[0]).status_code == 403
    assert give(other, token, recovery[1].upper()).status_code == 303
    assert acts(web_app).count(("mo", AuditAction.RECOVERY)) == 2


def test_guessing_codes_is_limited(web_app, mo):
    with_codes(web_app, mo)
    client, token = password_step(web_app)
    answers = [give(client, token, "000000").status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert give(client, token, present_code(web_app, salt_of(web_app))).status_code == 429


def test_an_invented_token_of_the_first_step_is_refused(web_app):
    assert give(web_app.anonymous(), "made up", "000000").status_code == 403


def test_turning_two_factor_off_asks_for_the_password(web_app, mo):
    with_codes(web_app, mo)
    assert mo.post_form("/account/codes/off", off="wrong").status_code == 422
    assert salt_of(web_app)
    assert mo.post_form("/account/codes/off", off=PASSWORD).status_code == 303
    assert web_app.storage.people.get("mo").recovery_digests == ()
    assert acts(web_app)[-1] == ("mo", AuditAction.CODES_OFF)


def another(web_app: WebApp) -> SignedInClient:
    client = web_app.anonymous()
    client.post("/sign-in", data={"name": "mo", "password": PASSWORD}, headers={"User-Agent": "Phone/1.0"})
    return SignedInClient(client, csrf_of(client))


def test_sessions_are_listed_and_ended_one_by_one(web_app, mo):
    phone, tablet = another(web_app), another(web_app)
    text = mo.get("/account").text
    assert text.count("Another browser") == 2
    assert "Phone/1.0" in text
    digest = field(text, "session")
    assert mo.post_form("/account/sessions", session=digest).status_code == 303
    assert sorted(user.get("/account").status_code for user in (phone, tablet)) == [200, 401]
    assert mo.post_form("/account/sessions").status_code == 303
    assert {user.get("/account").status_code for user in (phone, tablet)} == {401}
    assert mo.get("/account").status_code == 200


def test_a_person_cannot_end_the_session_of_another(web_app, mo):
    al = web_app.signed_in("al", blog="owner")
    (digest,) = web_app.storage.people.sessions("al")
    assert mo.post_form("/account/sessions", session=digest).status_code == 404
    assert al.get("/account").status_code == 200


def test_a_new_password_ends_other_sessions_on_the_server(web_app, mo):
    another(web_app)
    new = "a new long password"
    assert mo.post_form("/account", current=PASSWORD, password=new, again=new).status_code == 303
    assert len(web_app.storage.people.sessions("mo")) == 1
    assert ("mo", AuditAction.PASSWORD) in acts(web_app)


def test_changes_of_an_account_need_the_csrf_token(web_app, mo):
    for path in ("/account/sessions", "/account/codes/begin", "/account/codes", "/account/codes/off"):
        assert mo.client.post(path, data={"current": PASSWORD, "off": PASSWORD}).status_code == 403
        elsewhere = {"Origin": "https://evil.example"}
        assert mo.client.post(path, data={"csrf": mo.csrf}, headers=elsewhere).status_code == 403
        assert mo.get(path).status_code == (200 if path == "/account/codes" else 405)
        assert web_app.anonymous().post(path).status_code == 401


def test_sign_ins_sign_outs_and_failures_are_audited_with_the_network(web_app, mo):
    client = web_app.anonymous()
    client.post("/sign-in", data={"name": "mo", "password": "wrong"})
    client.post("/sign-in", data={"name": "correct horse battery", "password": "mo"})
    phone = another(web_app)
    phone.post_form("/sign-out")
    entries = list(web_app.storage.audit.all(""))
    assert [(e.by, e.action) for e in entries] == [
        ("mo", AuditAction.LINK_USE),
        ("mo", AuditAction.SIGN_IN),
        ("mo", AuditAction.SIGN_IN_FAILED),
        ("", AuditAction.SIGN_IN_FAILED),  # a password typed into the wrong field is not stored
        ("mo", AuditAction.SIGN_IN),
        ("mo", AuditAction.SIGN_OUT),
    ]
    assert {e.origin for e in entries} == {Pseudonyms(SECRET).origin("127.0.0.1")}
    assert "correct horse" not in repr(entries)


def test_a_concurrent_change_of_an_account_is_not_overwritten(web_app, mo):
    """Of two concurrent changes the second one gets an error, and nothing is lost."""
    salt = field(mo.submit("/account/codes/begin").text, "salt")
    person = web_app.storage.people.get("mo")
    assert web_app.storage.people.compare_and_set(person, replace(person, roles={"blog": "viewer"}))
    assert not web_app.storage.people.compare_and_set(person, replace(person, totp_salt=salt))
    assert web_app.storage.people.get("mo").roles == {"blog": "viewer"}
