"""Health, figures and the ops page: closed to strangers, right in what they say, and without people in them."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from rq import Queue
from rq.registry import StartedJobRegistry

from comments.lifecycle import Action, Status
from comments.logs import Line
from comments.pseudonyms import Pseudonyms
from comments.queue import JUDGE, RQJobs
from comments.rq_figures import RQQueues
from comments.settings import Settings
from comments.storage import Delivery, Storage
from comments.storage.redis import connect, open_redis
from service import create_app
from service.deps import Deps
from tests.builders import NOW, SECRET, accepted, decided, moderated, published, settings
from tests.desk import Desk, JobsAsked, a_desk
from tests.integration.web import SUBMIT, a_reply

TOKEN = "a token for those who operate this"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
CLOSED = ("/metrics", "/ops/figures", "/ops", "/ops/deliveries")


def a_house(storage: Storage, **changes: object) -> Desk:
    """A web service whose operators have a token, and which has not looked at anything yet."""
    return a_desk(storage, settings(ops_token=TOKEN, **changes))


def say_alive(storage: Storage) -> None:
    for part in ("judge", "errands", "sweep"):
        storage.beats.beat(part, f"{part}-1", 60)


@pytest.fixture
def durable(valkey_settings: Settings) -> Iterator[Redis]:
    """The server as it shall be; what a test configures is put back."""
    client = connect(valkey_settings)
    before = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy")}
    client.config_set("appendfsync", "always")
    yield client
    for name, value in before.items():
        client.config_set(name, value)
    client.config_set("maxmemory", 0)
    client.close()


@pytest.fixture
def house(storage: Storage, durable: Redis) -> Desk:
    say_alive(storage)
    return a_house(storage)


def problems(storage: Storage) -> list[str]:
    """What the service says is wrong, to those who may know."""
    answer = a_house(storage).stranger().get("/readyz", headers=BEARER)
    assert answer.status_code == (503 if answer.json["problems"] else 200)
    assert answer.json["ready"] is not bool(answer.json["problems"])
    return answer.json["problems"]


def scrape(house: Desk) -> dict[tuple[str, ...], float]:
    """Every sample as (name, label values in order of their names) -> value, from text that Prometheus can read."""
    answer = house.stranger().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


# Strangers


def test_strangers_learn_that_it_is_alive_and_ready_and_no_more(house):
    assert house.stranger().get("/healthz").json == {"alive": True}
    assert house.stranger().get("/readyz").json == {"ready": True}


def test_strangers_do_not_learn_why_it_is_not_ready(storage):
    answer = a_house(storage).stranger().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})


@pytest.mark.parametrize("path", CLOSED)
def test_figures_are_closed_to_strangers(house, path):
    answer = house.stranger().get(path)
    assert answer.status_code == 401
    assert "replygate_" not in answer.text


@pytest.mark.parametrize("path", CLOSED)
def test_a_browser_is_led_to_the_sign_in_page(house, path):
    answer = house.stranger().get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", CLOSED)
def test_figures_are_closed_to_moderators_and_owners(house, path):
    assert house.signed_in("mo", blog="owner").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/ops/figures"])
@pytest.mark.parametrize(
    "given", ["Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
def test_a_wrong_token_opens_nothing(house, path, given):
    assert house.stranger().get(path, headers={"Authorization": given}).status_code == 404


@pytest.mark.parametrize("given", ["Bearer ", "Bearer", "bearer  ", ""])
def test_without_a_token_in_the_settings_no_token_is_right(memory, given):
    house = a_desk(memory, settings(ops_token=""))
    for path in ("/metrics", "/ops/figures"):
        assert house.stranger().get(path, headers={"Authorization": given}).status_code in (401, 404)
    assert house.stranger().get("/readyz", headers={"Authorization": given}).json == {"ready": False}


@pytest.mark.parametrize("path", CLOSED)
def test_operators_see_everything(house, path):
    assert house.signed_in("op", operator=True).get(path).status_code == 200


def test_operators_are_told_why_it_is_not_ready(memory):
    answer = a_house(memory).signed_in("op", operator=True).get("/readyz")
    assert len(answer.json["problems"]) == 2


# Ready


def test_a_well_kept_service_is_ready(storage, durable):
    say_alive(storage)
    assert problems(storage) == []


def test_it_says_that_nobody_judges_and_nobody_sweeps(storage, durable):
    no_judge, no_sweep = problems(storage)
    assert "No judge is running" in no_judge
    assert "sweep is not running" in no_sweep


def test_it_says_that_a_comment_waits_too_long(storage, durable):
    say_alive(storage)
    house = a_house(storage)
    house.clock.at = accepted(storage).received + timedelta(seconds=61)
    (sentence,) = house.stranger().get("/readyz", headers=BEARER).json["problems"]
    assert "has waited 61 s" in sentence


def test_it_says_that_the_server_throws_comments_away(redis_storage, durable):
    say_alive(redis_storage)
    durable.config_set("maxmemory", 1 << 30)
    durable.config_set("maxmemory-policy", "allkeys-lru")
    (sentence,) = problems(redis_storage)
    assert "maxmemory-policy is allkeys-lru" in sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("appendonly", "no", "appendonly is off"), ("appendfsync", "everysec", "appendfsync is not always")],
)
def test_a_server_that_forgets_in_a_power_cut_is_warned_of_and_used(redis_storage, durable, name, value, said):
    say_alive(redis_storage)
    durable.config_set(name, value)
    assert problems(redis_storage) == []
    client = a_house(redis_storage).signed_in("op", operator=True)
    assert said in client.get("/ops/figures").json["warnings"][0]
    assert said in client.get("/ops").text


def test_it_says_that_memory_runs_short(redis_storage, durable):
    say_alive(redis_storage)
    durable.config_set("maxmemory", int(durable.info()["used_memory"] * 1.2))
    (sentence,) = problems(redis_storage)
    assert "maxmemory" in sentence


def test_it_says_that_storage_is_away_and_stays_alive(tmp_path):
    away = open_redis(settings(redis_url=f"unix://{tmp_path}/none.sock"))
    deps = Deps(settings(ops_token=TOKEN), away, JobsAsked(), Pseudonyms(SECRET), lambda: NOW)
    client = create_app(deps).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz", headers=BEARER)
    assert answer.status_code == 503
    assert "Storage does not answer" in answer.json["problems"][0]
    client.set_cookie("replygate", "a session that cannot be looked up")
    assert client.get("/readyz").json == {"ready": False}
    assert "replygate_storage_up 0.0" in client.get("/metrics", headers=BEARER).text


def test_many_questions_are_one_look(memory):
    house = a_house(memory)
    assert house.stranger().get("/readyz").status_code == 503
    say_alive(memory)
    assert house.stranger().get("/readyz").status_code == 503  # the same look, a moment later


# Figures


def test_metrics_say_what_storage_knows(storage, durable):
    say_alive(storage)
    waiting = accepted(storage)
    accepted(storage, site="shop")
    moderated(storage, published(storage), Action.SPAM)
    decided(storage, accepted(storage), Action.HOLD)
    storage.deliveries.put("blog", "hook", [sent := Delivery("hook", "one", 1, Status.SPAM, "example.com", NOW, NOW)])
    storage.deliveries.settle("blog", sent, replace(sent, attempts=1))
    house = a_house(storage)
    house.clock.at = waiting.received + timedelta(seconds=7)
    figures = scrape(house)
    assert figures["replygate_accepted_total", "blog"] == 3
    assert figures["replygate_accepted_total", "shop"] == 1
    assert figures["replygate_decided_total", "held", "blog"] == 1
    assert figures["replygate_moderated_total", "blog", "spam"] == 1
    assert figures["replygate_queued", "blog"] == 1
    assert figures["replygate_oldest_queued_seconds", "blog"] == pytest.approx(7, abs=0.01)
    assert figures["replygate_decision_seconds_count", "blog"] == 2
    assert figures["replygate_decision_seconds_bucket", "+Inf", "shop"] == 0
    assert figures["replygate_webhook_pending", "blog"] == 1
    assert figures["replygate_webhook_deliveries_total", "retried", "blog"] == 1
    assert figures["replygate_parts_alive", "judge"] == 1
    assert figures["replygate_storage_up",] == 1
    assert ("replygate_redis_memory_bytes",) in figures


def test_requests_are_counted_by_what_they_are_not_by_what_they_name(house):
    client = house.stranger()
    one, two = "/v1/sites/blog/comments/one", "/v1/sites/blog/comments/two"
    for path in (one, two, "/nowhere", "/else?email=ada@example.org"):
        client.get(path)
    client.open("/healthz", method="BREW")
    figures = scrape(house)
    asked = {key[1:]: n for key, n in figures.items() if key[0] == "replygate_http_request_seconds_count"}
    assert asked["GET", "unmatched", "404"] == 2
    assert asked["GET", "/v1/sites/<site>/comments/<id>", "404"] == 2
    assert asked["OTHER", "unmatched", "405"] == 1


def test_all_web_processes_speak_for_each_other(memory, tmp_path):
    one, other = (a_house(memory, metrics_dir=tmp_path) for _ in range(2))
    for _ in range(3):
        one.stranger().get("/healthz")
        other.stranger().get("/healthz")
    for house in (one, other):
        assert scrape(house)["replygate_http_request_seconds_count", "GET", "/healthz", "200"] == 6


def test_rqs_figures_are_read_without_its_clean_up(redis_storage, durable, valkey_settings):
    connection = connect(valkey_settings)
    RQJobs(connection).ask(JUDGE, "blog", "token")
    abandoned = StartedJobRegistry(queue=Queue("judge", connection=connection, serializer="json"))
    connection.zadd(abandoned.key, {"long-gone": 1})
    house = a_house(redis_storage)
    deps = house.app.extensions["replygate"]
    app = create_app(replace(deps, queues=RQQueues(connection)))
    figures = scrape(replace(house, app=app))
    assert figures["replygate_rq_jobs", "judge", "queued"] == 1
    assert figures["replygate_rq_jobs", "judge", "started"] == 1
    assert figures["replygate_rq_workers", "judge"] == 0
    assert abandoned.get_job_count(cleanup=False) == 1
    assert not connection.keys("rq:clean_registries:*")


# The page


def test_the_page_says_in_words_how_it_is(house):
    page = house.signed_in("op", operator=True).get("/ops").text
    assert '<h1 id="headline">All is well</h1>' in page
    assert "<script>" not in page
    assert "style=" not in page


def test_the_page_says_what_is_wrong_and_what_to_do(memory):
    page = a_house(memory).signed_in("op", operator=True).get("/ops").text
    assert "2 things are wrong" in page
    assert "start `replygate work judge`" in page


def test_the_page_and_its_refreshing_show_the_same(house):
    op = house.signed_in("op", operator=True)
    page, figures = op.get("/ops").text, op.get("/ops/figures").json
    named = set(re.findall(r'data-figure="(\w+)"', page)) | set(re.findall(r'data-rows="(\w+)"', page))
    assert named <= figures.keys()
    assert [site["id"] for site in figures["sites"]] == ["blog", "shop"]


def test_every_page_of_it_carries_the_security_headers(house):
    for path in ("/healthz", "/readyz", *CLOSED):
        answer = house.signed_in("op", operator=True).get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


# Nobody's data


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Everything that is logged, as it is written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line("web"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_request_is_logged_by_route_status_and_time(house, lines):
    house.stranger().get("/v1/sites/blog/comments/some-comment?receipt=secret")
    (line,) = (json.loads(text) for text in lines.getvalue().splitlines() if '"answered"' in text)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/sites/<site>/comments/<id>", 404)
    assert line["site"] == "blog"
    assert line["ms"] >= 0
    assert "secret" not in lines.getvalue()


def test_no_person_gets_into_logs_or_figures(storage, durable, lines):
    house = a_house(storage, trusted_proxies=1)
    canaries = ("canary@example.org", "Canaria", "203.0.113.77", "2001:db8:77::7", "a canary sang", "CanaryAgent")
    email, author, address, address6, content, agent = canaries
    headers = {"X-Forwarded-For": address, "User-Agent": agent, "Referer": f"https://blog.example/{author}"}
    client = house.stranger()
    fields = a_reply(author=author, email=email, content=content)
    assert client.post(SUBMIT, json=fields, headers=headers).status_code == 202
    assert client.post(SUBMIT, data=fields | {"content": content * 2}, headers=headers).status_code in (202, 303)
    client.post(SUBMIT, json=fields | {"unknown": content}, headers=headers)
    client.post(SUBMIT, data=b'{"author": "' + author.encode(), content_type="application/json", headers=headers)
    client.post(f"/v1/sites/{email}/comments", json=fields, headers=headers)
    client.get(f"/nowhere/{author}?email={email}&ip={address6}", headers=headers)
    client.post("/sign-in", data={"name": author, "password": content}, headers=headers)
    said = lines.getvalue() + client.get("/metrics", headers=BEARER).text
    said += house.signed_in("op", operator=True).get("/ops").text
    assert "answered" in said
    assert [canary for canary in canaries if canary in said] == []
    assert all(json.loads(line) for line in lines.getvalue().splitlines())


def test_a_fault_is_logged_by_type_and_place_and_not_by_what_it_says(house, lines):
    def broken(name: str) -> str:
        raise ZeroDivisionError(name)

    house.app.add_url_rule("/broken/<name>", view_func=broken)
    assert house.stranger().get("/broken/Canaria").status_code == 500
    (line,) = (json.loads(text) for text in lines.getvalue().splitlines() if '"fault"' in text)
    assert (line["level"], line["route"]) == ("ERROR", "/broken/<name>")
    assert line["error"][0]["type"] == "ZeroDivisionError"
    assert line["error"][0]["at"][-1].endswith("broken")
    assert "Canaria" not in lines.getvalue()


@pytest.mark.parametrize("forged", ["%0a{%22level%22:%22FORGED%22}", "%1b[31m", "%E2%80%AE", "%00", "%ff"])
def test_an_address_cannot_forge_a_line(house, lines, forged):
    house.stranger().get(f"/v1/sites/{forged}/comments/{forged}")
    for line in lines.getvalue().splitlines():
        assert line.isascii()
        assert json.loads(line)["level"] != "FORGED"
