"""Form: what the form that a comment came by tells about who filled it in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from .base import Facts, Filter, Mark, Weight, counted


@dataclass(frozen=True)
class Form(Filter):
    """Tokens that are made up, forms filled in faster than people read them, and work that was not done."""

    name = "form"
    # None makes spam of a comment by itself: browsers restore texts, proxies change pages, scripts are switched off.
    weights: ClassVar[Mapping[str, Weight]] = {
        "form.token-invalid": 2.0,
        "form.token-missing": 1.0,
        "form.too-fast": 2.5,
        "form.proof-missing": Mark.HOLD,
    }

    #: Seconds in which nobody reads a form and writes something.
    least: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.form_token == "invalid":  # noqa: S105 -- no secret
            yield Signal("form.token-invalid", 1.0, "the form's token was made up or belongs to another page")
        elif not comment.form_token and facts.site.form_token == "expected":  # noqa: S105 -- no secret
            yield Signal("form.token-missing", 1.0, "it came without the token that this site's forms send")
        if 0 <= comment.form_seconds < self.least:
            strength = (self.least - comment.form_seconds) / self.least
            after = counted(comment.form_seconds, "second")
            yield Signal("form.too-fast", strength, f"sent {after} after the form was shown")
        if comment.form_proof == "missing":
            yield Signal("form.proof-missing", 1.0, "the site was flooded and the form did not do the work asked for")
