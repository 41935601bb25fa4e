"""Attacks are found in each judged language by the same traits. Reports, praise and silent languages are not held."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.grammar import read as read_sentences
from training.toxicity.texts import FOLDER
from workers.filters.toxicity import THRESHOLDS
from workers.learning.attack_traits import shipped_weights, span_traits, spans
from workers.learning.attacks import attack_of, attack_of_at_least
from workers.text.group_names import GROUP_NAMES

TEXT_TESTS = Path(__file__).parents[1] / "text"
HARMLESS = [
    line.partition(": ")[::2]
    for line in (TEXT_TESTS / "harmless_sentences.txt").read_text(encoding="utf-8").splitlines()
    if line[0] != "#"
]
SENTENCES = read_sentences(FOLDER / "sentences.txt").rules
POSSIBLE, BLATANT = THRESHOLDS["possible"], THRESHOLDS["blatant"]

ATTACKS = {
    "fr": "Toutes ces femmes sont des ordures et des parasites, je les déteste.",
    "it": "Questi migranti sono tutti ladri, parassiti schifosi e vermi.",
    "pt": "Você é um idiota nojento e um lixo, vagabundo.",
    "pl": "Ci imigranci to brudne świnie i pasożyty, nienawidzę ich.",
    "de": "Ihr seid alle dreckige Schweine und Idioten, ihr blöden Arschlöcher.",
    "hi": "Tum sab kamine aur haramkhor ho, mujhe tumse nafrat hai.",
    "id": "Kamu memang goblok dan tolol, dasar bajingan.",
}


def score(text: str, language: str = "") -> float:
    return attack_of(text, language).log_odds


@pytest.mark.parametrize(("language", "text"), ATTACKS.items())
def test_an_attack_is_found_in_its_language(language: str, text: str) -> None:
    assert score(text, language) >= POSSIBLE
    found = attack_of_at_least(POSSIBLE, text, language)
    assert found is not None
    assert found.words != ()


@pytest.mark.parametrize("language", ["ar", "ko", "ru"])
def test_a_language_that_did_not_reach_the_least_area_has_no_bar(language: str) -> None:
    assert language not in shipped_weights().bars


def test_a_silent_language_is_not_judged() -> None:
    assert score("أنتم كلاب وخنازير وأغبياء", "ar") == 0
    assert score("바보 병신 쓰레기 새끼야", "ko") == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir werden dich finden und dich töten, du wirst sterben."),
        ("es", "Voy a matarte, y a todos los inmigrantes los vamos a quemar."),
        ("pt", "Eu vou matar você e todos os imigrantes, vou te matar."),
    ],
)
def test_a_threat_is_found_where_the_rule_is_precise(language: str, text: str) -> None:
    assert language in shipped_weights().threats
    assert score(text, language) >= BLATANT


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Er hat geschrieben: „Ich werde dich töten“, und das ist eine Drohung."),
        ("pt", "Ele disse que ninguém deve matar os imigrantes, isso é racismo."),
        ("fr", "Dire que « les femmes sont des ordures » est raciste et inacceptable."),
        ("it", "Non è vero che i migranti sono parassiti, chi lo dice è razzista."),
    ],
)
def test_a_denied_or_quoted_attack_is_not_blatant(language: str, text: str) -> None:
    assert score(text, language) < POSSIBLE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "O burro é um animal trabalhador, e a vaca também, você sabia?"),
        ("pt", "Vou matar a saudade de você no domingo."),
        ("id", "Anjing peliharaan saya lucu sekali, kamu mau lihat?"),
        ("id", "Babi guling di Bali enak sekali, kamu harus coba."),
        ("id", "Gila kamu keren banget, permainanmu membunuh lawan!"),
        ("fr", "La collaboration avec votre équipe est parfaite, vous avez raté la fête."),
        ("fr", "Il faut battre les œufs et brûler le sucre avec ton chalumeau."),
        ("fr", "Quel dîner de cons, vous devez voir ce film !"),
        ("fr", "Je vais tuer le processus, sinon tu perds tes données."),
        ("it", "Non sei stupido, la guida è scritta male."),
        ("it", "Devi uccidere il boss prima che ti uccida lui."),
        ("pl", "Pedałowanie po asfalcie z ciotką, a w domu bambus, jak u ciebie."),
        ("pl", "Patologia ciąży wymaga lekarza, pani wie, a lesbijki też rodzą."),
        ("es", "El burro y el cerdo son animales muy listos, ¿lo sabías?"),
        ("es", "Te voy a matar si me cuentas el final, jaja."),
        ("nl", "Je moet de baas doden voordat hij jou doodt."),
        ("nl", "Je bent niet dom, de handleiding is slecht."),
        ("zh", "垃圾分类真麻烦，你们小区怎么做？"),
        ("de", "Du musst den Gegner töten, bevor er dich tötet, sonst ist das Level verloren."),
    ],
)
def test_cooking_games_animals_films_and_comfort_are_no_blatant_attack(language: str, text: str) -> None:
    assert max(score(text), score(text, language)) < BLATANT


@pytest.mark.parametrize(
    ("language", "text"),
    [("it", "Devi morire, e tutti voi dovete morire."), ("fr", "Je vais te tuer, tu vas mourir.")],
)
def test_wishes_of_death_stay_threats(language: str, text: str) -> None:
    assert score(text, language) >= BLATANT


def test_a_word_of_two_kinds_counts_once() -> None:
    (span,) = spans("Sei stupido", frozenset({"it"}))
    assert {hit.kind for hit in span} == {"you", "insult"}


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_a_harmless_sentence_is_not_held_in_any_of_twenty_languages(language: str, text: str) -> None:
    assert max(score(text), score(text, language)) < BLATANT


def test_at_most_one_of_two_hundred_harmless_sentences_is_a_clear_attack() -> None:
    held = [text for language, text in HARMLESS if max(score(text), score(text, language)) >= THRESHOLDS["clear"]]
    assert len(held) <= len(HARMLESS) / 200, held


@pytest.mark.parametrize("text", [*SENTENCES["calm"], *SENTENCES["calm_unseen"]])
def test_naming_a_group_arguing_quoting_and_swearing_are_not_blatant(text: str) -> None:
    assert score(text) < BLATANT


@pytest.mark.parametrize("sentence", ["I am {}.", "All {} are vermin.", "My {} friends are stupid, you know?"])
def test_all_groups_get_the_same_score(sentence: str) -> None:
    assert len({score(sentence.format(group)) for group in GROUP_NAMES}) == 1


def test_a_report_and_a_denial_weigh_less_than_the_attack() -> None:
    attack = score("All immigrants are filthy vermin.")
    assert score("Saying that all immigrants are filthy vermin is racist.") < attack
    assert score("Immigrants are not filthy vermin.") < attack
    assert score('"All immigrants are filthy vermin" is what he wrote.') < attack


def test_a_misspelled_insult_counts_as_the_insult() -> None:
    plain, misspelled = (spans(text, frozenset({"en"})) for text in ("you scumbag", "you scumbga"))
    assert [span_traits(span) for span in misspelled] == [span_traits(span) for span in plain] != []


def test_exchanged_letters_of_a_long_word_are_undone_in_other_languages() -> None:
    plain, exchanged = (spans(text, frozenset({"de"})) for text in ("du Abschaum", "du Abschuam"))
    assert [span_traits(span) for span in exchanged] == [span_traits(span) for span in plain] != []
    assert spans("du Ratet", frozenset({"de"})) == []


def test_a_mentioned_word_is_no_attack() -> None:
    assert score('Words like "idiot" and "cripple" hurt.') < score("You idiot and cripple.") / 2


@pytest.mark.parametrize(
    "text", ["", "   ", "😀😀", "\u202e\u200b", "你" * 5000, "kill " * 5000, "'" * 5000, "a" * 100_000]
)
def test_odd_and_huge_texts_are_judged_in_a_moment(text: str) -> None:
    assert math.isfinite(score(text))


WORDS = [
    "you",
    "women",
    "kill",
    "should",
    "not",
    "idiot",
    "vermin",
    "said",
    "filthy",
    "hate",
    "tree",
    "i",
    "scum",
    "ich",
]
WORDS += ["dich", "töten", "werde", "frauen", "ratten", "femmes", "sont", "des", "ordures", "tuer", "va", "migranti"]
WORDS += [
    "schifosi",
    "sono",
    "get",
    "out",
    "go",
    "back",
    '"',
    "are",
    "the",
    "and",
    "of",
    "is",
    "to",
    "deserve",
    "妳",
    "废物",
]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.sampled_from(["", "de", "fr", "it"]))
def test_a_quick_look_never_skips_an_attack(text: str, home: str) -> None:
    exact = attack_of(text, home)
    for threshold in THRESHOLDS.values():
        assert attack_of_at_least(threshold, text, home) == (exact if exact.log_odds >= threshold else None)


def test_the_lists_and_weights_fit_in_150_kilobytes() -> None:
    learning, text = (Path(__file__).parents[4] / "workers" / part for part in ("learning", "text"))
    files = [learning / "toxicity.txt", learning / "attack_weights.txt", text / "attack_words.txt"]
    assert sum(file.stat().st_size for file in files) <= 150_000


def test_the_score_is_the_same_in_each_process() -> None:
    code = "from workers.learning.attacks import attack_of as j; print(j('You filthy scum, all women are vermin'))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            cwd=Path(__file__).parents[4],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
