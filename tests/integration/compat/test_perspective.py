"""The Perspective API: scores, spans, languages, errors in Google's form, and suggestions."""

import json
import logging
from typing import Any

import pytest

from comments.attributes import ATTRIBUTES
from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from tests.support.perspective import ANALYZE, CALM, RUDE, SUGGEST, PerspectiveServer, open_perspective

ERROR = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"


@pytest.fixture
def perspective(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage)


def error_of(answer: Any, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    error: dict[str, Any] = answer.get_json()["error"]
    assert error["code"] == status
    return error


def test_an_answer_has_the_shape_of_the_reference(perspective: PerspectiveServer) -> None:
    answer = perspective.analyze(RUDE, "TOXICITY", clientToken="t-1", sessionId="s", communityId="c", languages=["en"])
    found = answer.get_json()
    value = found["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
    score = {"value": value, "type": "PROBABILITY"}
    assert found == {
        "attributeScores": {
            "TOXICITY": {"summaryScore": score, "spanScores": [{"begin": 0, "end": len(RUDE), "score": score}]}
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
        "clientToken": "t-1",
    }
    assert 0.5 < value < 1


def test_every_offered_attribute_gets_a_score(perspective: PerspectiveServer) -> None:
    found = perspective.analyze(CALM, *ATTRIBUTES).get_json()["attributeScores"]
    assert found.keys() == ATTRIBUTES.keys()
    assert all(0 <= scores["summaryScore"]["value"] < 0.5 for scores in found.values())


def test_spam_is_what_the_judge_of_the_site_says(perspective: PerspectiveServer) -> None:
    spam = "Buy cheap viagra and replica watches online, best casino bonus: http://casino-bonus.example/buy"
    assert perspective.score(spam, "SPAM") > 0.8 > perspective.score(CALM, "SPAM")


def test_spans_are_sentences_in_utf_16_units(perspective: PerspectiveServer) -> None:
    text = "😀😀 Lovely. You are a complete idiot."
    found = perspective.analyze(text, "INSULT", spanAnnotations=True).get_json()
    first, second = found["attributeScores"]["INSULT"]["spanScores"]
    units = text.encode("utf-16-le")
    assert units[2 * second["begin"] : 2 * second["end"]].decode("utf-16-le") == "You are a complete idiot."
    assert (first["begin"], first["end"]) == (0, 12)
    assert second["score"]["value"] > first["score"]["value"]


def test_spans_refer_to_the_text_as_it_was_sent(perspective: PerspectiveServer) -> None:
    text = "\r\n  You are an idiot.\r\nGood day.  "
    found = perspective.analyze(text, "INSULT", spanAnnotations=True).get_json()
    spans = [text[s["begin"] : s["end"]] for s in found["attributeScores"]["INSULT"]["spanScores"]]
    assert spans == ["You are an idiot.", "Good day."]


def test_scores_below_the_threshold_are_left_out(perspective: PerspectiveServer) -> None:
    wanted = {"TOXICITY": {"scoreThreshold": 0.99}, "INSULT": {"scoreThreshold": 0, "scoreType": "PROBABILITY"}}
    found = perspective.post({"comment": {"text": CALM}, "requestedAttributes": wanted}).get_json()
    assert found["attributeScores"].keys() == {"INSULT"}


def test_field_names_in_snake_case_and_null_values_are_accepted(perspective: PerspectiveServer) -> None:
    body = {"comment": {"text": CALM}, "requested_attributes": {"TOXICITY": None}, "do_not_store": True}
    body["requested_attributes"] = {"TOXICITY": {}}
    assert perspective.post({**body, "languages": None, "context": {"entries": [{"text": "x"}]}}).status_code == 200


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


def test_a_region_in_a_language_tag_does_not_matter(perspective: PerspectiveServer) -> None:
    answer = perspective.analyze("Que puta de merda", "PROFANITY", languages=["pt-BR"]).get_json()
    assert answer["languages"] == ["pt-BR"]
    assert answer["attributeScores"]["PROFANITY"]["summaryScore"]["value"] > 0.5


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


def test_nothing_enters_the_comments_of_the_site(perspective: PerspectiveServer) -> None:
    perspective.analyze(RUDE)
    comments = perspective.storage.comments
    assert not any(comments.by_status("blog", status, 9).rows for status in Status)


def stored_checks(perspective: PerspectiveServer) -> int:
    return perspective.storage.checks.kept("blog")


def test_a_text_that_must_not_be_stored_is_deleted_with_its_check(perspective: PerspectiveServer) -> None:
    assert perspective.analyze(CALM, doNotStore=True).status_code == 200
    assert (stored_checks(perspective), perspective.storage.checks.waiting("blog")) == (0, 0)
    assert perspective.analyze(CALM).status_code == 200
    assert stored_checks(perspective) == 1


def test_such_a_text_is_deleted_too_if_no_judge_answers(storage: Storage) -> None:
    class NoJobs:
        def enqueue(self, job: str, site: str, token: str = "") -> None: ...

    server = open_perspective(storage, NoJobs())
    error_of(server.analyze(CALM, doNotStore=True), 503)
    assert (stored_checks(server), storage.checks.waiting("blog")) == (0, 0)


def test_a_suggestion_teaches_once_and_the_other_label_replaces_it(perspective: PerspectiveServer) -> None:
    def suggest(text: str, value: float) -> None:
        scores = {"SPAM": {"summaryScore": {"value": value}}}
        assert perspective.post({"comment": {"text": text}, "attributeScores": scores}, SUGGEST).status_code == 200

    def lessons() -> list[tuple[str, str]]:
        checks = perspective.storage.checks
        taught = [c for c in checks.taught("blog", checks.taught_ids("blog")) if c]
        return sorted((c.content, str(c.lesson)) for c in taught)

    for _ in range(3):
        suggest("Buy watches", 1)
    suggest("Nice map", 0)
    assert lessons() == [("Buy watches", "spam"), ("Nice map", "ham")]
    suggest("Buy watches", 0)
    assert lessons() == [("Buy watches", "ham"), ("Nice map", "ham")]


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


@pytest.mark.parametrize(("value", "taught"), [(1, "spam"), (0.5, "spam"), (0.49, "ham"), (0, "ham")])
def test_a_suggestion_about_spam_teaches(perspective: PerspectiveServer, value: float, taught: str) -> None:
    body = {
        "comment": {"text": "Buy watches"},
        "attributeScores": {"SPAM": {"summaryScore": {"value": value}}},
        "clientToken": "comment-53922",
    }
    answer = perspective.post(body, SUGGEST)
    assert answer.get_json() == {"clientToken": "comment-53922"}
    assert answer.headers["Replygate-Taught"] == taught


def test_a_suggestion_about_another_attribute_is_accepted_and_teaches_nothing(perspective: PerspectiveServer) -> None:
    body = {
        "comment": {"text": "I guess it comes down to a simple choice: get busy living, or get busy dying."},
        "context": {"entries": [{"text": '{"url":"https://example.com"}'}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}},
        "languages": ["en"],
        "communityId": "Coral:https://coral.example",
        "clientToken": "comment:1",
    }
    answer = perspective.post(body, SUGGEST)
    assert answer.get_json() == {"clientToken": "comment:1", "requestedLanguages": ["en"]}
    assert answer.headers["Replygate-Taught"] == "nothing"


def test_a_suggestion_needs_known_attributes_and_probabilities(perspective: PerspectiveServer) -> None:
    comment = {"text": CALM}
    error_of(perspective.post({"comment": comment}, SUGGEST))
    error_of(perspective.post({"comment": comment, "attributeScores": {"OTHER": {}}}, SUGGEST))
    scores = {"SPAM": {"summaryScore": {"value": 2}}}
    error_of(perspective.post({"comment": comment, "attributeScores": scores}, SUGGEST))
    error_of(perspective.post({"comment": {"text": ""}, "attributeScores": {"SPAM": {}}}, SUGGEST))


def test_the_discovery_document_names_both_methods_and_their_messages(perspective: PerspectiveServer) -> None:
    found = perspective.client.get("/$discovery/rest?version=v1alpha1").get_json()
    methods = found["resources"]["comments"]["methods"]
    assert found["rootUrl"].startswith("http")
    assert {m["path"] for m in methods.values()} == {ANALYZE[1:], SUGGEST[1:]}
    assert {m[part]["$ref"] for m in methods.values() for part in ("request", "response")} <= found["schemas"].keys()
    asked = found["schemas"]["AnalyzeCommentRequest"]["properties"]
    assert asked["requestedAttributes"] == {"type": "object", "additionalProperties": {"$ref": "AttributeParameters"}}
    assert "$defs" not in json.dumps(found)


def test_the_addresses_of_the_discovery_document_have_the_public_path(perspective: PerspectiveServer) -> None:
    found = perspective.client.get("/$discovery/rest", base_url="http://localhost/replies").get_json()
    assert (found["rootUrl"], found["baseUrl"]) == ("http://localhost/replies/", "http://localhost/replies/")
