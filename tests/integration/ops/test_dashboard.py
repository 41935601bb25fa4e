"""Metrics and logs: correct figures without personal data."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rq import Queue
from rq.registry import StartedJobRegistry

from comments.job_queue import JUDGE, RQJobs
from comments.lifecycle import Action, Status
from comments.logs import JSONFormatter
from comments.rq_stats import RQStatsReader
from comments.storage.deliveries import Delivery
from comments.storage.redis import connect
from service import create_app
from tests.support.builders import NOW, accepted, decided, moderated, published
from tests.support.deliveries import finish
from tests.support.operations import BEARER, open_operated_app, scrape, send_heartbeats
from tests.support.public_app import SUBMIT, a_reply


def test_metrics_show_the_figures_of_storage(storage, durable):
    send_heartbeats(storage)
    waiting = accepted(storage)
    accepted(storage, site="shop")
    moderated(storage, published(storage), Action.SPAM)
    decided(storage, accepted(storage), Action.HOLD)
    storage.deliveries.enqueue(
        "blog", "hook", [sent := Delivery("hook", "one", 1, Status.SPAM, "example.com", NOW, NOW)]
    )
    finish(storage, sent, replace(sent, attempts=1))
    operated_app = open_operated_app(storage)
    operated_app.clock.at = waiting.received + timedelta(seconds=7)
    figures = scrape(operated_app)
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


def test_requests_are_counted_by_route_not_by_url(operated_app):
    client = operated_app.anonymous()
    one, two = "/v1/sites/blog/comments/one", "/v1/sites/blog/comments/two"
    for path in (one, two, "/nowhere", "/else?email=ada@example.org"):
        client.get(path)
    client.open("/healthz", method="BREW")
    figures = scrape(operated_app)
    asked = {key[1:]: n for key, n in figures.items() if key[0] == "replygate_http_request_seconds_count"}
    assert asked["GET", "unmatched", "404"] == 2
    assert asked["GET", "/v1/sites/<site>/comments/<id>", "404"] == 2
    assert asked["OTHER", "unmatched", "405"] == 1


def test_each_web_process_reports_the_requests_of_all(storage, tmp_path):
    one, other = (open_operated_app(storage, metrics_dir=tmp_path) for _ in range(2))
    for _ in range(3):
        one.anonymous().get("/healthz")
        other.anonymous().get("/healthz")
    for operated_app in (one, other):
        assert scrape(operated_app)["replygate_http_request_seconds_count", "GET", "/healthz", "200"] == 6


def test_rq_statistics_are_read_without_cleaning_up(redis_storage, durable, valkey_settings):
    connection = connect(valkey_settings)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    abandoned = StartedJobRegistry(queue=Queue("judge", connection=connection, serializer="json"))
    connection.zadd(abandoned.key, {"long-gone": 1})
    operated_app = open_operated_app(redis_storage)
    deps = operated_app.app.extensions["replygate"]
    app = create_app(replace(deps, queues=RQStatsReader(connection)))
    figures = scrape(replace(operated_app, app=app))
    assert figures["replygate_rq_jobs", "judge", "queued"] == 1
    assert figures["replygate_rq_jobs", "judge", "started"] == 1
    assert figures["replygate_rq_workers", "judge"] == 0
    assert abandoned.get_job_count(cleanup=False) == 1
    assert not connection.keys("rq:clean_registries:*")


# Personal data


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Return all log lines as they are written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter("web"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_request_is_logged_by_route_status_and_time(operated_app, lines):
    operated_app.anonymous().get("/v1/sites/blog/comments/some-comment?receipt=secret")
    (line,) = (json.loads(text) for text in lines.getvalue().splitlines() if '"answered"' in text)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/sites/<site>/comments/<id>", 404)
    assert line["site"] == "blog"
    assert line["ms"] >= 0
    assert "secret" not in lines.getvalue()


def test_logs_and_metrics_contain_no_personal_data(storage, durable, lines):
    operated_app = open_operated_app(storage, trusted_proxies=1)
    canaries = ("canary@example.org", "Canaria", "203.0.113.77", "2001:db8:77::7", "a canary sang", "CanaryAgent")
    email, author, address, address6, content, agent = canaries
    headers = {"X-Forwarded-For": address, "User-Agent": agent, "Referer": f"https://blog.example/{author}"}
    client = operated_app.anonymous()
    fields = a_reply(author=author, email=email, content=content)
    assert client.post(SUBMIT, json=fields, headers=headers).status_code == 202
    assert client.post(SUBMIT, data=fields | {"content": content * 2}, headers=headers).status_code in (202, 303)
    client.post(SUBMIT, json=fields | {"unknown": content}, headers=headers)
    client.post(SUBMIT, data=b'{"author": "' + author.encode(), content_type="application/json", headers=headers)
    client.post(f"/v1/sites/{email}/comments", json=fields, headers=headers)
    client.get(f"/nowhere/{author}?email={email}&ip={address6}", headers=headers)
    client.post("/sign-in", data={"name": author, "password": content}, headers=headers)
    said = lines.getvalue() + client.get("/metrics", headers=BEARER).text
    said += operated_app.signed_in("op", operator=True).get("/ops").text
    assert "answered" in said
    assert [canary for canary in canaries if canary in said] == []
    assert all(json.loads(line) for line in lines.getvalue().splitlines())


def test_an_error_is_logged_with_type_and_place_but_not_its_message(operated_app, lines):
    def broken(name: str) -> str:
        raise ZeroDivisionError(name)

    operated_app.app.add_url_rule("/broken/<name>", view_func=broken)
    assert operated_app.anonymous().get("/broken/Canaria").status_code == 500
    (line,) = (json.loads(text) for text in lines.getvalue().splitlines() if '"fault"' in text)
    assert (line["level"], line["route"]) == ("ERROR", "/broken/<name>")
    assert line["error"][0]["type"] == "ZeroDivisionError"
    assert line["error"][0]["at"][-1].endswith("broken")
    assert "Canaria" not in lines.getvalue()


@pytest.mark.parametrize("forged", ["%0a{%22level%22:%22FORGED%22}", "%1b[31m", "%E2%80%AE", "%00", "%ff"])
def test_a_url_cannot_forge_a_log_line(operated_app, lines, forged):
    operated_app.anonymous().get(f"/v1/sites/{forged}/comments/{forged}")
    for line in lines.getvalue().splitlines():
        assert line.isascii()
        assert json.loads(line)["level"] != "FORGED"
