"""Form: the form's token, the time until it was sent, and its proof of work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo

from .base import Facts, Filter, plural


@dataclass(frozen=True)
class FormFilter(Filter):
    """Finds invalid tokens, forms that were sent faster than people read, and missing proofs of work."""

    name = "form"
    # No signal makes a comment spam alone: browsers restore texts, proxies change pages, and people turn scripts off.
    signals: ClassVar[SignalCatalogue] = {
        "form.token-invalid": SignalInfo(
            2.0,
            "the form token is made up, or belongs to another page",
            "its form token were valid",
            title="Invalid form token",
            sentence="{evidence}.",
            tone="warn",
        ),
        "form.token-missing": SignalInfo(
            1.0,
            "no form token, on a site whose forms always send one (`form_token=expected`)",
            "it had come from a form of this site",
            title="No form token",
            sentence="It has no token, and the forms of this site always send one.",
            tone="warn",
        ),
        "form.too-fast": SignalInfo(
            2.5,
            "sent less than three seconds after the form was shown; full strength at once. Edits of published comments "
            "are not checked",
            "the author had taken longer to write it",
            title="Sent too fast",
            sentence="{evidence}.",
            tone="warn",
        ),
        "form.proof-missing": SignalInfo(
            Override.HOLD,
            "the site was flooded (`proof_of_work=auto`), and the form did not send a proof of work",
            "its form had sent a proof of work",
            title="No proof of work",
            sentence="{evidence}.",
            tone="warn",
        ),
    }

    #: A person needs more seconds than this to read a form and write a comment.
    least_seconds: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.form_token == "invalid":  # noqa: S105 -- no secret
            yield Signal("form.token-invalid", 1.0, "The form token is made up or belongs to another page")
        elif not comment.form_token and facts.site.form_token == "expected":  # noqa: S105 -- no secret
            yield Signal("form.token-missing", 1.0, "No form token, which this site's forms always send")
        if 0 <= comment.form_seconds < self.least_seconds:
            strength = (self.least_seconds - comment.form_seconds) / self.least_seconds
            seconds = plural(comment.form_seconds, "second")
            yield Signal("form.too-fast", strength, f"It was sent {seconds} after the form was shown")
        if comment.form_proof == "missing":
            yield Signal("form.proof-missing", 1.0, "The site was flooded, and the form sent no proof of work")
