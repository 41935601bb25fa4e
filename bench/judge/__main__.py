"""How well the prior does beside filters that anybody can install: the same comments to learn from, the same to judge.

    python -m bench.judge DATA_DIR

Every source of spam is judged by filters that never saw it, at the cost of the same honest comments; then each filter
starts on empty sites and learns their first comments. Processor time, one core. Needs the groups `train` and
`baselines`. What is learned from is what the shipped weights rest on: free corpora and generated comments.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from comments.storage.values import TokenCounts
from training.combine import FEWEST, MOST, Row, streams
from training.corpora import CORPORA, FREE, SPAM, read
from training.figures import Reach, mean, reached
from training.generate import Example, honest, spam
from training.protocol import BLOG, NEWS, SEED
from workers.learning.combined_model import judged
from workers.learning.site_model import tokens

from .bayes import NaiveBayes, SpamBayes
from .libraries import BetterProfanity, FastText, TfIdf
from .ours import Prior

LESSONS = (50, 200, 500)
#: Comments whose judging is timed, one by one.
TIMED = 200
LONG = range(350, 451)


class System(Protocol):
    """A filter. Scores above 0 mean spam."""

    name: str

    def learn(self, examples: Sequence[Example]) -> None: ...
    def score(self, example: Example) -> float: ...
    def scores(self, examples: Sequence[Example]) -> list[float]: ...


SYSTEMS: Sequence[Callable[[], System]] = (BetterProfanity, SpamBayes, NaiveBayes, TfIdf, FastText, Prior)
Corpora = Mapping[str, list[Example]]


def taught(make: Callable[[], System], corpora: Corpora, made: Sequence[Example], without: str = "") -> System:
    """A filter that learned from everything free but one source."""
    system = make()
    system.learn([*(e for name in FREE if name != without for e in corpora[name]), *made])
    return system


def unseen(make: Callable[[], System], full: System, corpora: Corpora, made: Sequence[Example]) -> Iterator[Reach]:
    """Each source of spam, judged by a filter that never saw it."""
    pool = [e for name in (NEWS, BLOG) for e in corpora[name] if not e.spam]
    of_full = np.array(full.scores(pool))
    for name in SPAM:
        system = taught(make, corpora, made, name) if name in FREE else full
        of_pool = np.array(system.scores(pool)) if name in FREE else of_full
        scores, labels = np.array(system.scores(corpora[name])), np.array([e.spam for e in corpora[name]])
        yield reached(name, scores[labels], scores[~labels], of_pool)


def _example(row: Row) -> Example:
    return Example(row.comment.content, row.spam, "stream", row.comment.author, row.comment.url)


def cold(make: Callable[[], System], rows: Sequence[Row], n: int) -> float:
    """Share of wrong judgements on what comes after a site's first n comments, with nothing but these known."""
    system = make()
    first = [_example(row) for row in rows[:n]]
    system.learn(first)
    rest = [_example(row) for row in rows[n :: max(1, (len(rows) - n) // MOST)]]
    return float(np.mean([(score > 0) is not e.spam for e, score in zip(rest, system.scores(rest), strict=True)]))


def ours(rows: Sequence[Row], n: int) -> float:
    """The same for the shipped prior and a site's lessons together."""
    counts: dict[str, list[int]] = {}
    for row in rows[:n]:
        for token in tokens(row.comment):
            counts.setdefault(token, [0, 0])[row.spam] += 1
    spams = sum(row.spam for row in rows[:n])
    seen = TokenCounts(n - spams, spams, {token: (ham, spam) for token, (ham, spam) in counts.items()})
    rest = rows[n :: max(1, (len(rows) - n) // MOST)]
    return float(np.mean([(judged(row.comment, seen).log_odds > 0) is not row.spam for row in rest]))


def errors(make: Callable[[], System], sites: Sequence[tuple[str, list[Row]]]) -> Iterator[float]:
    """After each number of lessons, mean over the sites that have as many."""
    for n in LESSONS:
        long = [rows for _, rows in sites if n <= len(rows) - FEWEST]
        yield float(np.mean([ours(rows, n) if make is Prior else cold(make, rows, n) for rows in long]))


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
    corpora = {corpus.name: read(folder, corpus) for corpus in CORPORA}
    made = [*honest(SEED), *spam(SEED)]
    sites = list(streams(folder, SEED))
    short, long = corpora["yt_judol_b"], [e for e in corpora[NEWS] if len(e.text) in LONG]
    lessons = "".join(f" error after {n} lessons |" for n in LESSONS)
    print(f"| filter | mean AUC | lowest | R@1 % | R@0.1 % |{lessons} µs, short | 400 characters |")
    print("|-|-|-|-|-|" + "-|" * len(LESSONS) + "-|-|")
    for make in SYSTEMS:
        full = taught(make, corpora, made)
        each = list(unseen(make, full, corpora, made))
        total, lowest = mean(each), min(each, key=lambda r: r.auc)
        wrong = " | ".join(f"{share:.3f}" for share in errors(make, sites))
        spent = " | ".join(f"{microseconds(full, some):,.0f}" for some in (short, long))
        reach = f"{total.auc:.3f} | {lowest.auc:.3f} {lowest.source} | {total.recall_1:.3f} | {total.recall_01:.3f}"
        print(f"| {full.name} | {reach} | {wrong} | {spent} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
