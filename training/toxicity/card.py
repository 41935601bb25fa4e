"""The toxicity model's card: what it was learned from, how well it does, and what it must not be used for."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.corpora import path
from workers.filters.toxicity import LEVELS
from workers.learning.toxicity_model import AIMED, STEPS, Model
from workers.text.group_names import GROUPS

from .features import charged
from .figures import attacks, held, tested
from .fit import ALONE, BOUND, Fitted
from .texts import DAVIDSON, FOLDER, Group, honest_corpora

HEAD = """# Model card: insults, threats and hatred

Written by `python -m training.toxicity DATA_DIR`, which makes `workers/learning/toxicity.txt` too; do not edit.

A linear model over words, pairs of words, and words said to or of somebody
(`workers/learning/toxicity_model.py`). A comment is judged by its worst twelve words in a row. Each weight is a line
of a text file: whoever wonders why something was held can look it up. It gives the signal `toxicity.attack`, which
holds a comment for a person and never makes it spam. A site chooses with `toxicity` whether what is held is only the
`blatant`, also the `clear` or also the `possible`, or nothing (`off`).
"""

FAIR = """
## What keeps it fair

* Words that name groups of people ({groups} of them, `workers/text/group_names.py`) are one word to the
  model, and that word has no weight. A sentence gets the same score whichever group it names; tests hold it to that.
* Only {charged} charged words, and what stands beside one or is said to or of somebody with one, may speak for an
  attack (`training/toxicity/charged.txt`). Everything else may only speak against, so nobody's dialect, name or topic
  adds up.
* Profane words weigh nothing by themselves: they have a signal of their own, which a site can mask or switch off.
  Most of what makes the labelled posts unfair to a dialect that uses them without malice stays out with that.
* A charged word by itself weighs at most {alone}, other features {bound}. Each word counts where it first stands, so
  that a chorus is no attack.
* Words that the model does not know weigh nothing, and it knows English only: it punishes no language, and sees no
  attack in another either.
"""

LIMITS = """
## Limits

Most of it was learned from sentences made from templates, because the only labelled posts with a licence that allows
it call nearly everything toxic that has one of a few words. Irony, veiled threats, attacks without a charged word,
and attacks in other languages are not seen. Who quotes an insult to complain about it may be held with `clear` or
`possible`. Most of the newspaper comments that `blatant` holds call somebody a name; they are counted as honest
above, because the newspaper published them. The half of AI-Mod that was looked at gave no weight, but an idea of what
was missing; it is under GPL-3.0, and nothing of it is shipped. This model must not be used to judge people.
"""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _learned_from(folder: Path, groups: Sequence[Group]) -> Iterator[str]:
    yield from ("", "## Texts", "", "| what | label | texts | each counts |", "|-|-|-|-|")
    for group in groups:
        label = "attack" if group.attacks else "none"
        yield f"| {group.name} | {label} | {len(group.texts)} | {group.weight:g} |"
    yield from ("", "Attacks and the others count alike in sum. The corpora, with the first 12 of their SHA-256:", "")
    for corpus in (DAVIDSON, *honest_corpora()):
        digest = _sha(path(folder, corpus).read_bytes())[:12]
        yield f"* {corpus.name}, {corpus.what}: {corpus.licence}, {digest}"
    made = ", ".join(f"`{file.name}` {_sha(file.read_bytes())[:12]}" for file in sorted(FOLDER.glob("*.txt")))
    yield from ("", f"Templates, charged words and test sentences written for this project, MIT licence: {made}.")


def _weights(fitted: Fitted, packed: bytes) -> Iterator[str]:
    weights = fitted.weights
    aimed = sum(feature.startswith(AIMED) for feature in weights)
    pairs = sum(" " in feature for feature in weights)
    against = sum(weight < 0 for weight in weights.values())
    yield from ("", "## Weights", "")
    yield f"{len(weights) - aimed - pairs} words, {pairs} pairs, {aimed} words said to or of somebody;"
    yield f"{len(weights) - against} speak for an attack, {against} against."
    yield f"Log-odds without any: {fitted.bias / STEPS:g}."
    yield f"Levels: {', '.join(f'{name} from {bar:g} on' for name, bar in LEVELS.items())}."
    yield f"File {len(packed)} bytes, SHA-256 `{_sha(packed)}`."


def card(folder: Path, groups: Sequence[Group], fitted: Fitted, packed: bytes) -> str:
    """The whole card, in Markdown."""
    model: Model = fitted.model()
    fair = FAIR.format(groups=len(GROUPS), charged=len(charged()), alone=ALONE, bound=BOUND)
    lines = [*_learned_from(folder, groups), *_weights(fitted, packed)]
    figures = [*attacks(model, folder), *held(model, folder), *tested(model)]
    return "\n".join((HEAD.rstrip(), *lines, *figures)) + "\n" + fair + LIMITS
