"""Profanity: better-profanity's words, held or masked as the site likes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from comments.model import Comment, Signal
from comments.site import Site
from workers.text.profanity import Taste, is_maskable, mask, offences
from workers.text.profanity_tiers import Tier

from .base import Facts, Filter, Mark, Weight

#: Tells `judge` to publish the masked content.
MASKED = "profanity.masked"


def taste(site: Site) -> Taste:
    return _taste(site.profanity_tier, site.profanity_also, site.profanity_allow)


@lru_cache(maxsize=64)
def _taste(tier: str, also: tuple[str, ...], allow: tuple[str, ...]) -> Taste:
    """The same object each time: such are told apart at once."""
    return Taste(Tier(tier), also, allow)


def masked(comment: Comment, facts: Facts) -> str:
    return mask(comment.content, taste(facts.site))


@dataclass(frozen=True)
class Profanity(Filter):
    """Profane words never make a comment spam: people swear about what they care for."""

    name = "profanity"
    weights: ClassVar[Mapping[str, Weight]] = {"profanity.word": Mark.HOLD, MASKED: 0.0}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        choice, finds = facts.site.profanity, taste(facts.site)
        if choice == "off":
            return
        named, said = offences(comment.author, finds), offences(comment.content, finds)
        starred = bool(said) and choice == "mask" and is_maskable(comment.content, finds)
        if starred:
            yield Signal(MASKED, 1.0, f"published with stars for: {', '.join(said[:5])}")
        if named or (said and not starred):
            yield Signal("profanity.word", 1.0, ", ".join((named + said)[:5]))
