"""POST /v1/sites/{site}/comments."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.job_queue import JUDGE
from comments.lifecycle import Action
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, decided, published
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app

KEY = "rgk_k1_" + "s" * 40
KEYED = {"Authorization": f"Bearer {KEY}"}
SITE = a_site(keys=(SiteKey("k1", token_digest(KEY)),))


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE, a_site(id="other"))


def fields(answer: object) -> dict[str, str]:
    """Return the code of each field's problem in a response 422."""
    assert answer.status_code == 422, answer.text  # type: ignore[attr-defined]
    assert answer.mimetype == "application/problem+json"  # type: ignore[attr-defined]
    return {problem["field"]: problem["code"] for problem in answer.json["problems"]}  # type: ignore[attr-defined]


def test_a_comment_is_stored_before_it_is_acknowledged(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(author=" Ada <b> ", url="https://ada.example", parent=""))
    assert answer.status_code == 202
    kept = web.comment(answer.json["id"])
    assert (kept.thread, kept.author, kept.email, kept.content) == (
        "first-post",
        "Ada <b>",
        "ada@example.org",
        "Well said.",
    )
    assert kept.origin == web.pseudonyms.origin("127.0.0.1")
    assert answer.json["status"] == "pending"
    assert datetime.fromisoformat(answer.json["received"]) == kept.received
    assert answer.json["receipt"] == web.pseudonyms.receipt("blog", kept.id)
    assert answer.headers["Location"] == answer.json["status_url"] == f"{SUBMIT}/{kept.id}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [job[:2] for job in web.jobs.jobs] == [(JUDGE, "blog")]


def test_urlencoded_and_multipart_forms_are_accepted(web: PublicApp) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        answer = web.client.post(SUBMIT, data=a_reply(content=f"Ünï via {kind}"), content_type=kind)
        assert answer.status_code == 202, answer.text
        assert web.comment(answer.json["id"]).content == f"Ünï via {kind}"


def test_wordpress_field_names_are_accepted(web: PublicApp) -> None:
    sent = {"comment_post_ID": "12", "comment_parent": "0", "comment": "Hi", "submit": "Post Comment"}
    answer = web.client.post(SUBMIT, data=sent | {"author": "Ada", "email": "ada@example.org", "url": ""})
    kept = web.comment(answer.json["id"])
    assert (kept.thread, kept.parent, kept.content) == ("12", "", "Hi")


def test_wordpress_names_are_unknown_in_json(web: PublicApp) -> None:
    assert fields(web.client.post(SUBMIT, json=a_reply(comment="Hi"))) == {"comment": "unknown"}


def test_the_honeypot_is_stored_for_the_filters(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(website="http://spam.example"))
    assert web.comment(answer.json["id"]).trap == "http://spam.example"
    assert fields(web.client.post(SUBMIT, json=a_reply(trap="x"))) == {"trap": "unknown"}


def test_every_problem_is_reported_at_once(web: PublicApp) -> None:
    sent = {"thread": "", "email": "nobody", "url": "javascript:alert(1)", "content": 5, "colour": "red"}
    assert fields(web.client.post(SUBMIT, json=sent)) == {
        "thread": "required",
        "author": "required",
        "email": "email",
        "url": "url",
        "content": "string_type",
        "colour": "unknown",
    }
    assert web.storage.queue.depth("blog").queued == 0


@pytest.mark.parametrize("name", ["id", "status", "site", "version", "received", "origin", "decisions", "score"])
def test_fields_set_by_the_server_are_refused(web: PublicApp, name: str) -> None:
    assert fields(web.client.post(SUBMIT, json=a_reply() | {name: "approved"})) == {name: "read-only"}


def test_only_the_sites_server_may_send_the_visitors_address(web: PublicApp) -> None:
    visitor = {"ip": "203.0.113.9", "user_agent": "Browser/1", "referrer": "https://blog.example/"}
    assert fields(web.client.post(SUBMIT, json=a_reply(**visitor))) == dict.fromkeys(visitor, "key-needed")
    answer = web.client.post(SUBMIT, json=a_reply(**visitor), headers=KEYED)
    kept = web.comment(answer.json["id"])
    assert (kept.origin, kept.user_agent) == (web.pseudonyms.origin("203.0.113.9"), "Browser/1")
    assert kept.referrer == "https://blog.example/"
    assert fields(web.client.post(SUBMIT, json=a_reply(ip="1.2.3"), headers=KEYED)) == {"ip": "ip"}


def test_the_servers_address_is_not_used_as_the_origin(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(), headers=KEYED)
    assert web.comment(answer.json["id"]).origin == ""


@pytest.mark.parametrize(
    "given",
    ["Bearer rgk_k1_wrong", f"Bearer {KEY}x", f"Basic {KEY}", "Bearer", "Bearer rgk_", "Bearer rgk_k1_", "Bearer \xff"],
)
def test_a_wrong_key_is_refused(web: PublicApp, given: str) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(), headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_key_of_a_site_is_valid_and_belongs_to_its_own_id(storage: Storage) -> None:
    other = "rgk_k2_" + "t" * 40
    web = open_public_app(storage, a_site(keys=(*SITE.keys, SiteKey("k2", token_digest(other)))))
    mixed = (KEY.replace("k1", "k2"), other.replace("k2", "k1"), other.replace("k2", "k3"))
    for key, status in ((KEY, 202), (other, 202), *((key, 401) for key in mixed)):
        answer = web.client.post(SUBMIT, json=a_reply(content=key), headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, key


def test_a_key_is_valid_for_its_own_site_only(web: PublicApp) -> None:
    answer = web.client.post("/v1/sites/other/comments", json=a_reply(), headers=KEYED)
    assert answer.status_code == 401


@pytest.mark.parametrize("site", ["nobody", "BLOG", "blog%00", "x" * 41, "a%2Fb"])
def test_a_missing_site_accepts_no_comments(web: PublicApp, site: str) -> None:
    assert web.client.post(f"/v1/sites/{site}/comments", json=a_reply()).status_code == 404


def test_a_second_click_is_the_same_comment(web: PublicApp) -> None:
    first = web.client.post(SUBMIT, json=a_reply())
    second = web.client.post(SUBMIT, json=a_reply())
    assert second.status_code == 202
    assert second.json == first.json
    assert second.headers["Replygate-Repeat"] == "true"
    assert "Replygate-Repeat" not in first.headers
    assert web.storage.queue.depth("blog").queued == 1


def test_an_idempotency_key_makes_a_repeat_safe(web: PublicApp) -> None:
    keyed = {"Idempotency-Key": "a1b2-c3"}
    first = web.client.post(SUBMIT, json=a_reply(), headers=keyed)
    assert web.client.post(SUBMIT, json=a_reply(), headers=keyed).json == first.json
    other = web.client.post(SUBMIT, json=a_reply(content="Something else"), headers=keyed)
    assert other.status_code == 422
    assert other.json["type"] == "urn:replygate:key-reused"


def test_a_repeat_with_the_key_from_another_network_gets_the_same_answer(web: PublicApp) -> None:
    keyed = {"Idempotency-Key": "sent-on-the-way"}
    sent = [
        web.client.post(SUBMIT, json=a_reply(), headers=keyed, environ_overrides={"REMOTE_ADDR": address})
        for address in ("192.0.2.1", "198.51.100.7", "2001:db8::1")
    ]
    assert [answer.status_code for answer in sent] == [202] * 3
    assert sent[0].json == sent[1].json == sent[2].json
    assert web.client.post(SUBMIT, json=a_reply(content="Other text."), headers=keyed).status_code == 422


def test_without_a_key_two_networks_never_share_a_receipt(web: PublicApp) -> None:
    first, second = (
        web.client.post(SUBMIT, json=a_reply(), environ_overrides={"REMOTE_ADDR": address}).json or {}
        for address in ("192.0.2.1", "198.51.100.7")
    )
    assert first["id"] != second["id"]
    assert first["receipt"] != second["receipt"]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_a_malformed_idempotency_key_is_refused(web: PublicApp, key: str) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(), headers={"Idempotency-Key": key})
    assert fields(answer) == {"Idempotency-Key": "format"}


def test_replies_to_unpublished_comments_are_refused(web: PublicApp) -> None:
    shown = published(web.storage)
    assert web.client.post(SUBMIT, json=a_reply(parent=shown.id)).status_code == 202
    hidden = accepted(web.storage)
    assert "parent" in fields(web.client.post(SUBMIT, json=a_reply(parent=hidden.id, content="No")))
    assert fields(web.client.post(SUBMIT, json=a_reply(parent="0"))) == {"parent": "parent"}


def test_a_closed_thread_refuses_comments(web: PublicApp) -> None:
    web.storage.threads.set_closed("blog", "first-post", True)
    assert "thread" in fields(web.client.post(SUBMIT, json=a_reply()))


def test_submissions_of_an_origin_are_rate_limited(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, per_minute=2))
    answers = [web.client.post(SUBMIT, json=a_reply(content=f"Number {n}")) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


def test_the_bytes_of_an_origin_are_limited_without_a_rate_limit(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, per_minute=0, megabytes_per_hour=1))
    long = {"content": "語" * 10_000}
    answers = [web.client.post(SUBMIT, json=a_reply(author=f"Ada {n}", **long)) for n in range(34)]
    assert [answer.status_code for answer in answers] == [202] * 33 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3600


def test_one_after_the_other_of_a_subscriber_s_networks_is_rate_limited(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, per_minute=2))

    def sent_from(address: str) -> int:
        answer = web.client.post(SUBMIT, json=a_reply(content=address), environ_overrides={"REMOTE_ADDR": address})
        return answer.status_code

    assert [sent_from(f"2001:db8:0:{n:x}::1") for n in range(5)] == [202] * 4 + [429]
    assert [sent_from(f"2001:db8:0:{n:x}00::1") for n in range(1, 6)] == [202] * 4 + [429]
    assert sent_from("2001:db8:1::1") == 202
    assert sent_from("192.0.2.1") == 202


def test_a_full_site_answers_503_with_retry_after(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, max_pending=1))
    answers = [web.client.post(SUBMIT, json=a_reply(content=f"Number {n}")) for n in range(2)]
    assert [answer.status_code for answer in answers] == [202, 503]
    assert int(answers[1].headers["Retry-After"]) >= 1


def test_forwarded_addresses_count_only_from_trusted_proxies(storage: Storage) -> None:
    forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.5"}
    plain = open_public_app(storage, SITE).client.post(SUBMIT, json=a_reply(), headers=forwarded)
    behind = open_public_app(storage, SITE, trusted_proxies=1)
    proxied = behind.client.post(SUBMIT, json=a_reply(content="Proxied"), headers=forwarded)
    assert behind.comment(plain.json["id"]).origin == behind.pseudonyms.origin("127.0.0.1")
    assert behind.comment(proxied.json["id"]).origin == behind.pseudonyms.origin("203.0.113.5")


def test_a_waiting_request_gets_the_decision(web: PublicApp) -> None:
    first = web.client.post(SUBMIT, json=a_reply())
    decided(web.storage, web.comment(first.json["id"]), Action.APPROVE)
    again = web.client.post(SUBMIT, json=a_reply(), headers={"Prefer": "respond-async, wait=5"})
    assert again.json["status"] == "published"


def test_waiting_ends_with_pending_without_a_judge(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(), headers={"Prefer": "wait=1"})
    assert answer.status_code == 202
    assert answer.json["status"] == "pending"
    assert answer.headers["Preference-Applied"] == "wait=1"


def test_a_process_with_one_thread_never_waits(storage: Storage) -> None:
    web = open_public_app(storage, SITE, web_threads=1)
    answer = web.client.post(SUBMIT, json=a_reply(), headers={"Prefer": "wait=10"})
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_other_methods_are_not_allowed(web: PublicApp) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = web.client.open(SUBMIT, method=method)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]


def test_times_are_utc(web: PublicApp) -> None:
    received = datetime.fromisoformat(web.client.post(SUBMIT, json=a_reply()).json["received"])
    assert received.tzinfo == UTC
