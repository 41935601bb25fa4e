"""Trap: a hidden form field (honeypot) that was filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo

from .base import Facts, Filter


@dataclass(frozen=True)
class TrapFilter(Filter):
    """Finds a filled trap field. People do not see it, so a program filled it in, or a browser that completes forms."""

    name = "trap"
    # It holds, whatever else is said, and never more alone: some browsers and password managers fill in hidden fields.
    # Together with advertising it is spam.
    signals: ClassVar[SignalCatalogue] = {
        "trap.filled": SignalInfo(
            5.0,
            "the hidden form field was filled in; always held",
            "the hidden field were empty",
            title="Hidden field filled in",
            sentence="{evidence}, and people do not see that field.",
            tone="bad",
            firm=True,
        )
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.trap:
            yield Signal("trap.filled", 1.0, f"The hidden field “{facts.site.trap_field}” was filled in")
