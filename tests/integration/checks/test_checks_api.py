"""The API for checks: a verdict about a comment that is kept elsewhere, and feedback about it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from comments.lifecycle import Status
from comments.pseudonyms import token_digest
from comments.settings import Settings
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from replygate.commands.rebuild_command import recount, relearn, teaching_comments
from tests.support.builders import a_site, settings
from tests.support.public_app import PublicApp, open_public_app
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge, learn
from workers.judging.policy import build_policy

KEY, CHECK_KEY = "rgk_k1_" + "s" * 40, "rgk_k2_" + "t" * 40
KEYED = {"Authorization": f"Bearer {KEY}", "Prefer": "wait=0"}
CHECKS = "/v1/sites/blog/checks"
ADVERT = "Buy cheap watches and pills online, visit http://pills.example/buy and http://loans.example/fast now!"
HOSTILE: list[Any] = [
    {}, {"content": ""}, {"content": "\u200b"}, {"content": 7}, {"content": "a", "unknown": "x"},
    {"content": "a", "ip": "localhost"}, {"content": "a", "sent": "yesterday"}, {"content": "a", "sent": "9999-99-99"},
    {"content": "a", "sent": "0001-01-01T00:00+10:00"},
    {"content": "a", "role": "admin"}, {"content": "a", "form_seconds": "3"}, {"content": "a" * 60_000}, [], "text",
    {"content": "a", "email": "e" * 101}, {"content": "a", "trap": None},
]  # fmt: skip


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    keys = (SiteKey("k1", token_digest(KEY)), SiteKey("k2", token_digest(CHECK_KEY), only_checks=True))
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    return open_public_app(storage, a_site(keys=keys, moderation="all"))


def check(web: PublicApp, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    sent = {"content": "I liked the part about the tide.", "author": "Ada", **fields}
    return web.client.post(CHECKS, json=sent, headers=KEYED | (headers or {}))


def checked(web: PublicApp, **fields: Any) -> dict[str, Any]:
    """Ask for a check, let a judge work, and return the result."""
    asked = check(web, **fields)
    assert asked.status_code == 202, asked.text
    judge("blog", "token")
    result: dict[str, Any] = web.client.get(asked.headers["Location"], headers=KEYED).json
    return result


def feedback(web: PublicApp, id: str, label: str) -> int:
    sent = web.client.post(f"{CHECKS}/{id}/feedback", json={"label": label}, headers=KEYED)
    learn("blog", "")
    return sent.status_code


def test_the_address_of_a_check_has_the_public_path(web: PublicApp) -> None:
    app = open_public_app(web.storage, web.storage.sites.get("blog"), public_url="https://blog.example/replies")
    asked = app.client.post(f"/replies{CHECKS}", json={"content": "Hello."}, headers=KEYED)
    assert asked.headers["Location"] == f"/replies{CHECKS}/{asked.json['id']}"
    assert app.client.get(asked.headers["Location"], headers=KEYED).status_code == 200


def test_a_verdict_comes_with_its_reasons(web: PublicApp) -> None:
    harmless = checked(web)
    assert (harmless["status"], harmless["verdict"], harmless["feedback"]) == ("answered", "ham", "")
    advert = checked(web, content=ADVERT, trap="http://x.example", form_seconds=0, email="not an address")
    assert advert["verdict"] == "unsure"
    assert advert["probability"] > harmless["probability"]
    assert {"trap.filled", "form.too-fast"} <= {reason["name"] for reason in advert["reasons"]}
    assert all(reason["title"] and reason["sentence"] for reason in advert["reasons"])
    assert advert["counterfactual"].startswith("Would be published if ")
    assert advert["points"] >= advert["unsure_at"]


def test_a_request_waits_for_the_verdict(web: PublicApp) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            judge("blog", "token")

    judging = threading.Thread(target=work)
    judging.start()
    try:
        answer = check(web, {"Prefer": "wait=10"})
        assert (answer.status_code, answer.json["verdict"]) == (200, "ham")
    finally:
        done.set()
        judging.join()


def test_nothing_enters_the_comments_of_the_site(web: PublicApp) -> None:
    checked(web, thread="https://blog.example/tide")
    counters = web.storage.comments.counters("blog")
    assert (counters.accepted, counters.attempts, set(counters.current.values())) == (0, 0, {0})
    assert web.storage.outbox.length("blog") == 0
    assert web.storage.threads.counts("blog", ["https://blog.example/tide"]) == [0]


def test_windows_count_a_check_only_if_it_asks_for_that(web: PublicApp) -> None:
    def copies(counts: bool) -> list[str]:
        text = f"The same text about the tide, {counts}"
        return [checked(web, content=text, counts=counts)["verdict"] for _ in range(4)]

    assert set(copies(False)) == {"ham"}
    assert copies(True)[-1] == "unsure"


@pytest.mark.parametrize("body", HOSTILE)
def test_a_body_that_cannot_be_judged_is_refused_with_problem_details(web: PublicApp, body: Any) -> None:
    answer = web.client.post(CHECKS, json=body, headers=KEYED)
    assert answer.status_code in (400, 422), answer.text
    assert answer.mimetype == "application/problem+json"
    assert web.storage.checks.waiting("blog") == 0


def test_malformed_identities_are_judged_and_not_refused(web: PublicApp) -> None:
    identity = {"email": "spam@", "url": "javascript:alert(1)", "parent": "../../x", "thread": "\x07a", "user": "\x07"}
    assert checked(web, **identity)["status"] == "answered"


def test_only_keys_of_the_site_check_and_a_key_for_checks_does_nothing_else(web: PublicApp) -> None:
    for headers in ({}, {"Authorization": "Bearer rgk_k1_wrong"}):
        assert web.client.post(CHECKS, json={"content": "a"}, headers=headers).status_code == 401
        assert web.client.get(f"{CHECKS}/chk_x", headers=headers).status_code == 401
        assert web.client.post(f"{CHECKS}/chk_x/feedback", json={"label": "ham"}, headers=headers).status_code == 401
    only_checks = {"Authorization": f"Bearer {CHECK_KEY}"}
    assert check(web, only_checks).status_code == 202
    thread = "/v1/sites/blog/threads/post-12"
    assert web.client.put(thread, json={"closed": True}, headers=only_checks).status_code == 401
    assert web.client.put(thread, json={"closed": True}, headers=KEYED).status_code == 200


def test_a_repeat_with_an_idempotency_key_is_one_check(web: PublicApp) -> None:
    first, second = (check(web, {"Idempotency-Key": "one"}).json["id"] for _ in range(2))
    assert first == second
    assert check(web, {"Idempotency-Key": "one"}, content="Another text").status_code == 422
    assert check(web, {"Idempotency-Key": "\x7f"}).status_code == 422


def test_an_unknown_check_is_not_found(web: PublicApp) -> None:
    for id in ("chk_unknown", "x", "chk_" + "a" * 26):
        assert web.client.get(f"{CHECKS}/{id}", headers=KEYED).status_code == 404
        assert feedback(web, id, "spam") == 404


def test_a_program_has_a_limit(storage: Storage, web: PublicApp) -> None:
    storage.sites.put(a_site(keys=(SiteKey("k1", token_digest(KEY)),), checks_per_minute=2))
    web = open_public_app(storage, storage.sites.get("blog"))
    assert [check(web).status_code for _ in range(3)] == [202, 202, 429]


def test_many_waiting_checks_take_one_job(web: PublicApp) -> None:
    for _ in range(50):
        check(web)
    assert len(web.jobs.jobs) == 1
    judge("blog", "token")
    assert web.storage.checks.waiting("blog") == 0


def totals(web: PublicApp) -> tuple[int, int]:
    return web.storage.corpus.totals("blog")


def test_feedback_teaches_once_is_replaced_and_taken_back(web: PublicApp) -> None:
    before = web.storage.corpus.snapshot("blog")
    id = checked(web)["id"]
    assert [feedback(web, id, "spam") for _ in range(3)] == [200] * 3
    assert totals(web) == (0, 1)
    assert web.client.get(f"{CHECKS}/{id}", headers=KEYED).json["feedback"] == "spam"
    assert (feedback(web, id, "ham"), totals(web)) == (200, (1, 0))
    assert web.client.delete(f"{CHECKS}/{id}/feedback", headers=KEYED).status_code == 204
    learn("blog", "")
    assert web.storage.corpus.snapshot("blog") == before


def test_lessons_of_a_campaign_are_limited_as_for_moderators(web: PublicApp) -> None:
    ids = [checked(web, content=ADVERT, author=f"A{n}")["id"] for n in range(8)]
    for id in ids:
        feedback(web, id, "spam")
    assert totals(web) == (0, 5)


def test_feedback_counts_for_the_author(web: PublicApp) -> None:
    feedback(web, checked(web, email="ada@mail.example", user="42")["id"], "ham")
    assert "author.known" in {reason["name"] for reason in checked(web, user="42", email="ada@mail.example")["reasons"]}


def test_a_lesson_survives_its_check_and_a_rebuild(web: PublicApp, valkey_settings: Settings) -> None:
    id = checked(web)["id"]
    feedback(web, id, "spam")
    connect(valkey_settings).delete(f"rg:{{blog}}:check:{id}")
    wanted = recount(teaching_comments(web.storage, "blog"))
    assert web.storage.corpus.snapshot("blog") == wanted
    relearn(web.storage, ["blog"])
    assert (web.storage.corpus.snapshot("blog"), wanted.spam) == (wanted, 1)
    assert (feedback(web, id, "ham"), totals(web)) == (200, (1, 0))


@pytest.fixture(autouse=True)
def no_comment(storage: Storage) -> Iterator[None]:
    yield
    assert not storage.comments.by_status("blog", Status.APPROVED, 10).rows


def test_a_refusal_lists_the_problems_of_all_fields_in_plain_words(web: PublicApp) -> None:
    answer = check(web, role="admin", sent="yesterday", ip="localhost", email="e" * 101, unknown=1)
    assert answer.status_code == 422
    found = {error["field"]: error["message"] for error in answer.json["problems"]}
    assert {*found} == {"role", "sent", "ip", "email", "unknown"}
    assert found["role"] == "must be empty or 'staff'"
    assert [error["field"] for error in check(web, content=7, author="").json["problems"]] == ["content"]
    assert check(web, content="", author="").json["problems"] == [
        {"field": "content", "code": "required", "message": "is required: there is nothing to judge"}
    ]


@pytest.mark.parametrize("sent", ["9998-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_an_impossible_time_is_noted(web: PublicApp, sent: str) -> None:
    assert check(web, sent=sent).headers["Replygate-Note"].startswith("sent is not a possible time")
    assert "Replygate-Note" not in check(web, sent="2020-05-01T00:00:00Z").headers
