"""`python -m training.evaluate DATA_DIR`: evaluate the shipped model on unseen sources, against the targets."""

import gc
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from comments.model import Comment
from workers.learning.prior_model import PriorModel

from .calibrate import Calibration, calibrated, unseen
from .corpora import comment
from .disguise import DISGUISES, undisguised
from .figures import matthews, mean, reach, recall, threshold
from .fit import Array, Batch, Weights, batch, fit
from .generate import Example, chance
from .protocol import BLOG, NEWS, SEED, Judged, Sources, free, gathered, honest_only, research, shipped
from .train import model_of

VIDEOS = ("yt_psy", "yt_katyperry", "yt_lmfao")
ENGLISH = (*VIDEOS, "yt14_avengers", "yt14_playstation")
#: Sources in other languages, and a pattern of the comments in that language.
LANGUAGES = {
    "Indonesian": (("yt_judol_a", "yt_judol_b"), re.compile("")),
    "Russian": (("tg_umputun",), re.compile("[\u0400-\u04ff]{3}")),
}
#: P(spam) from which a comment is held, and from which it would be refused.
HOLD, REFUSE = 0.5, 0.99
FIRST_SHARE = 0.7
#: Number of copies of a video's own comments in the training set; 1, 4, 15 and 50 were tried.
OWN = 4


def reached(title: str, judged: Sequence[Judged]) -> Iterator[str]:
    """Yield one line per source, and the mean."""
    each = [reach(j) for j in judged]
    yield from ("", f"## Unseen sources, {title}", "", "| source | AUC | R@1 % | R@0.1 % |", "|-|-|-|-|")
    for r in (*each, mean(each)):
        yield f"| {r.source} | {r.auc:.3f} | {r.recall_1:.3f} | {r.recall_01:.3f} |"


def held(sources: Sources, full: Weights, calibration: Calibration) -> Iterator[str]:
    """Yield the shares of honest comments at or above HOLD and REFUSE, each scored by a model without its source."""
    yield from ("", "## Honest comments, prior alone", "")
    yield f"| source | comments | held of 1,000 (P >= {HOLD}) | refused (P >= {REFUSE}) | highest P |"
    yield "|-|-|-|-|-|"
    own = "blog_mademistakes"
    for name, weights in ((NEWS, full), (BLOG, full), (own, fit(free(sources, own)))):
        p = calibration.probabilities(weights.logits(honest_only(sources.real[name])))
        refused = int((p >= REFUSE).sum())
        yield f"| {name} | {len(p)} | {1000 * (p >= HOLD).mean():.1f} | {refused} | {p.max():.3f} |"


def caught(judged: Sequence[Judged], calibration: Calibration) -> Iterator[str]:
    """Yield the shares of unseen spam at or above HOLD and REFUSE."""
    yield from ("", "## Spam of unseen sources, prior alone", "")
    yield f"| source | held (P >= {HOLD}) | refused (P >= {REFUSE}) |"
    yield "|-|-|-|"
    for j in judged:
        p = calibration.probabilities(j.spam)
        yield f"| {j.source} | {(p >= HOLD).mean():.3f} | {(p >= REFUSE).mean():.3f} |"


def languages(sources: Sources, judged: Sequence[Judged], calibration: Calibration) -> Iterator[str]:
    """Yield results for comments in other languages, each scored by a model without its source."""
    yield from ("", "## Languages, prior alone", "")
    yield f"| language | honest | held of 1,000 (P >= {HOLD}) | spam | held | R@1 % of its own honest |"
    yield "|-|-|-|-|-|-|"
    for language, (names, script) in LANGUAGES.items():
        spam, honest = (
            np.concatenate([_written(logits, sources.examples[j.source], is_spam, script) for j, logits in found])
            for is_spam, found in (
                (True, [(j, j.spam) for j in judged if j.source in names]),
                (False, [(j, j.honest) for j in judged if j.source in names]),
            )
        )
        held = [float((calibration.probabilities(logits) >= HOLD).mean()) for logits in (honest, spam)]
        own = recall(spam, honest, 0.01)
        yield f"| {language} | {len(honest)} | {1000 * held[0]:.1f} | {len(spam)} | {held[1]:.3f} | {own:.3f} |"


def _written(logits: Array, examples: Sequence[Example], is_spam: bool, script: re.Pattern[str]) -> Array:
    """Return the logits of comments that contain the script."""
    of_kind = [example for example in examples if example.spam is is_spam]
    return logits[[bool(script.search(example.text)) for example in of_kind]]


def disguises(sources: Sources, judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the recall of English spam at 1 % of the honest newspaper comments, in each disguise."""
    yield from ("", "## Disguised English spam", "", "| disguise | R@1 % of news |", "|-|-|")
    unseen = {j.source: j.weights for j in judged}
    bars = {name: threshold(unseen[name].logits(sources.real[NEWS]), 0.01) for name in ENGLISH}
    for name, disguise in {"none": undisguised, **DISGUISES}.items():
        draw, recalled = chance("disguise", SEED), []
        for source in ENGLISH:
            spam = [e for e in sources.examples[source] if e.spam]
            disguised = [Example(disguise(e.text, draw), True, source, e.author, e.url) for e in spam]
            recalled.append((unseen[source].logits(batch(disguised, source)) > bars[source]).mean())
        yield f"| {name} | {np.mean(recalled):.3f} |"


def _halves(examples: Sequence[Example]) -> tuple[list[int], list[int]]:
    """Split a video's comments, in the order of the file, into the first ones and the rest."""
    cut = round(FIRST_SHARE * len(examples))
    return list(range(cut)), list(range(cut, len(examples)))


def videos(sources: Sources) -> Iterator[str]:
    """Follow TubeSpam's protocol: train on the first 70 % of a video, and test on the last 30 %."""
    yield from ("", "## TubeSpam's protocol", "", "| video | MCC, own comments | MCC, and all that ships |", "|-|-|-|")
    scores = []
    for name in VIDEOS:
        first, last = _halves(sources.examples[name])
        learned, tested = (sources.real[name].only(np.array(part)) for part in (first, last))
        row = [_correlation(fit(batches), tested) for batches in ([learned], [*[learned] * OWN, *free(sources, name)])]
        scores.append(row)
        yield f"| {name} | {row[0]:.3f} | {row[1]:.3f} |"
    own, all_ = np.mean(scores, axis=0)
    yield f"| mean | {own:.3f} | {all_:.3f} |"


def _correlation(weights: Weights, tested: Batch) -> float:
    logits = weights.logits(tested)
    return matthews(logits[tested.spam == 1], logits[tested.spam == 0])


def speed(sources: Sources, prior: PriorModel) -> Iterator[str]:
    """Measure the CPU time per comment on empty caches, including normalization and links."""
    yield from (
        "",
        "## Speed, one core, CPU time",
        "",
        "| comments | characters | µs, logit | µs, with reasons |",
        "|-|-|-|-|",
    )
    news = [comment(e) for e in sources.examples[NEWS]]
    chosen = (
        ("short: video", [comment(e) for e in sources.examples["yt_judol_b"]][:2000]),
        ("newspaper, 350 to 450 characters", [c for c in news if 350 <= len(c.content) <= 450]),
    )
    for title, comments in chosen:
        characters = np.mean([len(c.content) for c in comments])
        logit, score = (_microseconds(judge, comments) for judge in (prior.logit, prior.score))
        yield f"| {title} | {characters:.0f} | {logit:.0f} | {score:.0f} |"


def _microseconds(judge: Callable[[Comment], object], comments: Sequence[Comment]) -> float:
    """Return the mean of the second half, with caches that the first half filled."""
    half = len(comments) // 2
    gc.freeze()  # a worker does not have the corpora in memory
    for c in comments[:half]:
        judge(c)
    start = time.process_time()
    for c in comments[half:]:
        judge(c)
    return (time.process_time() - start) / (len(comments) - half) * 1e6


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write("usage: python -m training.evaluate DATA_DIR [research]\n")
        return 2
    sources = gathered(Path(arguments[0]))
    full, calibration = fit(free(sources)), calibrated(unseen(sources))
    judged = shipped(sources, full)
    parts = [reached("freely licensed and generated examples only", judged), held(sources, full, calibration)]
    parts += [
        caught(judged, calibration),
        languages(sources, judged, calibration),
        disguises(sources, judged),
        videos(sources),
        speed(sources, PriorModel(model_of(full, calibration))),
    ]
    if "research" in arguments:
        parts.append(reached("all data", research(sources)))
    for part in parts:
        for line in part:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
