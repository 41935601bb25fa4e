"""Signing in and out: passwords, one-time links and the end of sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.errors import NotFound
from comments.pseudonyms import digest, token_digest
from comments.storage.redis import connect
from service.accounts.sessions import safe_path
from service.accounts.sign_in import PER_ACCOUNT, PER_ACCOUNT_ANYWHERE, PER_HOUSEHOLD, PER_NETWORK, WINDOW_SECONDS
from tests.support.builders import settings
from tests.support.stored import age
from tests.support.web_app import PASSWORD, open_web_app, sign_in


def cookie(answer) -> str:
    return answer.headers.get("Set-Cookie", "")


def test_a_password_signs_in_and_redirects(web_app):
    web_app.add_account("mo", blog="moderator")
    client = web_app.anonymous()
    answer = sign_in(client, next="/review/blog?status=spam")
    assert (answer.status_code, answer.location) == (303, "/review/blog?status=spam")
    assert client.get("/review").status_code == 200


def test_people_are_redirected_to_sign_in_and_programs_get_401(web_app):
    page = web_app.anonymous().get("/review/blog?status=spam", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (303, "/sign-in?next=/review/blog?status%3Dspam")
    message = web_app.anonymous().get("/v1/sites/blog/review/comments")
    assert (message.status_code, message.mimetype) == (401, "application/problem+json")


def test_a_wrong_password_an_unknown_name_and_one_without_password_get_the_same_answer(web_app):
    web_app.add_account("mo")
    web_app.add_account("new", password="")
    answers = [sign_in(web_app.anonymous(), name, "not the password") for name in ("mo", "nobody", "new")]
    assert {a.status_code for a in answers} == {403}
    pages = {a.text.replace(f'value="{name}"', "") for a, name in zip(answers, ("mo", "nobody", "new"), strict=True)}
    assert len(pages) == 1
    assert not any(cookie(a) for a in answers)


def test_an_empty_password_never_signs_in(web_app):
    web_app.add_account("new", password="")
    assert sign_in(web_app.anonymous(), "new", "").status_code == 403


def test_attempts_per_account_are_limited(web_app):
    web_app.add_account("mo")
    answers = [sign_in(web_app.anonymous(), "mo", "wrong") for _ in range(PER_ACCOUNT)]
    assert {a.status_code for a in answers} == {403}
    refused = sign_in(web_app.anonymous(), "mo", PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def sign_in_from(client, address, password=PASSWORD):
    data = {"name": "mo", "password": password}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address})


def test_wrong_tries_of_a_stranger_do_not_lock_the_owner_out(web_app):
    web_app.add_account("mo")
    stranger = [sign_in_from(web_app.anonymous(), "192.0.2.66", "wrong").status_code for _ in range(PER_ACCOUNT + 5)]
    assert stranger == [403] * PER_ACCOUNT + [429] * 5
    assert sign_in_from(web_app.anonymous(), "198.51.100.7").status_code == 303


def test_guessing_from_many_networks_is_limited_but_not_for_the_owner_s_browser(web_app):
    web_app.add_account("mo")
    owner = web_app.anonymous()
    assert sign_in_from(owner, "198.51.100.7").status_code == 303
    for _ in range(PER_ACCOUNT_ANYWHERE):
        web_app.storage.people.attempt(f"sign-in:account:{digest('mo')}", 2 * PER_ACCOUNT_ANYWHERE, WINDOW_SECONDS)
    assert sign_in_from(web_app.anonymous(), "203.0.113.5").status_code == 429
    assert sign_in_from(owner, "203.0.113.6").status_code == 303
    guesses = [sign_in_from(owner, f"203.0.{n}.1", "wrong").status_code for n in range(PER_ACCOUNT)]
    assert guesses[-1] == 429, "the browser of the owner may not guess without end"


def test_one_household_cannot_try_from_one_network_after_the_other(web_app):
    answers = [
        web_app.anonymous().post(
            "/sign-in",
            data={"name": f"name-{n}", "password": "wrong"},
            environ_base={"REMOTE_ADDR": f"2001:db8:0:{n:x}::1"},
        )
        for n in range(PER_HOUSEHOLD + 1)
    ]
    assert [answer.status_code for answer in answers] == [403] * PER_HOUSEHOLD + [429]


def test_attempts_per_network_are_limited(web_app):
    answers = [sign_in(web_app.anonymous(), f"name-{n}", "wrong").status_code for n in range(PER_NETWORK + 1)]
    assert answers == [403] * PER_NETWORK + [429]
    elsewhere = web_app.anonymous().post(
        "/sign-in", data={"name": "x", "password": "y"}, environ_base={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert elsewhere.status_code == 403


def test_the_cookie_is_bound_to_the_host_with_https(storage):
    web_app = open_web_app(storage, settings(public_url="https://comments.example"))
    web_app.add_account("mo")
    set_cookie = cookie(sign_in(web_app.anonymous()))
    assert set_cookie.startswith("__Host-replygate=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
    assert "Domain" not in set_cookie


def test_the_cookie_is_hidden_from_scripts_without_https_too(web_app):
    web_app.add_account("mo")
    set_cookie = cookie(sign_in(web_app.anonymous()))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))


def test_signing_in_ends_the_previous_session_of_the_browser(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    old = user.client.get_cookie("replygate").value
    sign_in(user.client)
    assert user.client.get_cookie("replygate").value != old
    stolen = web_app.anonymous()
    stolen.set_cookie("replygate", old)
    assert stolen.get("/account").status_code == 401


def test_an_invented_cookie_does_not_sign_in(web_app):
    client = web_app.anonymous()
    for value in ("", "x", "é", "a" * 4000, token_digest("x")):
        client.set_cookie("replygate", value)
        assert client.get("/account").status_code == 401


def test_the_stored_session_does_not_contain_the_cookie(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    token = user.client.get_cookie("replygate").value
    thief = web_app.anonymous()
    thief.set_cookie("replygate", token_digest(token))
    assert thief.get("/account").status_code == 401


def test_a_session_ends_twelve_hours_after_it_began_however_busy(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    web_app.clock.advance(timedelta(hours=12) - timedelta(seconds=1))
    assert user.get("/account").status_code == 200
    web_app.clock.advance(timedelta(seconds=1))
    assert user.get("/account").status_code == 401


def test_a_session_ends_after_thirty_idle_minutes(web_app, valkey_settings):
    user = web_app.signed_in("mo", blog="moderator")
    with connect(valkey_settings) as client:
        for _ in range(3):
            age(client, 29 * 60)
            assert user.get("/account").status_code == 200
        age(client, 31 * 60)
    assert user.get("/account").status_code == 401


def test_a_session_ends_with_its_password_even_if_it_was_not_deleted(web_app):
    """A password is also set on the command line, which may be interrupted before it deletes the sessions."""
    user = web_app.signed_in("mo", blog="moderator")
    person = web_app.storage.people.get("mo")
    web_app.storage.people.put(replace(person, password="another hash"))
    assert user.get("/account").status_code == 401
    web_app.storage.people.put(person)
    assert user.get("/account").status_code == 200


def test_a_session_of_one_person_is_of_no_use_to_another_with_the_same_password(web_app, valkey_settings):
    user = web_app.signed_in("mo", blog="moderator")
    web_app.add_account("op", operator=True)
    client = connect(valkey_settings)
    (key,) = client.keys("*session:*")
    client.set(key, client.get(key).replace(b'"mo"', b'"op"'), keepttl=True)
    assert b'"op"' in client.get(key)
    assert user.get("/account").status_code == 401


def test_signing_out_ends_the_session_on_the_server(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    token = user.client.get_cookie("replygate").value
    answer = user.post_form("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    kept = web_app.anonymous()
    kept.set_cookie("replygate", token)
    assert kept.get("/account").status_code == 401


def test_signing_out_needs_the_csrf_token(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    assert user.client.post("/sign-out").status_code == 403
    assert user.get("/sign-out").status_code == 405
    assert user.get("/account").status_code == 200


def test_opening_a_link_changes_nothing(web_app):
    web_app.add_account("mo")
    web_app.storage.people.put_link(token_digest("once"), "mo", 60)
    for _ in range(3):
        page = web_app.anonymous().get("/link/once")
        assert page.status_code == 200
        assert not cookie(page)
    assert web_app.anonymous().head("/link/once").status_code == 200
    assert web_app.anonymous().post("/link/once").status_code == 303


def test_a_link_signs_in_once(web_app):
    web_app.add_account("mo", blog="moderator")
    web_app.storage.people.put_link(token_digest("once"), "mo", 60)
    client = web_app.anonymous()
    assert client.post("/link/once").location == "/review"
    assert client.get("/review/blog").status_code == 200
    second = web_app.anonymous()
    assert second.post("/link/once").status_code == 404
    assert second.get("/account").status_code == 401
    assert "expired" in web_app.anonymous().get("/link/once").text


def test_an_unknown_link_looks_like_a_used_one(web_app):
    web_app.add_account("mo")
    web_app.storage.people.put_link(token_digest("once"), "mo", 60)
    web_app.anonymous().post("/link/once")
    used, never = web_app.anonymous().get("/link/once"), web_app.anonymous().get("/link/never")
    assert (used.status_code, used.text) == (never.status_code, never.text) == (404, used.text)


def test_a_page_of_another_site_cannot_sign_a_person_in(web_app):
    web_app.add_account("mo")
    web_app.storage.people.put_link(token_digest("once"), "mo", 60)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        client = web_app.anonymous()
        assert client.post("/link/once", headers=headers).status_code == 403
        answer = client.post("/sign-in", data={"name": "mo", "password": PASSWORD}, headers=headers)
        assert answer.status_code == 403
        assert not cookie(answer)
    assert web_app.storage.people.peek_link(token_digest("once")) == "mo"


def test_a_session_of_a_removed_person_has_ended(web_app):
    user = web_app.signed_in("mo", blog="moderator")

    class Gone:
        def __init__(self, people):
            self._people = people

        def __getattr__(self, name):
            return getattr(self._people, name)

        def get(self, name):
            raise NotFound(name)

    gone = open_web_app(replace(web_app.storage, people=Gone(web_app.storage.people)))
    client = gone.anonymous()
    client.set_cookie("replygate", user.client.get_cookie("replygate").value)
    assert client.get("/account").status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "",
        "review",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "/\u2028",
        " /review",
    ],
)
def test_signing_in_redirects_to_our_own_pages_only(web_app, path):
    with web_app.app.test_request_context():
        assert safe_path(path) == "/review"
    web_app.add_account("mo")
    assert sign_in(web_app.anonymous(), next=path).location == "/review"


def test_a_sign_in_link_leads_to_the_page_that_asked_for_it(web_app):
    web_app.add_account("mo", blog="moderator")
    client = web_app.anonymous()
    page = client.get("/review/blog/bulk?action=spam", headers={"Accept": "text/html"})
    client.get(page.location)
    web_app.storage.people.put_link(token_digest("t" * 32), "mo", 60)
    answer = client.post(f"/link/{'t' * 32}", headers={"Origin": "http://localhost"})
    assert (answer.status_code, answer.location) == (303, "/review/blog/bulk?action=spam")
