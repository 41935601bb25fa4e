"""Results of the toxicity model on unseen attacks, honest comments and test sentences."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from training.corpora import CORPORA, path, read
from training.figures import area
from training.fit import Array
from training.grammar import read as read_sentences
from workers.filters.toxicity import THRESHOLDS
from workers.learning.attacks import attack_of

from .texts import FOLDER, HATECHECK

#: Honest comments of English and of languages without a bar. Only those of the chat group were trained on.
SAMPLED = ("news_c3_a", "blog_tosbourn", "yt14_avengers", "yt14_playstation", "yt_judol_b", "tg_umputun", "news_ko")


def scores(texts: Sequence[str]) -> Array:
    return np.array([attack_of(text).log_odds for text in texts])


def _shares(of: Array, thousand: bool = False) -> str:
    """Return the share at or above each level."""
    shares = [float((of >= bar).mean()) for bar in THRESHOLDS.values()]
    return " | ".join(f"{1000 * share:.1f}" if thousand else f"{share:.2f}" for share in shares)


def sentences() -> Mapping[str, tuple[str, ...]]:
    return read_sentences(FOLDER / "sentences.txt").rules


def held(folder: Path) -> Iterator[str]:
    """Yield the shares of honest comments at or above each level."""
    yield from ("", "## Honest comments held, of 1,000, by the shipped weights and threats", "")
    yield f"| Source | Content | Comments | {' | '.join(THRESHOLDS)} |"
    yield "|-|-|-|" + "-|" * len(THRESHOLDS)
    for corpus in CORPORA:
        if corpus.name in SAMPLED:
            of = scores([e.text for e in read(folder, corpus) if not e.spam])
            yield f"| {corpus.name} | {corpus.what} | {len(of)} | {_shares(of, thousand=True)} |"


def functional_cases(folder: Path) -> Iterator[str]:
    """Yield the shares of HateCheck's cases at or above each level, threats included. It was never trained on."""
    of_kind: defaultdict[tuple[bool, str], list[str]] = defaultdict(list)
    for line in path(folder, HATECHECK).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        of_kind[row["label"] != "toxic", row["functionality"]].append(row["text"])
    both = [
        scores([t for (calm, _), texts in of_kind.items() if calm is wanted for t in texts]) for wanted in (False, True)
    ]
    yield from ("", "## HateCheck's functional cases: share held", "")
    yield f"Area under the curve {area(*both):.3f}. Held of the hateful cases: {_shares(both[0])}."
    yield f"Held of the others: {_shares(both[1])}."
    yield from ("", f"| Case | Hateful | Number | {' | '.join(THRESHOLDS)} |", "|-|-|-|" + "-|" * len(THRESHOLDS))
    for (calm, kind), texts in sorted(of_kind.items()):
        yield f"| {kind} | {'no' if calm else 'yes'} | {len(texts)} | {_shares(scores(texts))} |"


def tested() -> Iterator[str]:
    """Yield the shares of the test sentences at or above each level."""
    yield from ("", "## Test sentences: share held", "")
    yield f"| Sentences | Number | {' | '.join(THRESHOLDS)} |"
    yield "|-|-|" + "-|" * len(THRESHOLDS)
    for name, texts in sentences().items():
        yield f"| {name.replace('_', ', ')} | {len(texts)} | {_shares(scores(texts))} |"
