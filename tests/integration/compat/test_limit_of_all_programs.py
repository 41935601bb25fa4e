"""One limit of a site counts the checks of all programs. Each protocol refuses in its own form."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from comments.storage.interfaces import Storage
from tests.integration.compat.test_coral_phase import SECRET, body_of, signature
from tests.support.akismet import BLOG, AkismetServer
from tests.support.perspective import PerspectiveServer, open_perspective

LIMIT = 4


@pytest.fixture
def server(storage: Storage) -> PerspectiveServer:
    """A site that four protocols may ask, with a limit of one check for each of them."""
    return open_perspective(
        storage, coral_keys=(SECRET,), akismet_keys=("k1",), origins=(BLOG,), checks_per_minute=LIMIT
    )


def ask_akismet(server: PerspectiveServer, n: int) -> TestResponse:
    return AkismetServer(server.app, server.storage).check(f"Text {n} for the blog", comment_author=f"Ada {n}")


def ask_perspective(server: PerspectiveServer, n: int) -> TestResponse:
    return server.analyze(f"Text {n} for the map")


def ask_coral(server: PerspectiveServer, n: int) -> TestResponse:
    raw = body_of(f"Text {n} for the harbour")
    headers = {"X-Coral-Signature": signature(raw), "Content-Type": "application/json"}
    return server.client.post("/v1/sites/blog/coral", data=raw, headers=headers)


def ask_json(server: PerspectiveServer, n: int) -> TestResponse:
    headers: dict[str, Any] = {"Authorization": f"Bearer {server.key}"}
    return server.client.post("/v1/sites/blog/checks", json={"content": f"Text {n} for the shop"}, headers=headers)


PROTOCOLS = {"Akismet": ask_akismet, "Perspective": ask_perspective, "Coral": ask_coral, "JSON": ask_json}


def test_checks_of_all_protocols_count_together(server: PerspectiveServer) -> None:
    for ask in PROTOCOLS.values():
        assert ask(server, 1).status_code in (200, 204)
    assert [ask(server, 2).status_code for ask in PROTOCOLS.values()] == [429] * LIMIT


@pytest.mark.parametrize("first", PROTOCOLS)
def test_one_program_can_use_the_whole_limit(server: PerspectiveServer, first: str) -> None:
    assert {PROTOCOLS[first](server, n).status_code for n in range(LIMIT)} <= {200, 204}
    assert [ask(server, 99).status_code for ask in PROTOCOLS.values()] == [429] * LIMIT


def test_each_protocol_refuses_in_its_own_form(server: PerspectiveServer) -> None:
    for n in range(LIMIT):
        ask_json(server, n)
    akismet, perspective, coral, json = (ask(server, 99) for ask in PROTOCOLS.values())
    assert akismet.mimetype == "text/plain"
    assert akismet.text not in ("true", "false")
    assert "checks" in akismet.headers["X-akismet-debug-help"]
    assert perspective.get_json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert coral.mimetype == json.mimetype == "application/problem+json"
    for answer in (akismet, perspective, coral, json):
        assert int(answer.headers["Retry-After"]) > 0


def test_without_a_limit_no_check_is_refused(storage: Storage) -> None:
    server = open_perspective(storage, checks_per_minute=0)
    assert {ask_json(server, n).status_code for n in range(3 * LIMIT)} == {200}
