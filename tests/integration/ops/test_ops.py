"""Health checks, metrics and the operations page: access, correct problems and figures."""

from datetime import timedelta

import pytest

from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from service import create_app
from service.deps import Deps
from tests.support.builders import NOW, SECRET, accepted, settings
from tests.support.markup import parse
from tests.support.operations import BEARER, TOKEN, open_operated_app, send_heartbeats
from tests.support.web_app import JobList, open_web_app

CLOSED = ("/metrics", "/ops/figures", "/ops", "/ops/deliveries")


def problems(storage: Storage) -> list[str]:
    """Return the problems that an operator sees."""
    answer = open_operated_app(storage).anonymous().get("/readyz", headers=BEARER)
    assert answer.status_code == (503 if answer.json["problems"] else 200)
    assert answer.json["ready"] is not bool(answer.json["problems"])
    return answer.json["problems"]


# Strangers


def test_the_public_health_checks_reveal_nothing_more(operated_app):
    assert operated_app.anonymous().get("/healthz").json == {"alive": True}
    assert operated_app.anonymous().get("/readyz").json == {"ready": True}


def test_the_public_readiness_check_does_not_name_problems(storage):
    answer = open_operated_app(storage).anonymous().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})


@pytest.mark.parametrize("path", CLOSED)
def test_figures_are_closed_to_strangers(operated_app, path):
    answer = operated_app.anonymous().get(path)
    assert answer.status_code == 401
    assert "replygate_" not in answer.text


@pytest.mark.parametrize("path", CLOSED)
def test_a_browser_is_redirected_to_sign_in(operated_app, path):
    answer = operated_app.anonymous().get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", CLOSED)
def test_figures_are_closed_to_moderators_and_owners(operated_app, path):
    assert operated_app.signed_in("mo", blog="owner").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/ops/figures"])
@pytest.mark.parametrize(
    "given", ["Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
def test_a_wrong_token_gets_404(operated_app, path, given):
    assert operated_app.anonymous().get(path, headers={"Authorization": given}).status_code == 404


@pytest.mark.parametrize("given", ["Bearer ", "Bearer", "bearer  ", ""])
def test_without_a_token_in_the_settings_no_token_is_right(storage, given):
    operated_app = open_web_app(storage, settings(ops_token=""))
    for path in ("/metrics", "/ops/figures"):
        assert operated_app.anonymous().get(path, headers={"Authorization": given}).status_code in (401, 404)
    assert operated_app.anonymous().get("/readyz", headers={"Authorization": given}).json == {"ready": False}


@pytest.mark.parametrize("path", CLOSED)
def test_operators_see_everything(operated_app, path):
    assert operated_app.signed_in("op", operator=True).get(path).status_code == 200


def test_operators_see_why_it_is_not_ready(storage):
    answer = open_operated_app(storage).signed_in("op", operator=True).get("/readyz")
    assert len(answer.json["problems"]) == 2


# Ready


def test_a_healthy_service_is_ready(storage, durable):
    send_heartbeats(storage)
    assert problems(storage) == []


def test_a_missing_judge_and_sweep_are_problems(storage, durable):
    no_judge, no_sweep = problems(storage)
    assert "No judge is running" in no_judge
    assert "sweep is not running" in no_sweep


def test_a_comment_that_waits_too_long_is_a_problem(storage, durable):
    send_heartbeats(storage)
    operated_app = open_operated_app(storage)
    operated_app.clock.at = accepted(storage).received + timedelta(seconds=61)
    (sentence,) = operated_app.anonymous().get("/readyz", headers=BEARER).json["problems"]
    assert "has waited 61 s" in sentence


def test_an_evicting_storage_server_is_a_problem(redis_storage, durable):
    send_heartbeats(redis_storage)
    durable.config_set("maxmemory", 1 << 30)
    durable.config_set("maxmemory-policy", "allkeys-lru")
    (sentence,) = problems(redis_storage)
    assert "maxmemory-policy is allkeys-lru" in sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("appendonly", "no", "appendonly is off"), ("appendfsync", "everysec", "appendfsync is not always")],
)
def test_a_storage_server_that_may_lose_writes_is_a_warning(redis_storage, durable, name, value, said):
    send_heartbeats(redis_storage)
    durable.config_set(name, value)
    assert problems(redis_storage) == []
    client = open_operated_app(redis_storage).signed_in("op", operator=True)
    assert said in client.get("/ops/figures").json["warnings"][0]
    assert said in client.get("/ops").text


def test_little_free_memory_is_a_problem(redis_storage, durable):
    send_heartbeats(redis_storage)
    durable.config_set("maxmemory", int(durable.info()["used_memory"] * 1.2))
    (sentence,) = problems(redis_storage)
    assert "maxmemory" in sentence


def test_without_storage_it_is_alive_but_not_ready(tmp_path):
    away = open_redis(settings(redis_url=f"unix://{tmp_path}/none.sock"))
    deps = Deps(settings(ops_token=TOKEN), away, JobList(), Pseudonyms(SECRET), lambda: NOW)
    client = create_app(deps).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz", headers=BEARER)
    assert answer.status_code == 503
    assert "Storage does not answer" in answer.json["problems"][0]
    client.set_cookie("replygate", "a session that cannot be looked up")
    assert client.get("/readyz").json == {"ready": False}
    assert "replygate_storage_up 0.0" in client.get("/metrics", headers=BEARER).text


def test_health_is_cached_between_requests(storage):
    operated_app = open_operated_app(storage)
    assert operated_app.anonymous().get("/readyz").status_code == 503
    send_heartbeats(storage)
    assert operated_app.anonymous().get("/readyz").status_code == 503  # cached, a moment later


# The page


def test_the_page_shows_the_state_as_a_headline(operated_app):
    page = operated_app.signed_in("op", operator=True).get("/ops").text
    assert '<h1 id="headline" data-live>All is well</h1>' in page
    assert "<script>" not in page
    assert "style=" not in page


def test_the_page_shows_problems_with_what_to_do(storage):
    page = open_operated_app(storage).signed_in("op", operator=True).get("/ops").text
    assert "2 problems" in page
    assert "Start one: `replygate work judge`" in page


def test_every_live_element_can_be_found_and_the_figures_are_json_too(operated_app):
    op = operated_app.signed_in("op", operator=True)
    page, figures = op.get("/ops").text, op.get("/ops/figures").json
    live = [element for element in parse(page).iter() if "data-live" in element.attrib]
    ids = [element.get("id") for element in live]
    assert len(set(ids)) == len(ids) > 10
    named = {id.removeprefix("figure-") for id in ids if id.startswith("figure-")} | {"sites", "parts", "queues"}
    assert named <= figures.keys()
    assert [site["id"] for site in figures["sites"]] == ["blog", "shop"]


def test_the_page_does_not_count_its_own_refreshing(operated_app):
    op = operated_app.signed_in("op", operator=True)
    before = op.get("/ops/figures").json["requests"]
    op.get("/ops")
    assert op.get("/ops/figures").json["requests"] == before


def test_every_page_of_it_carries_the_security_headers(operated_app):
    for path in ("/healthz", "/readyz", *CLOSED):
        answer = operated_app.signed_in("op", operator=True).get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
