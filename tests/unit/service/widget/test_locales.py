"""Texts of the widget: every language has all of them, and a new language is one file."""

import json
import re

import pytest

from comments.translations import WidgetText, translations
from service.widget.bundle import SCRIPT_NAME, bundle, read_modules, read_parts

LOCALES = {tag: found.widget for tag, found in translations().items()}
ENGLISH = LOCALES["en"]
MODULES = read_modules() | {name: text for modules in read_parts().values() for name, text in modules.items()}
OTHERS = sorted(set(LOCALES) - {"en"})

#: Plural categories that mean a single number and need no digits: "two comments" is one word in Arabic.
SINGLE_NUMBERS = {"ar": {"zero", "one", "two"}, "he": {"one", "two"}}

#: The keys of the `messages` option in version 0.1. Pages have them in their HTML.
KEYS_OF_0_1 = """
count none leave replyTo reply cancel comment name email website private stars notify trap post sending again waiting
kept published refused closed more anonymous news unread away later look required badEmail badUrl tooLong gone edit
report withdraw sure save back changing unchanged withdrawn changed
"""


def old_keys() -> dict[str, str]:
    table = re.search(r"const OLD_KEYS = \{(.*?)\};", MODULES["old_texts"], re.DOTALL)
    assert table
    return dict(re.findall(r'(\w+): "(\w+)"', table[1]))


def used_keys() -> set[str]:
    """Keys in calls that take one, and in the tables from server codes and fields to keys."""
    code = "\n".join(text for name, text in MODULES.items() if name != "styles")
    places = [
        *re.findall(r"\b(?:localize|announce)\(([^()]*)", code),
        *re.findall(r"const (?:STATUS_)?MESSAGES = (\{.*?\});", code, re.DOTALL),
        *re.findall(r"\blabel: (\"\w+\")", code),
        *re.findall(r"\bconst waiting = (.*);", code),
    ]
    return {key for place in places for key in re.findall(r'(?<!=== )"(\w+)"', place)}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def forms(text: WidgetText) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def counting_forms(language: str, text: WidgetText) -> list[str]:
    """The forms that need the number."""
    if isinstance(text, str):
        return [text]
    return [form for category, form in text.items() if category not in SINGLE_NUMBERS.get(language, ())]


def test_the_widget_speaks_the_languages_of_earlier_versions() -> None:
    assert {"en", "de", "fr", "es"} <= set(LOCALES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys_in_the_same_order(language: str) -> None:
    assert list(LOCALES[language]) == list(ENGLISH)


@pytest.mark.parametrize("language", LOCALES)
def test_every_text_is_filled_in(language: str) -> None:
    for key, text in LOCALES[language].items():
        assert all(form == form.strip() != "" for form in forms(text)), key


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_and_plurals_agree_with_english(language: str) -> None:
    for key, english in ENGLISH.items():
        text = LOCALES[language][key]
        assert isinstance(text, type(english)), key
        assert isinstance(text, str) or "other" in text, key
        expected = placeholders(forms(english)[-1])
        assert all(placeholders(form) == expected for form in counting_forms(language, text)), key
        assert all(placeholders(form) <= expected for form in forms(text)), key


def test_the_code_uses_the_texts_there_are() -> None:
    assert used_keys() - set(ENGLISH) == set()


def test_every_text_is_used() -> None:
    assert set(ENGLISH) - used_keys() == set()


def test_keys_of_earlier_versions_still_work() -> None:
    renamed = old_keys()
    assert set(renamed) & set(ENGLISH) == set()
    assert [key for key in KEYS_OF_0_1.split() if renamed.get(key, key) not in ENGLISH] == []
    assert set(renamed) <= set(KEYS_OF_0_1.split())


def test_a_new_language_is_a_file_of_its_own() -> None:
    files = bundle(locales={"xx": {**ENGLISH, "post": "Pubblica il commento"}})
    (name,) = [name for name in files if name.startswith("widget-xx-")]
    assert json.loads(files[name])["post"] == "Pubblica il commento"
    assert '"xx.json":' in files[SCRIPT_NAME].decode()


def test_english_is_in_the_script_and_the_other_languages_are_not() -> None:
    script = bundle()[SCRIPT_NAME].decode()
    assert ENGLISH["emailNotPublished"] in script
    assert LOCALES["de"]["emailNotPublished"] not in script
