"""Our prior model as one of the compared filters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from training.corpora import comment
from training.fit import Weights, batch, fit
from training.generate import Example
from workers.learning.prior_model import shipped_prior


class Prior:
    """Learns weights as `training.train` does, and judges one comment as a worker does."""

    name = "Replygate's prior"

    def __init__(self) -> None:
        self.weights: Weights | None = None

    def learn(self, examples: Iterable[Example]) -> None:
        by_source: dict[str, list[Example]] = defaultdict(list)
        for example in examples:
            by_source[example.source].append(example)
        self.weights = fit([batch(rows, source) for source, rows in by_source.items()])

    def score(self, example: Example) -> float:
        return shipped_prior().log_odds(comment(example))

    def scores(self, examples: Sequence[Example]) -> list[float]:
        if self.weights is None:
            return [self.score(example) for example in examples]
        return self.weights.logits(batch(list(examples), "")).tolist()
