"""Copies of spam: texts, and names of what they advertise, that a person marked as spam on this site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.learning.combined_model import combined_score
from workers.learning.copy_tokens import BRAND, SAME, copy_tokens
from workers.learning.site_model import has_enough_lessons
from workers.text.tokens import ENOUGH_LETTERS, fingerprint, is_long

from .base import Facts, Filter

REFUSED, HELD, REFUSED_NAME = "copies.spam", "copies.similar", "copies.name"


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
        REFUSED_NAME: SignalInfo(
            Override.REJECT,
            "more likely spam than not, with a name (letters and a number, or in disguised letters) that is in three "
            "comments which a person marked as spam, and in none that a person approved",
            "its name had not been in comments that were marked as spam",
            title="Name from spam",
            sentence="{evidence}.",
            tone="bad",
        ),
    }

    #: Decisions that refuse a short or similar text.
    enough: int = 2
    #: Decisions about comments with a name that refuse further ones, on a site that may refuse by points.
    enough_named: int = 3
    #: Probability of spam that refuses a similar text after one decision, and a text with such a name.
    likely: float = 0.5

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if not facts.corpus.tokens:
            return
        counts = {token: facts.corpus.tokens[token] for token in copy_tokens(comment) if token in facts.corpus.tokens}
        names = {token: counts.pop(token) for token in tuple(counts) if token[0] == BRAND}
        copies = None if any(ham for ham, _ in counts.values()) else self._copy(comment, facts, counts)
        if (copies is None or copies.name == HELD) and (named := self._named(comment, facts, names)):
            yield named
        elif copies:
            yield copies

    def _copy(self, comment: Comment, facts: Facts, counts: Mapping[str, tuple[int, int]]) -> Signal | None:
        """Return the signal of a text like those that were marked as spam."""
        if not counts:
            return None
        spam = max(spam for _, spam in counts.values())
        same = any(token[0] == SAME for token in counts)
        refused = facts.site.refusals != "none" and self._is_sure(comment, facts, same, spam)
        text = "The same" if same else "A similar"
        often = "" if spam == 1 else f" {spam} times"
        evidence = f"{text} text was marked as spam{often} and never published"
        return Signal(REFUSED if refused else HELD, 1.0, evidence)

    def _named(self, comment: Comment, facts: Facts, counts: Mapping[str, tuple[int, int]]) -> Signal | None:
        """Return the signal of a name that occurred in spam only."""
        n, token = max([(spam, token) for token, (ham, spam) in counts.items() if not ham], default=(0, ""))
        may_refuse = facts.site.refusals != "none" and has_enough_lessons(facts.corpus)
        if n < self.enough_named or not may_refuse or not self._is_likely(comment, facts):
            return None
        name = token.removeprefix(BRAND)
        return Signal(
            REFUSED_NAME, 1.0, f"{n} comments with the name {name} were marked as spam, and none was approved"
        )

    def _is_sure(self, comment: Comment, facts: Facts, same: bool, spam: int) -> bool:
        if spam >= self.enough or (same and len(fingerprint(comment.content)) >= ENOUGH_LETTERS):
            return True
        return is_long(comment.content) and self._is_likely(comment, facts)

    def _is_likely(self, comment: Comment, facts: Facts) -> bool:
        return combined_score(comment, facts.corpus, facts.site.refusals).probability >= self.likely
