"""Profanity: better-profanity's words, held or masked as the site likes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from ..profanity import is_maskable, mask, offences
from .base import Facts, Filter, Mark, Weight

#: Tells `judge` to publish the masked content.
MASKED = "profanity.masked"


def masked(comment: Comment, facts: Facts) -> str:
    return mask(comment.content, facts.site.profanity_allow)


@dataclass(frozen=True)
class Profanity(Filter):
    """Profane words never make a comment spam: people swear about what they care for."""

    name = "profanity"
    weights: ClassVar[Mapping[str, Weight]] = {"profanity.word": Mark.HOLD, MASKED: 0.0}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        allow, choice = facts.site.profanity_allow, facts.site.profanity
        if choice == "off":
            return
        named, said = offences(comment.author, allow), offences(comment.content, allow)
        starred = bool(said) and choice == "mask" and is_maskable(comment.content, allow)
        if starred:
            yield Signal(MASKED, 1.0, f"published with stars for: {', '.join(said[:5])}")
        if named or (said and not starred):
            yield Signal("profanity.word", 1.0, ", ".join((named + said)[:5]))
