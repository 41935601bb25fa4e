"""`python -m training.combine DATA_DIR`: fit the weights of the shipped and the site's model on streams of comments.

Each source has the log-odds of a model that did not see it (`training.nested`). Of the first n comments of every
stream, all become lessons, or those that moderators see (the uncertain ones and a few others), or some at random. With
"n lessons" a stream goes on until n comments became lessons; "-" means that none is that long. The comments after them
are judged. The errors of a stream are measured with constants that were fitted on the other streams, and with the shift
that the residuals of the lessons give; how fast it moves is chosen by likelihood on the other streams.

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
USED = (combined_model.SHIFT_RATE,)
CHOICES: Mapping[str, Sequence[float]] = {
    "": SHIFT_RATES,
    ", no shift": (0.0,),
    f", shift of {combined_model.SHIFT_RATE}": USED,
}


@dataclass(frozen=True, slots=True)
class Review:
    """Comments that become lessons: those above log-odds of the shipped model, and a share of the others.

    With `counts_lessons`, n is the number of lessons and not of comments.
    """

    above: float
    share: float
    counts_lessons: bool = False

    def sees(self, row: Row, draw: random.Random) -> bool:
        return row.prior > self.above or draw.random() < self.share


REVIEWS: Mapping[str, Review] = {
    "all comments teach": Review(-math.inf, 1.0),
    "only reviewed comments teach": Review(UNCERTAIN, SEEN_SHARE),
}
#: As many at random as are reviewed; more of the others; and n lessons.
MORE_REVIEWS: Mapping[str, Review] = {
    "27 % of all comments teach": Review(math.inf, 0.27),
    "reviewed and 16 % of the others teach": Review(UNCERTAIN, 0.16),
    "reviewed and 25 % of the others teach": Review(UNCERTAIN, 0.25),
    "only reviewed comments teach, n lessons": Review(UNCERTAIN, SEEN_SHARE, counts_lessons=True),
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


def judged(name: str, rows: Sequence[Row], draw: random.Random, review: Review) -> Iterator[Judged]:
    """Yield scores after each number of comments, or of lessons."""
    corpus, read, most = ReplayCorpus(), 0, len(rows) - FEWEST_JUDGED
    for n in LESSONS:
        if n > most:
            return
        while (sum(corpus.lessons.values()) if review.counts_lessons else read) < n:
            if read >= most:
                return
            row = rows[read]
            read += 1
            if review.sees(row, draw):
                yield judged_row(name, n, row, corpus, taught=True)
                label = Label.SPAM if row.spam else Label.HAM
                corpus.learn(Lesson(label, tokens(row.comment)))
        for row in rows[read :: max(1, (len(rows) - read) // MOST_JUDGED)]:
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
    return [float(np.mean(shares)) if shares else math.nan for shares in by_lessons]


def all_errors(
    examples: Mapping[str, Sequence[Labelled]], log_odds: Mapping[str, Array]
) -> Iterator[tuple[str, list[float]]]:
    """Yield the errors if all comments teach, if only those do that moderators see, and if others do."""
    of_seed = [list(streams(examples, log_odds, seed)) for seed in SEEDS]
    for title, review in (*REVIEWS.items(), *MORE_REVIEWS.items()):
        found = [j for s in of_seed for name, rows in s for j in judged(name, rows, chance(name, 1), review)]
        for choice, rates in CHOICES.items() if title in REVIEWS else (("", USED),):
            yield title + choice, errors(found, rates)


def cells(shares: Sequence[float]) -> list[str]:
    return ["-" if math.isnan(share) else f"{share:.3f}" for share in shares]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.combine DATA_DIR\n")
        return 2
    nested = Nested(gathered(Path(arguments[0])))
    examples = nested.material.examples
    for title, shares in all_errors(examples, nested.log_odds):
        sys.stdout.write(f"{title:48}" + "".join(f"{cell:>7}" for cell in cells(shares)) + "\n")
    of_seed = [list(streams(examples, nested.log_odds, seed)) for seed in SEEDS]
    every = [j for s in of_seed for name, rows in s for j in judged_with_current_constants(name, rows, chance(name, 2))]
    cold, warm, site, first, last = fitted(every)
    sys.stdout.write(f"prior {cold:.2f} to {warm:.2f}, site {site:.2f}, offset {first:.2f} to {last:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
