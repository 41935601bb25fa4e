"""The Perspective API: keys, limits, and requests that are refused as Google refuses them."""

import json
import logging
from typing import Any

import pytest

from comments.storage.interfaces import Storage
from tests.support.perspective import ANALYZE, CALM, SUGGEST, PerspectiveServer, error_of, open_perspective

ERROR = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"


@pytest.fixture
def perspective(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage)


def test_the_key_may_be_in_a_header_and_the_body_of_any_type(perspective: PerspectiveServer) -> None:
    body = json.dumps({"comment": {"text": CALM}, "requestedAttributes": {"TOXICITY": {}}})
    headers = {"X-Goog-Api-Key": perspective.key}
    assert perspective.client.post(ANALYZE, data=body, headers=headers).status_code == 200


def test_a_missing_key_is_forbidden_and_a_wrong_one_invalid(perspective: PerspectiveServer) -> None:
    missing = error_of(perspective.post({}, query_string={}), 403)
    assert (missing["status"], "API key" in missing["message"]) == ("PERMISSION_DENIED", True)
    wrong_secret = perspective.key[:-1] + ("0" if perspective.key[-1] != "0" else "1")
    for key in (wrong_secret, "rgk_", "AIzaSyA", "é", "x" * 5000, "rgk_none_none"):
        wrong = error_of(perspective.post({}, query_string={"key": key}))
        assert wrong["message"] == "API key not valid. Please pass a valid API key."
        assert wrong["details"][0]["reason"] == "API_KEY_INVALID"


def test_many_wrong_keys_of_one_network_are_refused_for_a_while(perspective: PerspectiveServer) -> None:
    for _ in range(30):
        perspective.post({}, query_string={"key": "wrong"})
    answer = perspective.post({}, query_string={"key": "wrong"})
    assert error_of(answer, 429)["status"] == "RESOURCE_EXHAUSTED"
    assert int(answer.headers["Retry-After"]) > 0
    assert perspective.analyze(CALM).status_code == 200


def test_a_revoked_key_ends_at_once_and_a_new_one_works(perspective: PerspectiveServer) -> None:
    other = open_perspective(perspective.storage)
    assert other.analyze(CALM).status_code == 200
    error_of(other.post({}, query_string={"key": perspective.key}))


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u200b"])
def test_an_empty_comment_is_refused(perspective: PerspectiveServer, text: str) -> None:
    error = error_of(perspective.analyze(text))
    assert error["message"] == "Comment must be non-empty."
    assert error["details"] == [{"@type": ERROR, "errorType": "COMMENT_EMPTY"}]


def test_a_comment_may_have_20480_bytes(perspective: PerspectiveServer) -> None:
    assert perspective.analyze("word " * 4096).status_code == 200
    error = error_of(perspective.analyze("é" * 10_241))
    assert error["details"][0]["errorType"] == "COMMENT_TOO_LONG"


@pytest.mark.parametrize("name", ["SEVERE_TOXICITY", "IDENTITY_ATTACK", "toxicity", "", "x" * 9000])
def test_an_attribute_that_is_not_offered_is_refused(perspective: PerspectiveServer, name: str) -> None:
    error = error_of(perspective.analyze(CALM, "TOXICITY", name))
    assert error["message"] == f"Unknown requested attribute: {name[:60]}"
    assert error["status"] == "INVALID_ARGUMENT"


def test_ten_thousand_attributes_are_refused_with_a_short_answer(perspective: PerspectiveServer) -> None:
    wanted = {f"A{n}": {} for n in range(5000)}
    answer = perspective.post({"comment": {"text": CALM}, "requestedAttributes": wanted})
    error_of(answer)
    assert len(answer.data) < 1000
    wanted = {f"A{n}": {} for n in range(10_000)}
    answer = perspective.post({"comment": {"text": CALM}, "requestedAttributes": wanted})
    assert "large" in error_of(answer)["message"]


def test_no_attribute_is_refused(perspective: PerspectiveServer) -> None:
    error = error_of(perspective.post({"comment": {"text": CALM}}))
    assert error["message"] == "Missing requested_attributes"


def test_a_language_that_an_attribute_does_not_know_is_refused(perspective: PerspectiveServer) -> None:
    error = error_of(perspective.analyze(CALM, "SPAM", "TOXICITY", languages=["en", "pl"]))
    assert error["message"] == "Attribute TOXICITY does not support request languages: pl"
    assert error["details"][0]["languageNotSupportedByAttributeError"] == {
        "detectedLanguages": ["pl"],
        "attribute": "TOXICITY",
    }


def test_a_language_that_is_guessed_is_refused_in_the_same_way(perspective: PerspectiveServer) -> None:
    error = error_of(perspective.analyze("Спасибо большое за статью", "TOXICITY"))
    assert error["message"] == "Attribute TOXICITY does not support request languages: ru"
    assert error["details"][0]["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"


def test_unsupported_attributes_can_be_dropped(perspective: PerspectiveServer) -> None:
    answer = perspective.analyze("Спасибо за статью", "SPAM", "TOXICITY", dropUnsupportedAttributes=True).get_json()
    assert answer["attributeScores"].keys() == {"SPAM"}
    assert answer["detectedLanguages"] == ["ru"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"comment": {"text": CALM, "type": "HTML"}}, "Currently, only 'PLAIN_TEXT' comments are supported"),
        ({"comment": {"text": 5}}, "Invalid value at 'comment.text'"),
        ({"comment": {"text": CALM, "colour": 1}}, "Unknown name \"colour\" at 'comment': Cannot find field."),
        ({"colour": 1}, 'Unknown name "colour": Cannot find field.'),
        ({"doNotStore": "yes"}, "Invalid value at 'doNotStore'"),
        ({"languages": "en"}, "Invalid value at 'languages'"),
        ({"requestedAttributes": ["TOXICITY"]}, "Invalid value at 'requestedAttributes'"),
        ({"requestedAttributes": {"TOXICITY": {"scoreType": "RAW"}}}, "Requested score type RAW is not supported"),
        ({"requestedAttributes": {"TOXICITY": {"scoreThreshold": "high"}}}, "Invalid value at"),
        (
            {"context": {"entries": [{"text": "a"}], "articleAndParentComment": {"article": {"text": "b"}}}},
            "Context can have either entries or article_and_parent_comment",
        ),
    ],
)
def test_a_request_that_does_not_fit_is_refused_with_the_reason(
    perspective: PerspectiveServer, change: dict[str, Any], message: str
) -> None:
    body = {"comment": {"text": CALM}, "requestedAttributes": {"TOXICITY": {}}, **change}
    assert message in error_of(perspective.post(body))["message"]


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"[]", b"null", b"{", b'{"comment": {"text": "\xff\xfe"}}', b'{"comment":{"text":"\\ud800"}}', b"\x00"),
        *(b'{"a":' * 500 + b"1" + b"}" * 500, b"[" * 60_000, b'{"comment":{"text":"\\u0000"}}', b'{"a":1,"a":2}'),
    ],
)
def test_a_body_that_is_no_json_object_is_an_error_in_googles_form(perspective: PerspectiveServer, raw: bytes) -> None:
    for path in (ANALYZE, SUGGEST):
        answer = perspective.client.post(path, data=raw, query_string={"key": perspective.key})
        assert error_of(answer)["status"] == "INVALID_ARGUMENT"


def test_without_a_judge_the_service_is_unavailable(storage: Storage) -> None:
    class NoJobs:
        def enqueue(self, job: str, site: str, token: str = "") -> None: ...

    server = open_perspective(storage, NoJobs())
    assert error_of(server.analyze(CALM), 503)["status"] == "UNAVAILABLE"


def test_checks_of_one_key_are_limited(storage: Storage) -> None:
    server = open_perspective(storage, checks_per_minute=1)
    answers = [server.analyze(CALM) for _ in range(12)]
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert error_of(refused, 429)["status"] == "RESOURCE_EXHAUSTED"
    assert int(refused.headers["Retry-After"]) > 0


def test_no_log_line_contains_a_key(perspective: PerspectiveServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        perspective.analyze(CALM)
        perspective.post({}, query_string={"key": "rgk_wrong_secretsecret"})
        perspective.client.get(f"{ANALYZE}?key={perspective.key}")
    lines = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("comments:analyze" in line for line in lines)
    secrets = (perspective.key.rpartition("_")[2], "secretsecret")
    assert not any(secret in line for secret in secrets for line in lines)
