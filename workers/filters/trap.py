"""Trap: a form field that people do not see, filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from .base import Facts, Filter, Weight


@dataclass(frozen=True)
class Trap(Filter):
    """Whatever stands in the honeypot field was written by a program, or by a browser that fills in forms by itself."""

    name = "trap"
    # Holds alone, because browsers do fill in hidden fields; with advertising beside it, it is spam.
    weights: ClassVar[Mapping[str, Weight]] = {"trap.filled": 5.0}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.trap:
            yield Signal("trap.filled", 1.0, f"the hidden field “{facts.site.trap_field}” was filled in")
