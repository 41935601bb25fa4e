"""Copies of spam: the same or nearly the same text as one that a person marked as spam on this site."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.learning.combined_model import combined_score
from workers.learning.copy_tokens import SAME, copy_tokens
from workers.text.tokens import ENOUGH_LETTERS, fingerprint, is_long

from .base import Facts, Filter

REFUSED, HELD = "copies.spam", "copies.similar"


@dataclass(frozen=True)
class SpamCopyFilter(Filter):
    """Refuses the rest of a wave after a person marked one of it as spam, and holds what may belong to it.

    A text that people also approved is no copy of spam.
    """

    name = "copies"
    signals: ClassVar[SignalCatalogue] = {
        REFUSED: SignalInfo(
            Override.REJECT,
            "the same text as one that a person marked as spam on this site and nobody approved, or nearly the same "
            "and more likely spam than not; a short text from two such decisions on",
            "the same text had not been marked as spam",
            title="Copy of spam",
            sentence="{evidence}.",
            tone="bad",
        ),
        HELD: SignalInfo(
            Override.HOLD,
            "like `copies.spam`, but short and with one decision, or nearly the same text and less likely spam, or on "
            "a site with `refusals=none`",
            "a similar text had not been marked as spam",
            title="Similar to spam",
            sentence="{evidence}.",
            tone="bad",
        ),
    }

    #: Decisions that refuse a short or similar text.
    enough: int = 2
    #: Probability of spam that refuses a similar text after one decision.
    likely: float = 0.5

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if not facts.corpus.tokens:
            return
        counts = {token: facts.corpus.tokens[token] for token in copy_tokens(comment) if token in facts.corpus.tokens}
        if not counts or any(ham for ham, _ in counts.values()):
            return
        spam = max(spam for _, spam in counts.values())
        same = any(token[0] == SAME for token in counts)
        refused = facts.site.refusals != "none" and self._is_sure(comment, facts, same, spam)
        text = "The same" if same else "A similar"
        often = "" if spam == 1 else f" {spam} times"
        evidence = f"{text} text was marked as spam{often} and never published"
        yield Signal(REFUSED if refused else HELD, 1.0, evidence)

    def _is_sure(self, comment: Comment, facts: Facts, same: bool, spam: int) -> bool:
        if spam >= self.enough or (same and len(fingerprint(comment.content)) >= ENOUGH_LETTERS):
            return True
        return (
            is_long(comment.content)
            and combined_score(comment, facts.corpus, facts.site.refusals).probability >= self.likely
        )
