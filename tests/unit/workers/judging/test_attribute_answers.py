"""Attributes of a text: scores, languages and sentences."""

from datetime import UTC, datetime
from time import process_time

import pytest

from comments.attributes import ATTRIBUTES, SPAM_ATTRIBUTE, AttributeAnswer, AttributeQuery, AttributeScore
from comments.lifecycle import Action, Role, Status
from comments.model import Decision
from comments.probability import probability
from workers.judging.attribute_answers import MAX_SPANS, attribute_answer, sentence_spans
from workers.learning.attribute_model import AttributeModel, shipped_attributes
from workers.text.language_guess import guessed_languages

EVERY = tuple(ATTRIBUTES)


def answered(text: str, language: str = "", spans: bool = False) -> AttributeAnswer:
    decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", datetime.now(UTC), log_odds=-2.0)
    return attribute_answer(text, decision, AttributeQuery(EVERY, language, spans))


def scores(text: str) -> dict[str, float]:
    return {score.name: score.value for score in answered(text).scores}


def scored(answer: AttributeAnswer, name: str) -> AttributeScore:
    return next(score for score in answer.scores if score.name == name)


def test_the_model_has_every_attribute_but_spam() -> None:
    assert {*shipped_attributes(), SPAM_ATTRIBUTE} == {*ATTRIBUTES}


def test_spam_is_the_probability_of_the_judge() -> None:
    assert scores("Thank you for this article.")[SPAM_ATTRIBUTE] == probability(-2.0)


@pytest.mark.parametrize(
    ("name", "text", "calm"),
    [
        ("TOXICITY", "You are a complete idiot, shut up", "You are completely right, well done"),
        ("INSULT", "What a pathetic moron you are", "What a clever person you are"),
        ("PROFANITY", "This fucking thing is broken again", "This little thing is broken again"),
        ("THREAT", "I will kill you, I swear", "I will thank you, I swear"),
    ],
)
def test_a_score_is_above_one_half_for_a_clear_case_and_below_for_its_calm_twin(
    name: str, text: str, calm: str
) -> None:
    assert scores(calm)[name] < 0.5 < scores(text)[name]


def test_a_further_profane_word_never_lowers_a_score() -> None:
    one, two = scores("what a shit day"), scores("what a shit day and fucking rain")
    assert all(two[name] >= one[name] for name in ("TOXICITY", "PROFANITY"))


def test_naming_a_group_of_people_changes_no_score() -> None:
    assert scores("My neighbours are old and kind") == scores("My neighbours are muslim and kind")


def test_every_score_is_a_probability_for_any_text() -> None:
    for text in ("...", "x" * 20_000, "\0\ufffd\u202e", "😀" * 5000, "fuck " * 4000, "\n" * 50, "كلب"):
        answer = answered(text, spans=True)
        values = [v for s in answer.scores for v in (s.value, *(span.value for span in s.spans))]
        assert values
        assert all(0 <= value <= 1 for value in values)


def test_attributes_that_do_not_know_the_language_have_no_score() -> None:
    assert answered("Das ist die beste Seite der Welt, und du bist ein Arschloch").language == "de"
    assert {*scores("Das ist die beste Seite der Welt")} == {SPAM_ATTRIBUTE, "PROFANITY"}
    assert {*scores("Это очень хорошая статья")} == {SPAM_ATTRIBUTE}


def test_the_language_that_the_asker_names_is_the_language_of_the_answer() -> None:
    assert answered("Das ist die beste Seite der Welt", language="en").language == "en"


def test_words_of_another_language_are_no_english_attack() -> None:
    calm = answered("Die Katze und die Maus sind die besten Freunde der Welt", language="en")
    assert scored(calm, "TOXICITY").value < 0.5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(("Спасибо за статью", "ru"), ("谢谢分享", "zh"), ("ありがとう", "ja"), ("記事をありがとう漢字漢字", "ja")),
        *(("감사합니다", "ko"), ("شكرا", "ar"), ("धन्यवाद", "hi"), ("ᎠᏂᏴᏫᏯ ᎠᏂᏴᏫᏯ", "und")),
    ],
)
def test_a_script_shows_the_language(text: str, language: str) -> None:
    assert guessed_languages(text) == {language}


def test_a_text_that_shows_no_language_counts_as_english() -> None:
    assert answered("idiot").language == "en"
    assert answered("12345").language == "en"


def test_spans_are_sentences_of_the_text() -> None:
    text = "What kind of idiot name is foo? Sorry, I like your name."
    spans = scored(answered(text, spans=True), "TOXICITY").spans
    assert [(s.begin, s.end) for s in spans] == [(0, 31), (32, 56)]
    assert spans[0].value > spans[1].value


def test_without_spans_the_only_one_is_the_whole_text() -> None:
    answer = answered("One sentence. Two sentences.")
    assert all([(s.begin, s.end) for s in of.spans] == [(0, 28)] for of in answer.scores)


def test_spam_is_scored_for_the_whole_text_only() -> None:
    assert len(scored(answered("One sentence. Two sentences.", spans=True), SPAM_ATTRIBUTE).spans) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "a. " * 7000, "no end", "A!? B… C.\nD\n\n\nE", "好。坏。", "3.14 is e.g. pi"]
)
def test_sentences_cover_every_character_that_is_no_space(text: str) -> None:
    spans = sentence_spans(text)
    assert len(spans) <= MAX_SPANS
    assert all(begin < end for begin, end in spans)
    assert "".join("".join(text[b:e].split()) for b, e in spans) == "".join(text.split())


@pytest.mark.parametrize("text", ["." * 20_000 + "x", "?'" * 10_000, ".)" * 10_000 + "x", "x." * 10_000])
def test_runs_of_marks_take_no_quadratic_time(text: str) -> None:
    began = process_time()
    sentence_spans(text)
    assert process_time() - began < 0.5


def test_a_file_with_an_unknown_feature_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown features of INSULT"):
        AttributeModel.parse("INSULT bias=1 rudeness=2")
