"""Profanity: words of better-profanity's list, held or masked as the site chooses."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from comments.site import Site
from workers.text.profanity import WordChoice, is_maskable, mask, profane_words
from workers.text.profanity_tiers import Tier

from .base import Facts, Filter

#: This signal makes `judge` publish the masked content.
MASKED = "profanity.masked"


def word_choice(site: Site) -> WordChoice:
    return _word_choice(site.profanity_tier, site.profanity_also, site.profanity_allow, site.language)


@lru_cache(maxsize=64)
def _word_choice(tier: str, also: tuple[str, ...], allow: tuple[str, ...], language: str) -> WordChoice:
    """Return the same object for the same settings, so that caches compare it by identity."""
    return WordChoice(Tier(tier), also, allow, language.partition("-")[0])


@lru_cache(maxsize=512)
def _in_name(author: str, choice: WordChoice) -> tuple[str, ...]:
    return profane_words(author, choice)


def masked_content(comment: Comment, facts: Facts) -> str:
    return mask(comment.content, word_choice(facts.site))


@dataclass(frozen=True)
class ProfanityFilter(Filter):
    """Profane words never make a comment spam, because honest people swear too."""

    name = "profanity"
    signals: ClassVar[SignalCatalogue] = {
        "profanity.word": SignalInfo(
            Override.HOLD,
            "a profane word in the name, or in the text if it is not masked",
            "it contained no profanity",
            harm=3.0,
            title="Profane words",
            sentence="It contains profanity: {evidence}.",
            tone="warn",
            brief="profanity: {evidence}",
        ),
        MASKED: SignalInfo(
            0.0,
            "profane words that are published as asterisks, because the site chose `mask`",
            harm=3.0,
            title="Profanity masked",
            sentence="{evidence}.",
            tone="warn",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        setting, choice = facts.site.profanity, word_choice(facts.site)
        if setting == "off":
            return
        in_name, in_text = _in_name(comment.author, choice), profane_words(comment.content, choice)
        is_masked = bool(in_text) and setting == "mask" and is_maskable(comment.content, choice)
        if is_masked:
            yield Signal(MASKED, 1.0, f"Readers see asterisks instead of {', '.join(in_text[:5])}")
        if in_name or (in_text and not is_masked):
            yield Signal("profanity.word", 1.0, ", ".join((in_name + in_text)[:5]))
