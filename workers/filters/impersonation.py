"""Impersonation: a stranger with the name of a member of the site's team."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.text.homoglyphs import TO_LATIN
from workers.text.normalization import fold

from .base import Facts, Filter

#: Words that people add to a name to look official.
TITLES = frozenset({"admin", "administrator", "mod", "moderator", "official", "staff", "support", "team"})
NAME_WORDS = re.compile(r"[^\W_]+")
LOOK_ALIKES = str.maketrans(dict(TO_LATIN))


def compared_name(name: str) -> str:
    """Return the letters and digits of a name without case, accents, look-alike letters and titles."""
    words = NAME_WORDS.findall(fold(name.translate(LOOK_ALIKES)).text)
    return "".join([word for word in words if word not in TITLES] or words)


@dataclass(frozen=True)
class ImpersonationFilter(Filter):
    """Compares the typed name with the names that readers have seen with the staff badge."""

    name = "impersonation"
    signals: ClassVar[SignalCatalogue] = {
        "author.impersonation": SignalInfo(
            Override.HOLD,
            "the author typed the name of a member of the site's team, and is neither signed in nor confirmed by email",
            "the author had another name",
            harm=3.0,
            title="Name of a team member",
            sentence="{evidence}.",
            tone="bad",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if not facts.staff_names or comment.is_verified or not (name := compared_name(comment.author)):
            return
        if staff := next((known for known in sorted(facts.staff_names) if compared_name(known) == name), ""):
            yield Signal(
                "author.impersonation", 1.0, f"“{comment.author}” looks like {staff}, a name of the site's team"
            )
