"""Parts of the sentences of the audit log, with what they link to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_EMAIL = re.compile(r"[^\s“”<>:,;()]+@[^\s“”<>:,;()]+\.[^\s“”<>:,;()]+")


@dataclass(frozen=True, slots=True)
class SentencePart:
    """Text of a sentence. `kind` and `target` say what it links to.

    Kinds are "comment", "proposal", "author", "page", "person" and "".
    """

    text: str
    kind: str = ""
    target: str = ""


def without_emails(parts: Sequence[SentencePart]) -> list[SentencePart]:
    """Return a sentence for people who may not see email addresses."""
    return [SentencePart(_EMAIL.sub("(hidden email address)", p.text), p.kind, p.target) for p in parts]
