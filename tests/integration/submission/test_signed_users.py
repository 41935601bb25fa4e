"""Users whom the site signs in: tokens, the faults of tokens, and comments on every device."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, decided
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.user_tokens import user_claims, user_secret, user_token

OWN = "/v1/sites/blog/own-comments"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(user_keys=("k1",)), a_site(id="other", user_keys=("k1",)))


def submit(web: PublicApp, token: str, **fields: Any) -> TestResponse:
    body = {"thread": "first-post", "content": "Well said."} | fields
    return web.client.post(SUBMIT, json=body, headers={"Replygate-User": token})


def signed_comment(web: PublicApp, **claims: Any) -> Comment:
    answer = submit(web, user_token(**claims), content=f"Comment at {time.monotonic()}")
    assert answer.status_code == 202, answer.json
    return web.comment(answer.json["id"])


def codes(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.status
    return [(p["field"], p["code"]) for p in answer.json["problems"]]


def test_a_signed_user_needs_no_name_and_no_address(web: PublicApp) -> None:
    comment = signed_comment(web, avatar="https://blog.example/42.png")
    assert (comment.author, comment.email, comment.identity) == ("Grace Hopper", "", "")
    assert comment.user == web.pseudonyms.user("blog", "42")
    decided(web.storage, comment, Action.APPROVE)
    (shown,) = web.client.get(f"{SUBMIT}?thread=first-post").json["comments"]
    assert (shown["verified"], shown["role"], shown["avatar"]) == (True, "", "https://blog.example/42.png")


def test_the_token_gives_the_name_whatever_was_typed(web: PublicApp) -> None:
    answer = submit(web, user_token(email="grace@blog.example"), author="Somebody", email="other@example.org")
    comment = web.comment(answer.json["id"])
    assert (comment.author, comment.email) == ("Grace Hopper", "grace@blog.example")
    assert "grace" not in web.client.get(f"{SUBMIT}?thread=first-post").text


def test_an_unsigned_comment_is_not_verified(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, json=a_reply())
    decided(web.storage, web.comment(answer.json["id"]), Action.APPROVE)
    (shown,) = web.client.get(f"{SUBMIT}?thread=first-post").json["comments"]
    assert (shown["verified"], shown["role"], shown["avatar"]) == (False, "", "")


@pytest.mark.parametrize("field", ["verified", "role", "avatar", "user", "browser", "email_confirmed"])
def test_a_visitor_cannot_send_what_only_a_token_gives(web: PublicApp, field: str) -> None:
    assert [name for name, _ in codes(web.client.post(SUBMIT, json=a_reply() | {field: "staff"}))] == [field]


#: When this file was imported; the last of its tests may run many minutes later.
NOW = int(time.time())


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("expired", {"exp": NOW - 60, "iat": NOW - 600}),
        ("future", {"iat": NOW + 86_400}),
        ("future", {"nbf": NOW + 86_400}),
        ("lifetime", {"exp": NOW + 2 * 3600}),
        ("lifetime", {"exp": NOW + 3600, "iat": NOW - 2 * 3600}),
        ("site", {"aud": "other"}),
        ("site", {"aud": ["other", "third"]}),
        ("site", {"aud": ""}),
        ("site", {"aud": []}),
        ("claims", {"sub": "4\x002"}),
        ("claims", {"sub": None}),
        ("claims", {"sub": 42}),
        ("claims", {"sub": ""}),
        ("claims", {"exp": None}),
        ("claims", {"iat": None}),
        ("claims", {"exp": "tomorrow"}),
        ("claims", {"name": None}),
        ("claims", {"name": ["Ada"]}),
        ("claims", {"name": "\ud800"}),
        ("claims", {"sub": "\ud800"}),
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 300}),
        ("email", {"email": "no address"}),
        ("avatar", {"avatar": "http://blog.example/42.png"}),
        ("avatar", {"avatar": "javascript:alert(1)"}),
        ("avatar", {"avatar": "https://"}),
        *(
            ("avatar", {"avatar": f"https://{host}/a.png"})
            for host in (
                "127.0.0.1",
                "127.1",
                "0x7f.1",
                "192.168.1.1",
                "10.0.0.1",
                "169.254.1.1",
                "[::1]",
                "localhost",
                "nas.local.",
            )
        ),
        ("avatar", {"avatar": 'https://a.example/"onerror=alert(1)'}),
        ("avatar", {"avatar": f"https://a.example/{'x' * 500}"}),
        ("role", {"role": "owner"}),
    ],
)
def test_a_fault_of_the_token_is_reported_by_its_code(web: PublicApp, code: str, claims: dict[str, Any]) -> None:
    assert codes(submit(web, user_token(**claims))) == [("user_token", code)]
    assert web.storage.queue.depth("blog").queued == 0


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(algorithm: str) -> str:
    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(user_claims())}."


@pytest.mark.parametrize(
    ("code", "token"),
    [
        ("algorithm", unsigned("none")),
        ("algorithm", unsigned("None")),
        ("algorithm", unsigned("RS256") + "c2lnbmF0dXJl"),
        ("algorithm", unsigned("HS512") + "c2lnbmF0dXJl"),
        ("signature", user_token(site="other")),
        ("signature", user_token(key="k2")),
        ("signature", user_token()[:-4] + "AAAA"),
        ("malformed", "no token"),
        ("malformed", "a.b.c"),
        ("malformed", user_token() + "="),
        ("malformed", user_token(more="x" * 5000)),
    ],
)
def test_a_token_that_no_key_of_the_site_signed_is_refused(web: PublicApp, code: str, token: str) -> None:
    assert codes(submit(web, token)) == [("user_token", code)]


def signed_text(claims: str) -> str:
    """Sign claims as they are written."""
    return jwt.PyJWS().encode(claims.encode(), user_secret(), algorithm="HS256")


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("claims", '"role": "staff", "role": ""'),
        ("claims", '"sub": "43"'),
        ("claims", '"sub": "42"'),
        ("claims", '"\\u0073ub": "43"'),
        ("claims", '"other": {"a": 1, "a": 2}'),
        ("claims", '"\\ud800": 1, "\\ud800": 2'),
        ("malformed", '"other": '),
    ],
)
def test_a_claim_that_is_named_twice_is_refused(web: PublicApp, code: str, more: str) -> None:
    claims = json.dumps(user_claims())
    assert submit(web, signed_text(claims)).status_code == 202
    assert codes(submit(web, signed_text(f"{claims[:-1]}, {more}}}"))) == [("user_token", code)]


@pytest.mark.parametrize("text", ["[]", '"sub"', "null", "1", "", "\xff", "[" * 2000])
def test_signed_text_that_is_no_object_is_refused(web: PublicApp, text: str) -> None:
    assert codes(submit(web, signed_text(text))) == [("user_token", "malformed")]


def test_a_visitor_cannot_change_the_role_in_a_token(web: PublicApp) -> None:
    head, _, seal = user_token().split(".")
    assert codes(submit(web, f"{head}.{part(user_claims(role='staff'))}.{seal}")) == [("user_token", "signature")]


def test_every_other_problem_is_reported_with_that_of_the_token(web: PublicApp) -> None:
    found = codes(submit(web, user_token(exp=NOW - 60, iat=NOW - 90), content="", url="x y"))
    assert [field for field, _ in found] == ["user_token", "url", "content"]


def test_a_site_without_a_key_accepts_no_token(storage: Storage) -> None:
    web = open_public_app(storage)
    assert codes(submit(web, user_token())) == [("user_token", "off")]


def test_both_keys_are_valid_during_a_rotation(storage: Storage) -> None:
    web = open_public_app(storage, a_site(user_keys=("k2", "k1")))
    assert submit(web, user_token(key="k1")).status_code == 202
    assert submit(web, user_token(key="k2"), content="Again.").status_code == 202


@pytest.mark.parametrize(("allowed", "role"), [(False, ""), (True, "staff")])
def test_the_role_staff_counts_only_if_the_owner_allows_it(storage: Storage, allowed: bool, role: str) -> None:
    web = open_public_app(storage, a_site(user_keys=("k1",), staff_tokens=allowed))
    assert signed_comment(web, role="staff").role == role


def test_a_secret_of_the_site_is_in_no_stored_record(web: PublicApp) -> None:
    signed_comment(web)
    assert user_secret() not in str(web.storage.sites.get("blog"))


def test_a_form_sends_the_token_in_a_field(web: PublicApp) -> None:
    fields = {"thread": "first-post", "content": "By form.", "user_token": user_token()}
    answer = web.client.post(SUBMIT, data=fields, headers=HTML)
    assert answer.status_code == 303


def test_a_form_with_an_expired_token_is_shown_again_with_its_text(web: PublicApp) -> None:
    fields = {
        "thread": "first-post",
        "content": "A long thought.",
        "user_token": user_token(exp=NOW - 60, iat=NOW - 90),
    }
    answer = web.client.post(SUBMIT, data=fields, headers=HTML)
    assert answer.status_code == 422
    assert "A long thought." in answer.text
    assert "The sign-in has expired." in answer.text
    assert 'name="author"' in answer.text
    assert 'name="user_token"' not in answer.text
    assert web.storage.queue.depth("blog").queued == 0


def test_a_form_with_another_problem_keeps_the_user_signed_in(web: PublicApp) -> None:
    token = user_token()
    answer = web.client.post(SUBMIT, data={"thread": "first-post", "content": "", "user_token": token}, headers=HTML)
    assert answer.status_code == 422
    assert token in answer.text
    assert "Signed in as <bdi>Grace Hopper" in answer.text
    assert 'name="author"' not in answer.text


def test_pages_of_the_site_may_send_the_header(web: PublicApp) -> None:
    asked = {"Origin": "https://blog.example", "Access-Control-Request-Method": "POST"}
    allowed = web.client.options(SUBMIT, headers=asked).headers["Access-Control-Allow-Headers"]
    assert {"Replygate-User", "Replygate-Author"} <= set(allowed.split(", "))
    assert "Replygate-User" in web.client.options(OWN, headers=asked).headers["Access-Control-Allow-Headers"]


def test_a_user_sees_edits_and_withdraws_comments_from_another_device(web: PublicApp) -> None:
    comment = signed_comment(web)
    path, mine = f"{SUBMIT}/{comment.id}", {"Replygate-User": user_token(name="Grace H.")}
    assert web.client.get(path, headers=mine).json["status"] == "pending"
    assert web.client.patch(path, json={"content": "Better."}, headers=mine).status_code == 202
    assert web.comment(comment.id).content == "Better."
    assert web.client.delete(path, headers=mine).json["status"] == "withdrawn"


def test_another_user_and_a_user_of_another_site_do_not_see_them(web: PublicApp) -> None:
    comment = signed_comment(web)
    path = f"{SUBMIT}/{comment.id}"
    for other in (user_token(sub="43"), user_token(sub="")):
        for method in ("get", "delete"):
            answer = getattr(web.client, method)(path, headers={"Replygate-User": other})
            assert answer.status_code in (404, 422)
    theirs = {"Replygate-User": user_token(site="other")}
    assert web.client.get(path.replace("blog", "other"), headers=theirs).status_code == 404
    unsigned_comment = web.client.post(SUBMIT, json=a_reply(content="By a guest.")).json["id"]
    answer = web.client.get(f"{SUBMIT}/{unsigned_comment}", headers={"Replygate-User": user_token()})
    assert answer.status_code == 404


def test_a_bad_token_does_not_count_as_no_token(web: PublicApp) -> None:
    comment = signed_comment(web)
    headers = {"Replygate-User": "x", "Replygate-Receipt": web.pseudonyms.receipt("blog", comment.id)}
    assert codes(web.client.get(f"{SUBMIT}/{comment.id}", headers=headers)) == [("user_token", "malformed")]


def test_a_user_lists_own_comments_of_a_thread_in_every_status(web: PublicApp) -> None:
    first, second = signed_comment(web), signed_comment(web)
    signed_comment(web, sub="43")
    submit(web, user_token(), thread="other-post")
    decided(web.storage, first, Action.HOLD)
    decided(web.storage, second, Action.APPROVE)
    answer = web.client.get(f"{OWN}?thread=first-post", headers={"Replygate-User": user_token()})
    assert answer.headers["Cache-Control"] == "no-store"
    listed = {c["id"]: c["status"] for c in answer.json["comments"]}
    assert listed == {first.id: "pending", second.id: "published"}
    assert len(web.client.get(OWN, headers={"Replygate-User": user_token()}).json["comments"]) == 3


def test_the_list_needs_a_token(web: PublicApp) -> None:
    assert codes(web.client.get(OWN)) == [("user_token", "required")]
