"""Scorer: the answer of the operator's own scorer, which was asked before the filters run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo

from .base import Facts, Filter


@dataclass(frozen=True)
class ScorerFilter(Filter):
    """Holds a comment that the operator's scorer calls spam. It can never make a comment spam, and never frees one."""

    name = "scorer"
    signals: ClassVar[SignalCatalogue] = {
        "scorer.external": SignalInfo(
            Override.HOLD,
            "the operator's own scorer (`REPLYGATE_SCORER`) calls it spam, with `REPLYGATE_SCORER_HOLD_AT` or more",
            "the external filter had not called it spam",
            momentary=True,
            title="External filter",
            sentence="{evidence}.",
            tone="bad",
        ),
        "scorer.failed": SignalInfo(
            0.0,
            "a note: the operator's own scorer gave no answer in time, and the comment was judged without it",
            momentary=True,
            title="No external score",
            sentence="The external filter gave no answer: {evidence}.",
            tone="warn",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        answer = facts.scorer
        if answer is None:
            return
        if answer.failure:
            yield Signal("scorer.failed", 1.0, answer.failure)
        elif answer.probability >= answer.hold_at:
            evidence = f"The external filter calls it spam with a probability of {100 * answer.probability:.0f} %"
            evidence += f": {answer.reason}" if answer.reason else ""
            yield Signal("scorer.external", answer.probability, evidence)
