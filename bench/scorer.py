"""Measure how much an operator's scorer adds to the shipped model, on sources that the model did not see.

    python -m bench.scorer DATA_DIR [MODULE:FUNCTION]

MODULE:FUNCTION is a function as `REPLYGATE_SCORER` takes it, by default `examples/phrase_scorer.py`. Each source is
judged by a model that did not see it or another one of its maker (`training.nested`, which takes some minutes). The
scorer holds a comment from P(spam) = .9 on, and the model from its own threshold. The area below the ROC curve with the
scorer puts what it would hold above all other comments.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np

from comments.settings import Settings
from training.corpora import PLACES
from training.figures import area
from training.fit import Array
from training.generate import Example
from training.nested import FEW_SPAM, Nested
from training.protocol import gathered

EXAMPLE = Path(__file__).parents[1] / "examples"
HOLD_AT = next(field.default for field in fields(Settings) if field.name == "scorer_hold_at")
#: Added to the log-odds of what the scorer holds: more than any model gives.
ABOVE_ALL = 100.0

ScoreText = Callable[[Mapping[str, str]], object]


def probability(answer: object) -> float:
    """Return P(spam) of an answer: a number, or a mapping with it."""
    return float(answer["spam"] if isinstance(answer, Mapping) else answer)  # type: ignore[arg-type]


def holds(score: ScoreText, examples: Sequence[Example]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    comments = [
        {"text": e.text, "name": e.author, "website": e.url, "language": "", "thread": "post", "title": ""}
        for e in examples
    ]
    return np.array([probability(score(comment)) >= HOLD_AT for comment in comments], dtype=bool)


def main() -> None:
    sys.path.insert(0, str(EXAMPLE))
    name = (*sys.argv[2:], "phrase_scorer:score")[0]
    score: ScoreText = EntryPoint("scorer", name, "replygate.scorers").load()
    nested = Nested(gathered(Path(sys.argv[1])))
    print(f"{'source':24}{'AUC':>8}{'with':>8}{'spam held':>11}{'with':>8}{'honest of 1,000':>17}{'with':>8}")
    rows: list[list[float]] = []
    for source in PLACES:
        spam, log_odds = nested.spam(source), nested.log_odds[source]
        if spam.sum() < FEW_SPAM or (~spam).sum() < FEW_SPAM:
            continue
        scored = holds(score, nested.material.examples[source])
        both: Array = log_odds + ABOVE_ALL * scored
        row = [area(x[spam], x[~spam]) for x in (log_odds, both)]
        row += [float((x[spam] >= 0).mean()) for x in (log_odds, both)]
        row += [1000 * float((x[~spam] >= 0).mean()) for x in (log_odds, both)]
        rows.append(row)
        print(f"{source:24}{row[0]:>8.3f}{row[1]:>8.3f}{row[2]:>11.3f}{row[3]:>8.3f}{row[4]:>17.1f}{row[5]:>8.1f}")
    means = np.mean(np.array(rows), axis=0)
    print(
        f"{'mean':24}{means[0]:>8.3f}{means[1]:>8.3f}{means[2]:>11.3f}{means[3]:>8.3f}{means[4]:>17.1f}{means[5]:>8.1f}"
    )


if __name__ == "__main__":
    main()
