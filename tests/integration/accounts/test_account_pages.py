"""The account page: two-factor authentication, recovery codes and sessions."""

import re
from dataclasses import replace
from datetime import timedelta

from comments.audit import AuditAction
from comments.pseudonyms import Pseudonyms
from service.accounts import totp
from tests.support.builders import SECRET
from tests.support.desk import PASSWORD, Desk, Seat, csrf_of


def acts(desk: Desk) -> list[tuple[str, str]]:
    return [(e.by, e.action) for e in desk.storage.audit.all("")]


def field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return found[1]


def present_code(desk: Desk, salt: str, name: str = "mo") -> str:
    key = totp.secret(Pseudonyms(SECRET), name, salt)
    return totp.code_at_step(key, int(desk.clock().timestamp()) // totp.STEP_SECONDS)


def with_codes(desk: Desk, seat: Seat) -> list[str]:
    """Turn codes on; gives the recovery codes."""
    salt = field(seat.post_form("/account/codes/begin").text, "salt")
    page = seat.post_form("/account/codes", salt=salt, code=present_code(desk, salt), current=PASSWORD)
    assert page.status_code == 200
    desk.clock.pass_by(timedelta(seconds=totp.STEP_SECONDS))
    return [code.replace(" ", "") for code in re.findall(r"<li>([a-z0-9 ]+)</li>", page.text)]


def salt_of(desk: Desk) -> str:
    return desk.storage.people.get("mo").totp_salt


def password_step(desk: Desk):
    client = desk.stranger()
    page = client.post("/sign-in", data={"name": "mo", "password": PASSWORD, "next": "/review/blog"})
    assert page.status_code == 200
    assert "Code from your authenticator app" in page.text
    return client, field(page.text, "token")


def give(client, token: str, code: str):
    return client.post("/sign-in/code", data={"token": token, "code": code, "next": "/review/blog"})


def test_two_factor_is_on_only_after_entering_a_code(desk, mo):
    salt = field(mo.post_form("/account/codes/begin").text, "salt")
    wrong = mo.post_form("/account/codes", salt=salt, code="000000", current=PASSWORD)
    unproven = mo.post_form("/account/codes", salt=salt, code=present_code(desk, salt), current="wrong")
    assert {wrong.status_code, unproven.status_code} == {422}
    assert salt_of(desk) == ""
    assert len(with_codes(desk, mo)) == totp.RECOVERY_CODES
    assert salt_of(desk)
    assert ("mo", AuditAction.CODES_ON) in acts(desk)


def test_the_secret_is_not_stored(desk, mo):
    with_codes(desk, mo)
    person = desk.storage.people.get("mo")
    key = totp.secret(Pseudonyms(SECRET), "mo", person.totp_salt)
    assert key not in repr(person)
    assert totp.secret(Pseudonyms("another key of this deployment"), "mo", person.totp_salt) != key


def test_signing_in_asks_for_a_code_and_accepts_each_once(desk, mo):
    with_codes(desk, mo)
    client, token = password_step(desk)
    assert client.get("/account").status_code == 401
    assert give(client, token, "000000").status_code == 403
    code = present_code(desk, salt_of(desk))
    assert give(client, token, f"{code[:3]} {code[3:]}").location == "/review/blog"
    assert client.get("/account").status_code == 200
    again, token = password_step(desk)
    assert give(again, token, code).status_code == 403
    desk.clock.pass_by(timedelta(seconds=totp.STEP_SECONDS))
    assert give(again, token, present_code(desk, salt_of(desk))).status_code == 303


def test_the_token_of_the_first_step_is_no_sign_in_link(desk, mo):
    with_codes(desk, mo)
    client, token = password_step(desk)
    for path in (f"/link/{token}", f"/link/code:{token}", f"/link/code{token}"):
        assert client.post(path).status_code == 404
    assert client.get("/account").status_code == 401


def test_a_sign_in_link_asks_for_the_code_too(desk, mo):
    with_codes(desk, mo)
    client = desk.stranger()
    link = desk.link("mo")
    page = client.post(link)
    assert client.get("/account").status_code == 401
    assert give(client, field(page.text, "token"), present_code(desk, salt_of(desk))).status_code == 303


def test_a_recovery_code_works_once(desk, mo):
    recovery = with_codes(desk, mo)
    client, token = password_step(desk)
    assert give(client, token, recovery[0]).status_code == 303
    other, token = password_step(desk)
    assert give(other, token, recovery[0]).status_code == 403
    assert give(other, token, recovery[1].upper()).status_code == 303
    assert acts(desk).count(("mo", AuditAction.RECOVERY)) == 2


def test_guessing_codes_is_limited(desk, mo):
    with_codes(desk, mo)
    client, token = password_step(desk)
    answers = [give(client, token, "000000").status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert give(client, token, present_code(desk, salt_of(desk))).status_code == 429


def test_an_invented_token_of_the_first_step_is_refused(desk):
    assert give(desk.stranger(), "made up", "000000").status_code == 403


def test_turning_two_factor_off_asks_for_the_password(desk, mo):
    with_codes(desk, mo)
    assert mo.post_form("/account/codes/off", off="wrong").status_code == 422
    assert salt_of(desk)
    assert mo.post_form("/account/codes/off", off=PASSWORD).status_code == 303
    assert desk.storage.people.get("mo").recovery_digests == ()
    assert acts(desk)[-1] == ("mo", AuditAction.CODES_OFF)


def another(desk: Desk) -> Seat:
    client = desk.stranger()
    client.post("/sign-in", data={"name": "mo", "password": PASSWORD}, headers={"User-Agent": "Phone/1.0"})
    return Seat(client, csrf_of(client))


def test_sessions_are_listed_and_ended_one_by_one(desk, mo):
    phone, tablet = another(desk), another(desk)
    text = mo.get("/account").text
    assert text.count("Another browser") == 2
    assert "Phone/1.0" in text
    digest = field(text, "session")
    assert mo.post_form("/account/sessions", session=digest).status_code == 303
    assert sorted(seat.get("/account").status_code for seat in (phone, tablet)) == [200, 401]
    assert mo.post_form("/account/sessions").status_code == 303
    assert {seat.get("/account").status_code for seat in (phone, tablet)} == {401}
    assert mo.get("/account").status_code == 200


def test_a_person_cannot_end_the_session_of_another(desk, mo):
    al = desk.signed_in("al", blog="owner")
    (digest,) = desk.storage.people.sessions("al")
    assert mo.post_form("/account/sessions", session=digest).status_code == 404
    assert al.get("/account").status_code == 200


def test_a_new_password_ends_other_sessions_on_the_server(desk, mo):
    another(desk)
    new = "a new long password"
    assert mo.post_form("/account", current=PASSWORD, password=new, again=new).status_code == 303
    assert len(desk.storage.people.sessions("mo")) == 1
    assert ("mo", AuditAction.PASSWORD) in acts(desk)


def test_changes_of_an_account_need_the_csrf_token(desk, mo):
    for path in ("/account/sessions", "/account/codes/begin", "/account/codes", "/account/codes/off"):
        assert mo.client.post(path, data={"current": PASSWORD, "off": PASSWORD}).status_code == 403
        elsewhere = {"Origin": "https://evil.example"}
        assert mo.client.post(path, data={"csrf": mo.csrf}, headers=elsewhere).status_code == 403
        assert mo.get(path).status_code == 405
        assert desk.stranger().post(path).status_code == 401


def test_sign_ins_sign_outs_and_failures_are_audited_with_the_network(desk, mo):
    client = desk.stranger()
    client.post("/sign-in", data={"name": "mo", "password": "wrong"})
    client.post("/sign-in", data={"name": "correct horse battery", "password": "mo"})
    phone = another(desk)
    phone.post_form("/sign-out")
    entries = list(desk.storage.audit.all(""))
    assert [(e.by, e.action) for e in entries] == [
        ("mo", AuditAction.LINK_USE),
        ("mo", AuditAction.SIGN_IN),
        ("mo", AuditAction.SIGN_IN_FAILED),
        ("", AuditAction.SIGN_IN_FAILED),  # somebody's password in the wrong field is not kept
        ("mo", AuditAction.SIGN_IN),
        ("mo", AuditAction.SIGN_OUT),
    ]
    assert {e.origin for e in entries} == {Pseudonyms(SECRET).origin("127.0.0.1")}
    assert "correct horse" not in repr(entries)


def test_a_change_of_another_person_is_not_overwritten(desk, mo):
    """Two things change a person at once: the one who comes second is told, and nothing is lost."""
    salt = field(mo.post_form("/account/codes/begin").text, "salt")
    person = desk.storage.people.get("mo")
    assert desk.storage.people.compare_and_set(person, replace(person, roles={"blog": "viewer"}))
    assert not desk.storage.people.compare_and_set(person, replace(person, totp_salt=salt))
    assert desk.storage.people.get("mo").roles == {"blog": "viewer"}
