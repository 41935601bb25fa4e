"""The Perspective API: suggestions that teach, texts that must not be stored, and the discovery document."""

import json

import pytest

from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from tests.support.perspective import ANALYZE, CALM, RUDE, SUGGEST, PerspectiveServer, error_of, open_perspective


@pytest.fixture
def perspective(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage)


def stored_checks(perspective: PerspectiveServer) -> int:
    return perspective.storage.checks.kept("blog")


def test_nothing_enters_the_comments_of_the_site(perspective: PerspectiveServer) -> None:
    perspective.analyze(RUDE)
    comments = perspective.storage.comments
    assert not any(comments.by_status("blog", status, 9).rows for status in Status)


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
