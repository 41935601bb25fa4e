"""Compare the prior model with spam filters that anyone can install, trained and tested on the same comments.

    python -m bench.judge DATA_DIR

First part: each source of spam is judged by filters that were not trained on it, against the same honest comments.
Second part: each filter starts on empty sites and learns their first comments. Times are CPU time on one core. The
training data are those of the shipped weights: free corpora and generated comments. Needs the groups `train` and
`baselines`.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from comments.storage.values import TokenCounts
from training.combine import FEWEST_JUDGED, MOST_JUDGED
from training.corpora import CORPUS, FREE, PLACES
from training.figures import Reach, mean, reached
from training.generate import Example, honest, spam
from training.nested import FEW_SPAM, Nested
from training.protocol import BLOG, NEWS, SEED, gathered
from training.site_streams import Row, streams
from workers.learning.combined_model import combined_score
from workers.learning.site_model import tokens

from .bayes import NaiveBayes, SpamBayes
from .libraries import BetterProfanity, FastText, TfIdf
from .ours import Prior

LESSONS = (50, 200, 500)
#: Number of comments to time, one by one.
TIMED = 200
LONG = range(350, 451)


class System(Protocol):
    """A filter. A score above 0 means spam."""

    name: str

    def learn(self, examples: Sequence[Example]) -> None: ...
    def score(self, example: Example) -> float: ...
    def scores(self, examples: Sequence[Example]) -> list[float]: ...


SYSTEMS: Sequence[Callable[[], System]] = (BetterProfanity, SpamBayes, NaiveBayes, TfIdf, FastText, Prior)
Corpora = Mapping[str, list[Example]]


def trained(make: Callable[[], System], corpora: Corpora, made: Sequence[Example], without: str = "") -> System:
    """Return a filter trained on all free sources except those of one group."""
    system = make()
    system.learn([*(e for name in FREE if CORPUS[name].group != without for e in corpora[name]), *made])
    return system


def unseen(make: Callable[[], System], full: System, nested: Nested, made: Sequence[Example]) -> Iterator[Reach]:
    """Judge each source of spam with a filter that was not trained on its group."""
    corpora, free = nested.material.examples, {CORPUS[name].group for name in FREE}
    pool = [e for name in (NEWS, BLOG) for e in corpora[name] if not e.spam]
    if make is Prior:
        yield from nested.reach(nested.log_odds, nested.honest_of(nested.log_odds, (NEWS, BLOG)))
        return
    full_scores = np.array(full.scores(pool))
    for name in [name for name in PLACES if nested.spam(name).sum() >= FEW_SPAM]:
        group = CORPUS[name].group
        system = trained(make, corpora, made, group) if group in free else full
        pool_scores = np.array(system.scores(pool)) if group in free else full_scores
        scores, labels = np.array(system.scores(corpora[name])), nested.spam(name)
        yield reached(name, scores[labels], scores[~labels], pool_scores)


def _example(row: Row) -> Example:
    return Example(row.comment.content, row.spam, "stream", row.comment.author, row.comment.url)


def cold_start_error(make: Callable[[], System], rows: Sequence[Row], n: int) -> float:
    """Return the error rate after a site's first n comments, for a filter trained on these alone."""
    system = make()
    first = [_example(row) for row in rows[:n]]
    system.learn(first)
    rest = [_example(row) for row in rows[n :: max(1, (len(rows) - n) // MOST_JUDGED)]]
    return float(np.mean([(score > 0) is not e.spam for e, score in zip(rest, system.scores(rest), strict=True)]))


def our_error(rows: Sequence[Row], n: int) -> float:
    """Return the error rate of the shipped prior combined with a site's lessons."""
    counts: dict[str, list[int]] = {}
    for row in rows[:n]:
        for token in tokens(row.comment):
            counts.setdefault(token, [0, 0])[row.spam] += 1
    spams = sum(row.spam for row in rows[:n])
    seen = TokenCounts(n - spams, spams, {token: (ham, spam) for token, (ham, spam) in counts.items()})
    rest = rows[n :: max(1, (len(rows) - n) // MOST_JUDGED)]
    return float(
        np.mean([(combined_score(row.comment, seen, prior=row.prior).log_odds > 0) is not row.spam for row in rest])
    )


def errors(make: Callable[[], System], sites: Sequence[tuple[str, list[Row]]]) -> Iterator[float]:
    """Yield the error rate after each number of lessons: the mean over the sites with enough comments."""
    for n in LESSONS:
        long = [rows for _, rows in sites if n <= len(rows) - FEWEST_JUDGED]
        yield float(
            np.mean([our_error(rows, n) if make is Prior else cold_start_error(make, rows, n) for rows in long])
        )


def microseconds(system: System, examples: Sequence[Example]) -> float:
    some = examples[:TIMED] if not isinstance(system, BetterProfanity) else examples[: TIMED // 10]
    began = time.process_time()
    for example in some:
        system.score(example)
    return (time.process_time() - began) / len(some) * 1e6


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bench.judge DATA_DIR\n")
        return 2
    folder = Path(arguments[0])
    nested = Nested(gathered(folder))
    corpora = nested.material.examples
    made = [*honest(SEED), *spam(SEED)]
    sites = list(streams(corpora, nested.log_odds, SEED))
    short, long = corpora["yt_judol_b"], [e for e in corpora[NEWS] if len(e.text) in LONG]
    lessons = "".join(f" error after {n} lessons |" for n in LESSONS)
    print(f"| filter | mean AUC | lowest | R@1 % | R@0.1 % |{lessons} µs, short | 400 characters |")
    print("|-|-|-|-|-|" + "-|" * len(LESSONS) + "-|-|")
    for make in SYSTEMS:
        full = trained(make, corpora, made)
        each = list(unseen(make, full, nested, made))
        total, lowest = mean(each), min(each, key=lambda r: r.auc)
        wrong = " | ".join(f"{share:.3f}" for share in errors(make, sites))
        spent = " | ".join(f"{microseconds(full, some):,.0f}" for some in (short, long))
        reach = f"{total.auc:.3f} | {lowest.auc:.3f} {lowest.source} | {total.recall_1:.3f} | {total.recall_01:.3f}"
        print(f"| {full.name} | {reach} | {wrong} | {spent} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
