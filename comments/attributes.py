"""Attributes of a text that a check can score: their names, meanings and languages.

docs/attributes-card.md has the measured quality of each one. Only attributes that were measured are in the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SPAM_ATTRIBUTE = "SPAM"


@dataclass(frozen=True, slots=True)
class AttributeInfo:
    """The meaning of a score near 1, and the ISO 639-1 codes of the languages it is given in; empty for any."""

    meaning: str
    languages: tuple[str, ...] = ()

    def supports(self, language: str) -> bool:
        return not self.languages or language in self.languages


ATTRIBUTES: Mapping[str, AttributeInfo] = {
    SPAM_ATTRIBUTE: AttributeInfo("Advertising, or anything else that moderators of the site mark as spam."),
    "TOXICITY": AttributeInfo("Insults, threats, hatred or profanity: readers may leave because of it.", ("en", "pt")),
    "INSULT": AttributeInfo("Insults a person or a group of people.", ("en",)),
    "PROFANITY": AttributeInfo(
        "Contains swear words or other obscene words.", ("en", "de", "es", "fr", "hi", "it", "pl", "pt")
    ),
    "THREAT": AttributeInfo("Threatens violence against a person or a group, or calls for it.", ("en",)),
}


@dataclass(frozen=True, slots=True)
class SpanScore:
    """Probability that characters `begin` to `end` of a text have an attribute."""

    begin: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class AttributeScore:
    """Probability that a text has the attribute with this name, and that each of its parts has."""

    name: str
    value: float
    spans: tuple[SpanScore, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeQuery:
    """The attributes that a check asks for. `language` is the one that the asker names; "" if none.

    `text` is the text as it was sent, which spans refer to, if the comment has it tidied.
    """

    names: tuple[str, ...]
    language: str = ""
    spans: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class AttributeAnswer:
    """Scores of the attributes that support the language of the text."""

    language: str
    scores: tuple[AttributeScore, ...] = ()
