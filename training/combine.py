"""`python -m training.combine DATA_DIR`: fit the weights of the shipped and the site's model on streams of comments.

Each source has the log-odds of a model that did not see it (`training.nested`). The first n comments of every stream
become lessons: all of them, or those that moderators see, which are the uncertain ones and a few others. The comments
after them are judged. The errors of a stream are measured with constants that were fitted on the other streams.

The last line has the constants for `workers.learning.combined_model`. They are fitted on sites that use the current
constants, where only held comments, a few others and reported ones become lessons. Fitted again with their own result,
they change by less than .1. HALF_TAUGHT was chosen among 5, 7, 10, 20 and 40 by likelihood.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from comments.model import Comment
from comments.storage.values import TokenCounts
from replygate.evaluation.labelled_comments import Example
from replygate.evaluation.replay import ReplayCorpus, held, lesson
from workers.learning import combined_model
from workers.learning.site_model import mean_log_odds, rarer_lessons, token_log_odds_of, tokens

from .corpora import comment
from .fit import Array
from .generate import Example as Labelled
from .generate import chance
from .nested import Nested
from .protocol import gathered

LESSONS = (0, 10, 25, 50, 100, 200, 500)
#: Maximum and minimum number of comments that are judged after each number of lessons.
MOST_JUDGED, FEWEST_JUDGED = 300, 60
#: A moderator sees comments for which the prior gives at least these log-odds, and this share of the others.
UNCERTAIN, SEEN_SHARE = -1.2, 0.08
#: Source, label and number of comments of each part.
STREAMS: Mapping[str, Sequence[tuple[str, bool, int]]] = {
    "newspaper": (
        ("news_c3_a", False, 1500),
        ("yt_judol_a", True, 60),
        ("yt14_avengers", True, 40),
        ("yt14_playstation", True, 20),
        ("blogspam_spintax_a", True, 40),
    ),
    "blog": (
        ("blog_tosbourn", False, 630),
        ("blog_tosbourn", True, 16),
        ("blogspam_spintax_a", True, 119),
        ("yt14_avengers", True, 40),
        ("yt_judol_b", True, 350),
    ),
    "flood": (("yt_judol_b", False, 1000), ("yt_judol_b", True, 600)),
    "gambling": (("yt_judol_a", False, 1100), ("yt_judol_a", True, 500)),
    "trailers": (
        ("yt14_avengers", False, 160),
        ("yt14_avengers", True, 40),
        ("yt14_playstation", False, 180),
        ("yt14_playstation", True, 20),
    ),
    "linux blogs": (
        ("blog_sourceguru", False, 926),
        ("blog_sourceguru", True, 282),
        ("blog_emcken", False, 256),
        ("blog_emcken", True, 23),
    ),
    "taken over": (
        ("blog_lemire", False, 700),
        ("blog_simpleton", False, 142),
        ("blog_simpleton", True, 500),
        ("blog_haacked", True, 80),
    ),
    "russian chats": (
        ("tg_ru_parish", False, 800),
        ("tg_ru_parish", True, 250),
        ("tg_umputun", True, 200),
        ("tg_radiot", True, 130),
    ),
}
SEEDS = (1, 2)
#: Shares of automatic decisions that moderators see: spot checks, and reports of published spam.
CHANCE, REPORTED = 0.02, 0.1
NEWTON_STEPS, PULL = 30, 1e-3


@dataclass(frozen=True, slots=True)
class Row:
    """One comment with the shipped model's log-odds and its label."""

    comment: Comment
    prior: float
    spam: bool


Stream = tuple[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A comment after n lessons: log-odds of both models, lessons of the rarer label, and the comment's label."""

    stream: str
    lessons: int
    prior: float
    site: float
    known: int
    spam: bool

    def columns(self) -> tuple[float, ...]:
        """Return the regression's columns: prior before the first lesson and after many, site, and two offsets."""
        share = self.known / (self.known + combined_model.HALF_TAUGHT)
        return self.prior * (1 - share), self.prior * share, self.site * share, 1 - share, share


def streams(examples: Mapping[str, Sequence[Labelled]], log_odds: Mapping[str, Array], seed: int) -> Iterator[Stream]:
    """Yield the name and the comments of each stream, with log-odds of models that did not see them."""
    rows = {
        name: [Row(comment(e), float(x), e.spam) for e, x in zip(examples[name], log_odds[name], strict=True)]
        for name in dict.fromkeys(source for parts in STREAMS.values() for source, _, _ in parts)
    }
    for name, parts in STREAMS.items():
        draw, chosen = chance(name, seed), []
        for source, is_spam, n in parts:
            some = [row for row in rows[source] if row.spam is is_spam]
            draw.shuffle(some)
            chosen += some[:n]
        draw.shuffle(chosen)
        yield name, chosen


def judged(name: str, rows: Sequence[Row], draw: random.Random, all_learned: bool) -> Iterator[Judged]:
    """Yield scores after each number of comments, if all comments or only reviewed ones become lessons."""
    lessons: Counter[bool] = Counter()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    learned = 0
    for n in LESSONS:
        if n > len(rows) - FEWEST_JUDGED:
            return
        for row in rows[learned:n]:
            if all_learned or row.prior > UNCERTAIN or draw.random() < SEEN_SHARE:
                lessons[row.spam] += 1
                for token in tokens(row.comment):
                    counts[token][row.spam] += 1
        learned = n
        seen = TokenCounts(lessons[False], lessons[True], {t: (c[0], c[1]) for t, c in counts.items()})
        for row in rows[n :: max(1, (len(rows) - n) // MOST_JUDGED)]:
            asked = tokens(row.comment)
            yield Judged(
                name,
                n,
                row.prior,
                mean_log_odds(token_log_odds_of(asked, seen), len(asked)),
                rarer_lessons(seen),
                row.spam,
            )


def judged_with_current_constants(name: str, rows: Sequence[Row], draw: random.Random) -> Iterator[Judged]:
    """Yield scores of every comment on a site without lessons, and on one whose moderators label held comments."""
    corpus = ReplayCorpus()
    for row in rows:
        yield Judged(name, 0, row.prior, 0.0, 0, row.spam)
        seen = corpus.about(row.comment)
        found = combined_model.combined_score(row.comment, seen, prior=row.prior)
        site = mean_log_odds(found.token_odds, len(tokens(row.comment)))
        yield Judged(name, 1, row.prior, site, rarer_lessons(seen), row.spam)
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


def errors(found: Sequence[Judged]) -> list[float]:
    """Return the mean error over the streams after each number of lessons, with weights of the other streams."""
    wrong: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for name in STREAMS:
        weights = fitted([j for j in found if j.stream != name])
        for j in found:
            if j.stream == name:
                wrong[j.lessons, name].append(bool(weights @ j.columns() > 0) is not j.spam)
    by_lessons = [[float(np.mean(w)) for (n, _), w in wrong.items() if n == lessons] for lessons in LESSONS]
    return [float(np.mean(shares)) for shares in by_lessons]


def all_errors(
    examples: Mapping[str, Sequence[Labelled]], log_odds: Mapping[str, Array]
) -> Iterator[tuple[str, list[float]]]:
    """Yield the errors if all comments teach, and if only those do that moderators see."""
    of_seed = [list(streams(examples, log_odds, seed)) for seed in SEEDS]
    for all_learned in (True, False):
        found = [j for s in of_seed for name, rows in s for j in judged(name, rows, chance(name, 1), all_learned)]
        yield "all comments teach" if all_learned else "only reviewed comments teach", errors(found)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.combine DATA_DIR\n")
        return 2
    nested = Nested(gathered(Path(arguments[0])))
    examples = nested.material.examples
    for title, shares in all_errors(examples, nested.log_odds):
        sys.stdout.write(f"{title:30}" + "".join(f"{share:7.3f}" for share in shares) + "\n")
    of_seed = [list(streams(examples, nested.log_odds, seed)) for seed in SEEDS]
    every = [j for s in of_seed for name, rows in s for j in judged_with_current_constants(name, rows, chance(name, 2))]
    cold, warm, site, first, last = fitted(every)
    sys.stdout.write(f"prior {cold:.2f} to {warm:.2f}, site {site:.2f}, offset {first:.2f} to {last:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
