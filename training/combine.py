"""`python -m training.combine DATA_DIR`: fit the weights of the shipped and the site's model on streams of comments.

Each source has the log-odds of a model that did not see it (`training.nested`). The first n comments of every stream
become lessons: all of them, or those that moderators see, which are the uncertain ones and a few others. The comments
after them are judged. The errors of a stream are measured with constants that were fitted on the other streams, and
with the shift that the residuals of the lessons give; how fast it moves is chosen by likelihood on the other streams.

The last line has the constants for `workers.learning.combined_model`. They are fitted on sites that use the current
constants, where only held comments, a few others and reported ones become lessons. Fitted again with their own result,
they change by less than .1. HALF_TAUGHT was chosen among 5, 7, 10, 20 and 40 by likelihood.
"""

import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from comments.lifecycle import Label
from comments.probability import probability
from comments.storage.corpus_lessons import Lesson
from replygate.evaluation.labelled_comments import Example
from replygate.evaluation.replay import ReplayCorpus, held, lesson
from workers.learning import combined_model
from workers.learning.site_model import mean_log_odds, rarer_lessons, token_log_odds_of, tokens

from .fit import Array
from .generate import Example as Labelled
from .generate import chance
from .nested import Nested
from .protocol import gathered
from .site_streams import STREAMS, Row, streams

LESSONS = (0, 10, 25, 50, 100, 200, 500)
#: Maximum and minimum number of comments that are judged after each number of lessons.
MOST_JUDGED, FEWEST_JUDGED = 300, 60
#: A moderator sees comments for which the prior gives at least these log-odds, and this share of the others.
UNCERTAIN, SEEN_SHARE = -1.2, 0.08
SEEDS = (1, 2)
#: Shares of automatic decisions that moderators see: spot checks, and reports of published spam.
CHANCE, REPORTED = 0.02, 0.1
NEWTON_STEPS, PULL = 30, 1e-3
#: Values of `combined_model.SHIFT_RATE` to choose from.
SHIFT_RATES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
CHOICES: Mapping[str, Sequence[float]] = {
    "": SHIFT_RATES,
    ", no shift": (0.0,),
    f", shift of {combined_model.SHIFT_RATE}": (combined_model.SHIFT_RATE,),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A comment after n lessons: log-odds of both models, lessons of the rarer label, and the comment's label.

    `taught` comments are the lessons themselves, as they were judged before they taught anything. They are not tested.
    """

    stream: str
    lessons: int
    prior: float
    site: float
    known: int
    spam: bool
    taught: bool = False

    def columns(self) -> tuple[float, ...]:
        """Return the regression's columns: prior before the first lesson and after many, site, and two offsets."""
        share = self.known / (self.known + combined_model.HALF_TAUGHT)
        return self.prior * (1 - share), self.prior * share, self.site * share, 1 - share, share


def judged(name: str, rows: Sequence[Row], draw: random.Random, all_learned: bool) -> Iterator[Judged]:
    """Yield scores after each number of comments, if all comments or only reviewed ones become lessons."""
    corpus, learned = ReplayCorpus(), 0
    for n in LESSONS:
        if n > len(rows) - FEWEST_JUDGED:
            return
        for row in rows[learned:n]:
            if all_learned or row.prior > UNCERTAIN or draw.random() < SEEN_SHARE:
                yield judged_row(name, n, row, corpus, taught=True)
                label = Label.SPAM if row.spam else Label.HAM
                corpus.learn(Lesson(label, tokens(row.comment)))
        learned = n
        for row in rows[n :: max(1, (len(rows) - n) // MOST_JUDGED)]:
            yield judged_row(name, n, row, corpus)


def judged_row(name: str, n: int, row: Row, corpus: ReplayCorpus, taught: bool = False) -> Judged:
    """Return the scores of a comment on a site with these lessons."""
    seen, asked = corpus.about(row.comment), tokens(row.comment)
    site = mean_log_odds(token_log_odds_of(asked, seen), len(asked))
    return Judged(name, n, row.prior, site, rarer_lessons(seen), row.spam, taught)


def judged_with_current_constants(name: str, rows: Sequence[Row], draw: random.Random) -> Iterator[Judged]:
    """Yield scores of every comment on a site without lessons, and on one whose moderators label held comments."""
    corpus = ReplayCorpus()
    for row in rows:
        yield Judged(name, 0, row.prior, 0.0, 0, row.spam)
        seen = corpus.about(row.comment)
        found = combined_model.combined_score(row.comment, seen, prior=row.prior)
        yield judged_row(name, 1, row, corpus)
        asked, published = found.hold_at <= found.log_odds < found.spam_at, found.log_odds < found.hold_at
        if asked or draw.random() < (REPORTED if published and row.spam else CHANCE):
            example = Example(row.comment, row.spam, name)
            corpus.learn(lesson(example, held(example, found.log_odds)))


def fitted(found: Sequence[Judged]) -> Array:
    """Fit the weights of the columns. All streams have equal weight after each number of lessons."""
    sizes = Counter((j.stream, j.lessons) for j in found)
    rows = np.array([j.columns() for j in found])
    spam, each = np.array([float(j.spam) for j in found]), np.array([1 / sizes[j.stream, j.lessons] for j in found])
    weights = np.zeros(rows.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-rows @ weights))
        curve = (rows * (each * p * (1 - p))[:, None]).T @ rows + PULL * np.eye(len(weights))
        weights = weights - np.linalg.solve(curve, rows.T @ (each * (p - spam)) + PULL * weights)
    return weights


def shifted(found: Sequence[Judged], weights: Array, rate: float) -> Iterator[tuple[Judged, float]]:
    """Yield the tested comments with their log-odds, which include the shift by the lessons before them."""
    residual, stream, n = 0.0, "", 0
    for j, unshifted in zip(found, np.array([j.columns() for j in found]) @ weights, strict=True):
        if j.stream != stream or j.lessons < n:  # the next stream, or the same one in another order
            residual = 0.0
        stream, n = j.stream, j.lessons
        log_odds = float(unshifted) + combined_model.calibration_shift(100 * residual, rate)
        if j.taught:
            residual += j.spam - probability(log_odds)
        else:
            yield j, log_odds


def loss(found: Sequence[Judged], weights: Array, rate: float) -> float:
    """Return the mean negative log-likelihood of the streams, of equal weight after each number of lessons."""
    of: dict[tuple[str, int], list[float]] = defaultdict(list)
    for j, log_odds in shifted(found, weights, rate):
        of[j.stream, j.lessons].append(-math.log(max(1e-9, probability(log_odds if j.spam else -log_odds))))
    return float(np.mean([np.mean(values) for values in of.values()]))


def errors(found: Sequence[Judged], rates: Sequence[float] = SHIFT_RATES) -> list[float]:
    """Return the mean error over the streams after each number of lessons, with weights and rate of the others."""
    wrong: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for name in STREAMS:
        others = [j for j in found if j.stream != name]
        weights = fitted([j for j in others if not j.taught])
        rate = min(rates, key=lambda rate: loss(others, weights, rate))
        for j, log_odds in shifted([j for j in found if j.stream == name], weights, rate):
            wrong[j.lessons, name].append((log_odds > 0) is not j.spam)
    by_lessons = [[float(np.mean(w)) for (n, _), w in wrong.items() if n == lessons] for lessons in LESSONS]
    return [float(np.mean(shares)) for shares in by_lessons]


def all_errors(
    examples: Mapping[str, Sequence[Labelled]], log_odds: Mapping[str, Array]
) -> Iterator[tuple[str, list[float]]]:
    """Yield the errors if all comments teach, and if only those do that moderators see."""
    of_seed = [list(streams(examples, log_odds, seed)) for seed in SEEDS]
    for all_learned in (True, False):
        found = [j for s in of_seed for name, rows in s for j in judged(name, rows, chance(name, 1), all_learned)]
        title = "all comments teach" if all_learned else "only reviewed comments teach"
        for choice, rates in CHOICES.items():
            yield title + choice, errors(found, rates)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.combine DATA_DIR\n")
        return 2
    nested = Nested(gathered(Path(arguments[0])))
    examples = nested.material.examples
    for title, shares in all_errors(examples, nested.log_odds):
        sys.stdout.write(f"{title:48}" + "".join(f"{share:7.3f}" for share in shares) + "\n")
    of_seed = [list(streams(examples, nested.log_odds, seed)) for seed in SEEDS]
    every = [j for s in of_seed for name, rows in s for j in judged_with_current_constants(name, rows, chance(name, 2))]
    cold, warm, site, first, last = fitted(every)
    sys.stdout.write(f"prior {cold:.2f} to {warm:.2f}, site {site:.2f}, offset {first:.2f} to {last:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
