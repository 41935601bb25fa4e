"""Translations: every language has every text, with the same placeholders."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.translations import Section, find_translation, first_translation, translations

#: English needs no texts by code, so another language says which codes there are.
COMPLETE = translations()["de"]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _expected() -> Iterator[tuple[Section, str, str]]:
    for section, texts in COMPLETE.texts.items():
        for key, text in texts.items():
            yield section, key, text


@pytest.mark.parametrize("tag", translations())
def test_a_language_has_every_text_with_its_placeholders(tag: str) -> None:
    found = translations()[tag]
    sections = set(COMPLETE.texts) - ({"problems", "errors"} if tag == "en" else set())
    assert set(found.texts) == sections
    for section in sections:
        assert set(found.texts[section]) == set(COMPLETE.texts[section])
    for section, key, text in _expected():
        if section in sections:
            assert _placeholders(found.texts[section][key]) == _placeholders(text), (section, key)


@pytest.mark.parametrize("tag", [tag for tag in translations() if tag != "en"])
def test_a_translation_is_not_english(tag: str) -> None:
    english = translations()["en"].texts["pages"]
    same = [key for key, text in translations()[tag].texts["pages"].items() if text == english[key]]
    assert len(same) < len(english) / 10, same


@pytest.mark.parametrize(
    ("asked", "found"), [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_CH", "de"), ("de-Latn-AT-x-a", "de")]
)
def test_a_region_falls_back_to_its_language(asked: str, found: str) -> None:
    translation = find_translation(asked)
    assert translation is not None
    assert translation.code == found


@pytest.mark.parametrize("asked", ["", "tlh", "../en", "-", "de\x00", "*", "x" * 5000])
def test_a_language_without_translation_is_english(asked: str) -> None:
    assert find_translation(asked) is None
    assert first_translation(asked).code == "en"
    assert first_translation(asked, "de").code == "de"


def test_there_are_as_many_languages_as_the_readme_states() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    stated = re.search(r"\| Widget languages \| over (\d+) \|", readme)
    assert stated
    assert len(translations()) > int(stated[1])
