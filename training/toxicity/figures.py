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
from workers.learning.toxicity_model import ToxicityModel
from workers.text.profanity import profane_words

from .texts import AI_MOD, CIVIL, FOLDER, HATECHECK, labelled

#: Honest comments. Only those of the chat group were trained on.
HONEST = ("news_c3_a", "blog_tosbourn", "yt14_avengers", "yt14_playstation", "yt_judol_b", "tg_umputun")


def scores(model: ToxicityModel, texts: Sequence[str]) -> Array:
    return np.array([model.attack(text).log_odds for text in texts])


def _shares(of: Array, thousand: bool = False) -> str:
    """Return the share at or above each level."""
    shares = [float((of >= bar).mean()) for bar in THRESHOLDS.values()]
    return " | ".join(f"{1000 * share:.1f}" if thousand else f"{share:.2f}" for share in shares)


def sentences() -> Mapping[str, tuple[str, ...]]:
    return read_sentences(FOLDER / "sentences.txt").rules


def attacks(model: ToxicityModel, folder: Path) -> Iterator[str]:
    """Yield figures for replies labelled as trolling or not. Half were read while the templates were written."""
    levels = " | ".join(THRESHOLDS)
    yield from ("", "## Attacks and other replies", "")
    held_at = f"{levels} | blatant or profane"
    yield f"| AI-Mod | Replies | AUC | Attacks held: {held_at} | Others held: {held_at} |"
    yield "|-|-|-|" + "-|" * (2 * len(THRESHOLDS) + 2)
    for half, name in enumerate(("inspected half", "unseen half")):
        rows = list(labelled(folder, AI_MOD, half))
        toxic, other = ([text for text, is_toxic in rows if is_toxic is wanted] for wanted in (True, False))
        of_toxic, of_other = scores(model, toxic), scores(model, other)
        both = (_with_profanity(texts, of) for texts, of in ((toxic, of_toxic), (other, of_other)))
        cells = (f"{_shares(of)} | {share:.2f}" for of, share in zip((of_toxic, of_other), both, strict=True))
        yield f"| {name} | {len(rows)} | {area(of_toxic, of_other):.3f} | {' | '.join(cells)} |"


def _with_profanity(texts: Sequence[str], of: Array) -> float:
    """Return the share that is held by the default level or by a profane word."""
    bar = next(iter(THRESHOLDS.values()))
    return float(np.mean([score >= bar or bool(profane_words(text)) for text, score in zip(texts, of, strict=True)]))


def held(model: ToxicityModel, folder: Path) -> Iterator[str]:
    """Yield the shares of honest comments at or above each level."""
    yield from ("", "## Honest comments held, of 1,000", "")
    yield f"| Source | Content | Comments | {' | '.join(THRESHOLDS)} |"
    yield "|-|-|-|" + "-|" * len(THRESHOLDS)
    for corpus in CORPORA:
        if corpus.name in HONEST:
            of = scores(model, [e.text for e in read(folder, corpus) if not e.spam])
            yield f"| {corpus.name} | {corpus.what} | {len(of)} | {_shares(of, thousand=True)} |"


def functional_cases(model: ToxicityModel, folder: Path) -> Iterator[str]:
    """Yield the shares of HateCheck's cases at or above each level. It was never trained on."""
    of_kind: defaultdict[tuple[bool, str], list[str]] = defaultdict(list)
    for line in path(folder, HATECHECK).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        of_kind[row["label"] != "toxic", row["functionality"]].append(row["text"])
    both = [
        scores(model, [t for (calm, _), texts in of_kind.items() if calm is wanted for t in texts])
        for wanted in (False, True)
    ]
    yield from ("", "## HateCheck's functional cases: share held", "")
    yield f"Area under the curve {area(*both):.3f}. Held of the hateful cases: {_shares(both[0])}."
    yield f"Held of the others: {_shares(both[1])}."
    yield from ("", f"| Case | Hateful | Number | {' | '.join(THRESHOLDS)} |", "|-|-|-|" + "-|" * len(THRESHOLDS))
    for (calm, kind), texts in sorted(of_kind.items()):
        yield f"| {kind} | {'no' if calm else 'yes'} | {len(texts)} | {_shares(scores(model, texts))} |"


def marked_comments(model: ToxicityModel, folder: Path) -> Iterator[str]:
    """Yield figures for news comments with marked toxic words against comments of another newspaper."""
    toxic = scores(model, [text for text, _ in labelled(folder, CIVIL)])
    news = next(corpus for corpus in CORPORA if corpus.name == "news_c3_a")
    other = scores(model, [e.text for e in read(folder, news)])
    yield from ("", "## News comments with toxic words", "")
    yield f"Against the comments of another newspaper the area under the curve is {area(toxic, other):.3f}."
    yield f"Held: {_shares(toxic)}."


def tested(model: ToxicityModel) -> Iterator[str]:
    """Yield the shares of the test sentences at or above each level."""
    yield from ("", "## Test sentences: share held", "")
    yield f"| Sentences | Number | {' | '.join(THRESHOLDS)} |"
    yield "|-|-|" + "-|" * len(THRESHOLDS)
    for name, texts in sentences().items():
        yield f"| {name.replace('_', ', ')} | {len(texts)} | {_shares(scores(model, texts))} |"
