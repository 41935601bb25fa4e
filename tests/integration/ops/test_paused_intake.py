"""An operator refuses new comments everywhere: each way in says so in its own form, and reading goes on."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from comments.audit import CONSOLE, AuditAction
from comments.storage.interfaces import Storage
from comments.storage.pauses import EVERY_SITE, OperatorPause
from replygate.__main__ import cli
from service.web.intake import IntakeGate
from tests.integration.compat.test_coral_phase import SECRET as CORAL_SECRET
from tests.integration.compat.test_coral_phase import body_of, signature
from tests.support.akismet import BLOG, key_of, open_akismet
from tests.support.builders import NOW, SECRET, accepted, published
from tests.support.isso_site import ORIGIN, isso_blog, open_isso_site
from tests.support.operations import open_operated_app, scrape
from tests.support.perspective import open_perspective
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.web_app import audit_log

PAUSE = OperatorPause(NOW, "op")
THREAD = "/v1/sites/blog/comments?thread=first-post"


@pytest.fixture
def paused(storage: Storage) -> PublicApp:
    storage.intake_pauses.pause(EVERY_SITE, PAUSE)
    return open_public_app(storage, demo=False)


def is_refused(answer: TestResponse) -> bool:
    return (answer.status_code, answer.headers.get("Retry-After")) == (503, "60")


def test_json_is_refused_with_the_time_to_repeat_it(paused: PublicApp) -> None:
    answer = paused.client.post(SUBMIT, json=a_reply())
    assert is_refused(answer)
    assert answer.json["type"] == "urn:replygate:comments-paused"
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [("thread", "paused")]
    assert paused.storage.queue.depth("blog").queued == 0


def test_a_form_keeps_the_text_and_says_so_in_the_readers_language(paused: PublicApp) -> None:
    answer = paused.client.post(SUBMIT, data=a_reply(content="Typed once."), headers=HTML)
    assert is_refused(answer)
    assert "Comments are paused." in answer.text
    assert "Typed once." in answer.text
    german = paused.client.post(SUBMIT, data=a_reply(), headers=HTML | {"Accept-Language": "de"})
    assert "Kommentare sind vorübergehend nicht möglich." in german.text


def test_the_widget_shows_no_form(paused: PublicApp) -> None:
    form = paused.client.get("/v1/sites/blog/form?thread=first-post").json
    assert (form["closed"], form["paused"]) == (True, True)


def test_readers_see_the_comments_and_what_waits_is_judged(paused: PublicApp, storage: Storage) -> None:
    comment, waiting = published(storage), accepted(storage)
    assert comment.id in paused.client.get(THREAD).text
    assert [claim.id for claim in storage.queue.claim("blog", "token", 9, 10.0)] == [waiting.id]


def send_isso(storage: Storage, text: str) -> TestResponse:
    app = open_isso_site(storage, isso_blog()).app
    return app.test_client().post("/isso/blog/new?uri=/hello/", json={"text": text}, headers={"Origin": ORIGIN})


def send_akismet(storage: Storage, text: str) -> TestResponse:
    fields = {"api_key": key_of(), "blog": BLOG, "comment_content": text, "user_ip": "203.0.113.9"}
    return open_akismet(storage).client.post("/1.1/comment-check", data=fields)


def send_coral(storage: Storage, text: str) -> TestResponse:
    raw = body_of(text)
    headers = {"X-Coral-Signature": signature(raw), "Content-Type": "application/json"}
    client = open_perspective(storage, coral_keys=(CORAL_SECRET,)).client
    return client.post("/v1/sites/blog/coral", data=raw, headers=headers)


def send_google(storage: Storage, text: str) -> TestResponse:
    return open_perspective(storage).analyze(text)


def send_check(storage: Storage, text: str) -> TestResponse:
    server = open_perspective(storage)
    headers = {"Authorization": f"Bearer {server.key}"}
    return server.client.post("/v1/sites/blog/checks", json={"content": text}, headers=headers)


@pytest.mark.parametrize(
    ("send", "kind", "text"),
    [
        (send_isso, "application/json", '"message"'),
        (send_akismet, "text/plain", "Comments are paused"),
        (send_coral, "application/problem+json", "urn:replygate:comments-paused"),
        (send_google, "application/json", '"UNAVAILABLE"'),
        (send_check, "application/problem+json", "urn:replygate:comments-paused"),
    ],
)
def test_each_protocol_answers_in_its_own_form(
    send: Callable[[Storage, str], TestResponse], kind: str, text: str, storage: Storage
) -> None:
    assert send(storage, "Sent before the pause.").status_code in (200, 201, 202, 204)
    storage.intake_pauses.pause(EVERY_SITE, PAUSE)
    answer = send(storage, "Sent during the pause.")
    assert is_refused(answer)
    assert answer.mimetype == kind
    assert text in answer.text


def test_the_page_refuses_and_accepts_and_shows_it_everywhere(storage: Storage) -> None:
    web = open_operated_app(storage)
    operator = web.signed_in("op", operator=True)
    assert operator.post_form("/ops/judging/refuse", site=EVERY_SITE).status_code == 303
    assert storage.intake_pauses.all()[EVERY_SITE].by == "op"
    assert web.anonymous().post(SUBMIT, json=a_reply()).status_code == 503
    assert "New comments are refused on all sites" in operator.get("/ops/judging").text
    assert "New comments are refused on all sites since" in operator.get("/ops").text
    assert scrape(web)["replygate_paused", "intake", "*"] == 1
    operator.post_form("/ops/judging/accept", site=EVERY_SITE)
    assert storage.intake_pauses.all() == {}
    assert web.anonymous().post(SUBMIT, json=a_reply()).status_code == 202
    assert scrape(open_operated_app(storage))["replygate_paused", "intake", "*"] == 0, "without cached health"
    entries = [row for row in audit_log(web, "") if row[1].startswith("intake.")]
    assert entries == [("op", AuditAction.INTAKE_PAUSE, "all sites"), ("op", AuditAction.INTAKE_RESUME, "all sites")]


def test_one_site_can_be_paused_alone(storage: Storage) -> None:
    web = open_operated_app(storage)
    web.signed_in("op", operator=True).post_form("/ops/judging/refuse", site="blog")
    assert is_refused(web.anonymous().post(SUBMIT, json=a_reply()))
    assert set(storage.intake_pauses.all()) == {"blog"}


def test_the_command_does_the_same(storage: Storage, valkey_url: str) -> None:
    env = {"REPLYGATE_REDIS_URL": valkey_url, "REPLYGATE_SECRET_KEY": SECRET}
    assert CliRunner().invoke(cli, ["intake", "pause"], env=env).exit_code == 0
    assert storage.intake_pauses.all()[EVERY_SITE].by == CONSOLE
    status = CliRunner().invoke(cli, ["status"], env=env)
    assert "New comments are refused on all sites" in status.output
    assert CliRunner().invoke(cli, ["intake", "resume"], env=env).exit_code == 0
    assert storage.intake_pauses.all() == {}


def test_other_processes_see_a_pause_after_a_second(storage: Storage) -> None:
    time = [0.0]
    gate = IntakeGate(storage.intake_pauses, lambda: time[0])
    assert not gate.is_paused("blog")
    storage.intake_pauses.pause(EVERY_SITE, PAUSE)
    assert not gate.is_paused("blog")
    time[0] = 1.0
    assert gate.is_paused("blog")
