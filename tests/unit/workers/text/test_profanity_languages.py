"""Profanity counts in its own language only: harmless sentences of 20 languages pass, profane ones are found."""

from pathlib import Path

import pytest

from workers.text.languages import ENGLISH, UNLISTED, likely_languages
from workers.text.profanity import WordChoice, is_maskable, mask, profane_words
from workers.text.profanity_tiers import Tier

FOLDER = Path(__file__).parent


def _sentences(name: str) -> list[tuple[str, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [(language, text) for language, _, text in (line.partition(": ") for line in lines if line[0] != "#")]


HARMLESS, PROFANE = _sentences("harmless_sentences.txt"), _sentences("profane_sentences.txt")


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_a_harmless_sentence_is_not_profane_in_any_of_twenty_languages(language: str, text: str) -> None:
    assert profane_words(text) == ()
    assert profane_words(text, WordChoice(home=language)) == ()
    assert mask(text) == text


def test_there_are_two_hundred_harmless_sentences_of_twenty_languages() -> None:
    assert len(HARMLESS) >= 200
    assert len({language for language, _ in HARMLESS}) >= 20


@pytest.mark.parametrize(("language", "text"), PROFANE)
def test_profanity_is_found_and_masked_in_its_language(language: str, text: str) -> None:
    assert profane_words(text) != ()
    assert is_maskable(text)
    masked = mask(text)
    assert "**" in masked
    assert len(masked) == len(text)
    assert profane_words(masked) == ()


def test_the_language_of_the_harmless_sentences_is_identified() -> None:
    hits = [language in (likely_languages(text) or {language}) for language, text in HARMLESS]
    assert sum(hits) >= 0.95 * len(hits)


def test_the_language_of_the_site_decides_short_texts() -> None:
    assert profane_words("Slut!") == ("slut",)
    assert profane_words("Slut!", WordChoice(home="sv")) == ()
    assert likely_languages("Slut!", "sv") == {"sv"}
    assert likely_languages("Slut!") == frozenset()


def test_a_text_without_a_known_function_word_is_in_another_language() -> None:
    assert likely_languages("Znaczylo łamiacy prawa autorskie nielegalnie nagrany") != {ENGLISH}
    assert likely_languages("Asili huria kutetea upelelezi uchunguzi mkutano") == {UNLISTED}


@pytest.mark.parametrize("text", ["Das ist doch fucking egal, oder?", "Det är bara bullshit och inget annat"])
def test_english_words_that_everybody_knows_count_in_every_language(text: str) -> None:
    assert profane_words(text) != ()


@pytest.mark.parametrize("text", ["Slut shaming is not a joke", "you are a filthy slut", "My friend, suck my cock"])
def test_english_words_still_count_in_english(text: str) -> None:
    assert (profane_words(text) == ()) == ("shaming" in text)


@pytest.mark.parametrize("name", ["Anthony Weiner", "Alan Cumming", "Carleton Coon", "Jim Dyke", "Peder Holm", "xxx"])
def test_surnames_are_no_profanity(name: str) -> None:
    assert profane_words(name) == ()


@pytest.mark.parametrize(
    "text", ["that coon again", "a fat dyke", "what a retard", "you homo", "the weiner in his pants"]
)
def test_the_same_words_count_in_their_profane_sense(text: str) -> None:
    assert profane_words(text) != ()


def test_the_tier_of_slurs_holds_for_other_languages_too() -> None:
    slurs = WordChoice(tier=Tier.SLUR)
    assert profane_words("Du bist ein Arschloch und das weißt du auch.", slurs) == ()
    assert profane_words("Das ist doch eine Schwuchtel, was sonst.", slurs) == ("schwuchtel",)


def test_a_site_may_allow_words_of_other_languages() -> None:
    assert profane_words("Che cazzo di domanda è questa?", WordChoice(allow=("cazzo",))) == ()


def test_a_word_of_another_language_does_not_count_in_english() -> None:
    assert profane_words("The Polish word kurwa and the French word merde are rude, as I know.") == ()


def test_a_disguised_word_of_another_language_is_found() -> None:
    assert profane_words("Co to k u r w a jest, nie wiem") != ()
    assert profane_words("Du bist ein Аrschloch und das weißt du auch") != ()  # the A is Cyrillic
