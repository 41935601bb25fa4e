"""The traits of an attack work alike in each language, and denials, quotes and reports of attacks weigh less."""

import numpy as np
import pytest

from training.toxicity.traits import TraitSet, fit_traits, parsed, span_rows, written_weights
from workers.filters.toxicity import THRESHOLDS
from workers.learning.attack_traits import (
    ATTACKS,
    DAMPERS,
    TraitWeights,
    languages_of,
    shipped_weights,
    span_traits,
    spans,
)
from workers.learning.toxicity_model import NEUTRAL, attack
from workers.text.attack_words import ATTACK_KINDS, CHARGED, hits, known_languages, telling_kinds

ATTACKS_OF_PEOPLE = (
    ("de", "Du bist ein dummes Arschloch und ein Idiot"),
    ("nl", "Jij bent een domme klootzak en een idioot"),
    ("fr", "Tu es un connard et un abruti, ferme ta gueule"),
    ("es", "Eres un gilipollas y un imbécil, tu madre es una puta"),
    ("pt", "Você é um babaca e um idiota, seu lixo"),
    ("it", "Sei uno stronzo e un idiota, tu fai schifo"),
    ("pl", "Ty jesteś głupi idiota i debil"),
    ("id", "Kamu goblok dan tolol, dasar anjing"),
    ("zh", "你就是个傻逼，脑残，滚"),
    ("ko", "너 진짜 병신새끼네 꺼져 쓰레기야"),
)
NEUTRAL_OF_GROUPS = (
    *(
        "Meine Nachbarn sind Muslime.",
        "Ich bin schwul und lebe in Köln.",
        "Mijn zus is een moslim.",
        "Les femmes votent.",
    ),
    *("Las mujeres trabajan aquí.", "Os imigrantes chegaram ontem.", "Gli ebrei vivono a Roma.", "Kobiety pracują."),
    *(
        "Perempuan itu guru saya.",
        "我的朋友是穆斯林。",
        "내 친구는 무슬림이다.",
        "النساء يعملن هنا.",
        "महिलाएँ काम करती हैं।",
    ),
)


@pytest.mark.parametrize(("language", "text"), ATTACKS_OF_PEOPLE)
def test_an_attack_is_held_in_its_language(language: str, text: str) -> None:
    found = attack(text, THRESHOLDS["clear"], language)
    assert found.log_odds >= THRESHOLDS["clear"]
    assert found.words


@pytest.mark.parametrize("text", NEUTRAL_OF_GROUPS)
def test_naming_a_group_has_no_weight_in_any_language(text: str) -> None:
    assert attack(text).log_odds <= NEUTRAL


@pytest.mark.parametrize(
    ("attacking", "denied"),
    [
        ("I hate women", "I do not hate women"),
        ("All muslims are vermin", "He said that all muslims are vermin, and that is racist"),
        ("All muslims are vermin", "“All muslims are vermin” was on the wall"),
        ("Ich hasse alle Frauen", "Ich hasse keine Frauen"),
        ("Les femmes sont répugnantes", "Il a dit que les femmes sont répugnantes, c'est sexiste"),
        ("Las mujeres son basura", "Me dijo que “las mujeres son basura”"),
    ],
)
def test_denying_quoting_and_reporting_weigh_less_than_the_attack(attacking: str, denied: str) -> None:
    assert attack(denied).log_odds < attack(attacking).log_odds
    assert attack(denied).log_odds < THRESHOLDS["possible"]


def test_a_threat_is_held_in_other_languages_unless_it_is_reported() -> None:
    assert attack("Wir werden euch alle umbringen", THRESHOLDS["blatant"]).log_odds >= THRESHOLDS["blatant"]
    assert attack("Er schrieb, dass sie euch alle umbringen werden").log_odds < THRESHOLDS["blatant"]


@pytest.mark.parametrize("text", ["كل النساء حثالة وحمير", "Te olette kaikki idiootteja ja mulkkuja, haistakaa paska"])
def test_languages_below_the_least_area_or_without_a_list_are_silent(text: str) -> None:
    assert attack(text).log_odds == NEUTRAL


@pytest.mark.parametrize("text", ["You stpuid man", "Youaresostupid"])
def test_misspelled_and_joined_words_count(text: str) -> None:
    assert "mild" in telling_kinds(text)


def test_a_long_text_is_cut_into_spans() -> None:
    calm = "Der Text ist lang und die Zahlen sind von gestern, wie in dem Bericht steht. " * 10
    assert len(spans(calm + "Ihr seid Idioten.", frozenset(("de",)))) > 1
    assert attack(calm + ATTACKS_OF_PEOPLE[0][1]).log_odds >= THRESHOLDS["clear"]


def test_every_kind_and_language_of_the_lists_is_used() -> None:
    assert set(ATTACK_KINDS) > CHARGED
    assert set(shipped_weights().bars) <= known_languages()
    assert {hit.kind for hit in hits("Du Idiot", frozenset(("de",)))} == {"you", "insult"}


def test_the_shipped_weights_count_attacks_for_and_denials_against() -> None:
    weights = shipped_weights().weights
    assert all(weights.get(trait, 0) >= 0 for trait in ATTACKS)
    assert all(weights.get(trait, 0) <= 0 for trait in DAMPERS)


@pytest.mark.parametrize("text", [text for _, text in ATTACKS_OF_PEOPLE])
def test_the_quick_limit_is_never_below_the_score(text: str) -> None:
    weights = shipped_weights()
    assert weights.limit(telling_kinds(text)) >= weights.score(text, languages_of(text)).score


def test_fitting_gives_the_same_weights_again_and_reads_what_it_wrote() -> None:
    texts = [
        "Du bist ein Idiot",
        "Ihr seid Abschaum",
        "Ich hasse Frauen",
        "Die Frauen arbeiten",
        "Guten Morgen",
        "Ich hasse nicht",
    ]
    labels = np.array([True, True, True, False, False, False])
    sets = [TraitSet("made", "de", [span_rows(t) for t in texts * 3], np.tile(labels, 3), np.zeros(18))]
    weights = fit_traits(sets)
    assert weights.tolist() == fit_traits(sets).tolist()
    assert parsed(weights, {"de": 2.5}) == TraitWeights.parse(written_weights(weights, {"de": 2.5}, "inputs"))
    assert parsed(weights, {"de": 2.5}).weights["insult"] > 0
    assert span_traits([]) == {}
