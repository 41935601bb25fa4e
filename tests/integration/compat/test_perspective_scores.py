"""The Perspective API: scores and spans."""

import pytest

from comments.attributes import ATTRIBUTES
from comments.storage.interfaces import Storage
from tests.support.perspective import CALM, RUDE, PerspectiveServer, open_perspective


@pytest.fixture
def perspective(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage)


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


def test_a_region_in_a_language_tag_does_not_matter(perspective: PerspectiveServer) -> None:
    answer = perspective.analyze("Que puta de merda", "PROFANITY", languages=["pt-BR"]).get_json()
    assert answer["languages"] == ["pt-BR"]
    assert answer["attributeScores"]["PROFANITY"]["summaryScore"]["value"] > 0.5
