"""Coral's external moderation phase: signed requests in Coral's form, verdicts in its words."""

import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from comments.setting_values import Term
from comments.storage.interfaces import Storage
from service.compat.coral_phase import is_signed
from tests.support.perspective import CALM, PerspectiveServer, open_perspective

SECRET, OLD_SECRET = "emp_" + "a" * 66, "emp_" + "b" * 66
URL = "/v1/sites/blog/coral"
THREAT = "I will find you and I will kill you, you worthless idiot."


def body_of(text: str, **changes: Any) -> bytes:
    """Return a request as Coral writes it."""
    asked = {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": "7b9e2e0c-0d9b-4d6f-9f4e-1f2c3d4e5f60", "role": "COMMENTER"},
        "story": {"id": "c1a1", "url": "https://news.example/harbour"},
        "site": {"id": "s1"},
        "tenantID": "t1",
        "tenantDomain": "coral.example",
    }
    return json.dumps(asked | changes, indent=2).encode()


def signature(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, "sha256").hexdigest()


@pytest.fixture
def coral(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage, coral_keys=(SECRET, OLD_SECRET), reject_words=(Term("pills-casino"),))


def send(server: PerspectiveServer, raw: bytes, signed: str | None = None) -> TestResponse:
    headers = {"X-Coral-Signature": signature(raw) if signed is None else signed, "Content-Type": "application/json"}
    return server.client.post(URL, data=raw, headers=headers)


def test_a_calm_comment_is_left_to_coral(coral: PerspectiveServer) -> None:
    answer = send(coral, body_of(CALM))
    assert (answer.status_code, answer.data) == (204, b"")


def test_spam_is_rejected_with_the_reason(coral: PerspectiveServer) -> None:
    answer = send(coral, body_of("Buy watches at http://pills-casino.example/buy"))
    flag = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}
    assert (answer.status_code, answer.get_json()) == (200, {"status": "REJECTED", "actions": [flag]})


def test_an_attack_is_withheld_as_toxic(coral: PerspectiveServer) -> None:
    answer = send(coral, body_of(THREAT, action="EDIT"))
    flag = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}
    assert answer.get_json() == {"status": "SYSTEM_WITHHELD", "actions": [flag]}


def test_a_comment_without_text_is_left_to_coral(coral: PerspectiveServer) -> None:
    assert send(coral, body_of("")).status_code == 204


def test_one_of_two_signatures_is_enough_and_both_secrets_are_valid(coral: PerspectiveServer) -> None:
    raw = body_of(CALM)
    for signed in (f"{signature(raw, 'other')},{signature(raw)}", signature(raw, OLD_SECRET)):
        assert send(coral, raw, signed).status_code == 204


@pytest.mark.parametrize("signed", ["", "sha256=", "sha256=é", "sha1=abc", "," * 9000, "sha256=" + "0" * 64])
def test_a_request_without_a_valid_signature_is_refused(coral: PerspectiveServer, signed: str) -> None:
    assert send(coral, body_of(CALM), signed.encode().decode("latin-1")).status_code == 401


def test_a_signature_of_another_body_is_refused(coral: PerspectiveServer) -> None:
    assert send(coral, body_of(CALM), signature(body_of(THREAT))).status_code == 401


def test_a_site_without_a_secret_accepts_no_signature(coral: PerspectiveServer, storage: Storage) -> None:
    for secrets in ((), ("",)):
        storage.sites.put(replace(storage.sites.get("blog"), coral_keys=secrets))
        coral = open_perspective(storage, coral_keys=secrets)
        raw = body_of(CALM)
        assert send(coral, raw, signature(raw, "")).status_code == 401
    assert not is_signed(b"", "sha256=" + hmac.new(b"", b"", "sha256").hexdigest(), ("",))


def test_a_recorded_request_counts_once_for_evidence(coral: PerspectiveServer) -> None:
    raw = body_of("The same sentence about the harbour, the lights and the pier in winter.")
    assert [send(coral, raw).status_code for _ in range(8)] == [204] * 8


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b"{}", b'{"comment": 5}', b'{"comment":{"body":5}}', b"\xff", b'{"a":' * 60 + b"1" + b"}" * 60],
)
def test_a_signed_body_that_is_no_request_is_refused(coral: PerspectiveServer, raw: bytes) -> None:
    assert send(coral, raw).status_code in (400, 422)


def test_an_unknown_site_is_not_found(coral: PerspectiveServer) -> None:
    assert coral.client.post("/v1/sites/none/coral", data=b"{}").status_code == 404


def test_without_a_judge_coral_gets_an_error_and_goes_on(storage: Storage) -> None:
    class NoJobs:
        def enqueue(self, job: str, site: str, token: str = "") -> None: ...

    server = open_perspective(storage, NoJobs(), coral_keys=(SECRET,))
    assert send(server, body_of(CALM)).status_code == 503
