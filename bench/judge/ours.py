"""Our shipped model as one of the compared filters."""

from collections.abc import Iterable, Sequence

from training.corpora import comment
from training.generate import Example
from workers.learning.prior_model import shipped_prior


class Prior:
    """Judges one comment as a worker does. It learns nothing: `training.nested` trains models without a source."""

    name = "Replygate's prior"

    def learn(self, examples: Iterable[Example]) -> None:
        """Learn nothing."""

    def score(self, example: Example) -> float:
        return shipped_prior().log_odds(comment(example))

    def scores(self, examples: Sequence[Example]) -> list[float]:
        return [self.score(example) for example in examples]
