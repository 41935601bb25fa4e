"""Translations of the widget, the public pages and the emails: one JSON file per language in `locales/`.

Each file has the sections of `en.json`. `problems` and `errors` are translations by code; English needs none, because
its messages are written where the error is raised. To add a language, add a file: nothing else names the languages.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

LOCALES = Path(__file__).parent / "locales"
DEFAULT_LANGUAGE = "en"

#: Tags that mean a language under another tag.
SAME_LANGUAGE = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant", "no": "nb", "nn": "nb", "iw": "he"}

Section = Literal["pages", "problems", "errors", "emails"]
#: A text, or its plural forms by the categories of `Intl.PluralRules`.
WidgetText = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of one language. `code` is a BCP 47 tag, `name` the language's own name."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    reviewed_by: str  # "" if no native speaker has read it yet
    widget: Mapping[str, WidgetText]
    texts: Mapping[Section, Mapping[str, str]]

    def text(self, section: Section, key: str) -> str | None:
        """Return a text with its placeholders; English where this language lacks it; None where both do."""
        found = self.texts.get(section, {}).get(key)
        if found is None and self.code != DEFAULT_LANGUAGE:
            return translations()[DEFAULT_LANGUAGE].text(section, key)
        return found


@cache
def translations() -> Mapping[str, Translation]:
    """Return all translations by language tag, English first."""
    found = {path.stem: _read(path) for path in sorted(LOCALES.glob("*.json"))}
    return {DEFAULT_LANGUAGE: found[DEFAULT_LANGUAGE], **found}


def _read(path: Path) -> Translation:
    content = json.loads(path.read_text("utf-8"))
    about, widget = content.pop("language"), content.pop("widget")
    return Translation(path.stem, about["name"], about["direction"], about["reviewed_by"], widget, content)


@cache
def language_tags() -> Mapping[str, str]:
    """Return the languages by lower-case tag, for comparison with what a page or a browser asks for."""
    return {tag.lower(): tag for tag in translations()}


def find_translation(tag: str) -> Translation | None:
    """Return the translation for a language tag such as "de-AT": its region's if there is one, else its language's."""
    wanted = tag.strip().replace("_", "-").lower()
    for other, usual in SAME_LANGUAGE.items():
        if f"{wanted}-".startswith(f"{other}-"):
            wanted = usual + wanted[len(other) :]
    while wanted:
        if wanted in language_tags():
            return translations()[language_tags()[wanted]]
        wanted = wanted.rpartition("-")[0]
    return None


def first_translation(*tags: str) -> Translation:
    """Return the translation for the first tag that has one, or English."""
    return next((found for tag in tags if (found := find_translation(tag))), translations()[DEFAULT_LANGUAGE])
