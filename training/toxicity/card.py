"""Write the model card of the toxicity model: its training data, figures, fairness and limits."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.corpora import path
from workers.filters.toxicity import THRESHOLDS
from workers.learning.toxicity_model import AIMED, STEPS, ToxicityModel
from workers.text.group_names import GROUP_NAMES

from .features import charged
from .figures import attacks, functional_cases, held, marked_comments, tested
from .fit import ALONE, BOUND, Fitted
from .texts import DAVIDSON, FOLDER, Group, honest_corpora

HEAD = """# Model card: attacks on people

Written by `python -m training.toxicity DATA_DIR` together with `workers/learning/toxicity.txt`; do not edit.

**What it is.** A linear model for insults, threats and hatred (`workers/learning/toxicity_model.py`). Its features are
words, pairs of words, and words addressed to a person. The score of a comment is that of its worst twelve words in a
row. Each weight is a line of a text file, so anybody can look up why a comment was held.

**Intended use.** It gives the signal `toxicity.attack`, which holds a comment for review and never makes it spam. A
site sets with `toxicity` which attacks are held: only `blatant` ones, also `clear` ones, also `possible` ones, or none
(`off`). This model must not be used to judge people.
"""

FAIR = """
## Fairness

* Words that name groups of people ({groups} of them, `workers/text/group_names.py`) are the same word for the
  model, and that word has no weight. A sentence gets the same score whichever group it names; tests check this.
* Only {charged} charged words (`training/toxicity/charged.txt`), and features that contain one, can count as an attack.
  All other words can only count against it. A dialect, name or topic therefore never adds up to an attack.
* Profane words alone have no weight. They have their own signal, which a site can mask or switch off. This avoids most
  of the unfairness of the labelled posts to a dialect that uses such words without malice.
* A charged word alone weighs at most {alone}, other features {bound}. Each word counts only once, so a chorus is not an
  attack.
* Unknown words have no weight, and the model knows English only. In a text of another language the filter is silent
  (`workers/text/languages.py`): with the area under the curve at .42 to .54 it would punish the harmless. Profanity and
  slurs of other languages have their own lists.
"""

LIMITS = """
## Limits

* Most training sentences are made from templates. The only labelled posts with a suitable licence call nearly
  everything toxic that contains one of a few words.
* It does not find irony, veiled threats, attacks without a charged word, or attacks in other languages.
* Alone it finds few threats. The filter recognizes them by their form too (`workers/text/threats.py`), which the tables
  do not include: 38 % of HateCheck's threats, and 7 of its 173 quoted ones.
* A comment that quotes an insult to complain about it may be held with `clear` or `possible`.
* Most of the newspaper comments that `blatant` holds contain an insult. They count as honest above, because the
  newspaper published them.
* The inspected half of AI-Mod was not used for training. It showed which attacks were missing. It is under GPL-3.0, and
  no part of it is shipped.
"""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _learned_from(folder: Path, groups: Sequence[Group]) -> Iterator[str]:
    yield from ("", "## Texts", "", "| Texts | Label | Number | Weight of each |", "|-|-|-|-|")
    for group in groups:
        label = "attack" if group.attacks else "none"
        yield f"| {group.name} | {label} | {len(group.texts)} | {group.weight:g} |"
    yield from ("", "Both labels have the same total weight. The corpora, with the start of their SHA-256:", "")
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
    yield f"{len(weights) - aimed - pairs} words, {pairs} pairs, {aimed} words addressed to a person;"
    yield f"{len(weights) - against} count as an attack, {against} against it."
    yield f"Log-odds without any of them: {fitted.bias / STEPS:g}."
    yield f"Levels: {', '.join(f'{name} from {bar:g} on' for name, bar in THRESHOLDS.items())}."
    yield f"File {len(packed)} bytes, SHA-256 `{_sha(packed)}`."


def card(folder: Path, groups: Sequence[Group], fitted: Fitted, packed: bytes) -> str:
    """Return the card as Markdown."""
    model: ToxicityModel = fitted.model()
    fair = FAIR.format(groups=len(GROUP_NAMES), charged=len(charged()), alone=ALONE, bound=BOUND)
    lines = [*_learned_from(folder, groups), *_weights(fitted, packed)]
    figures = [*attacks(model, folder), *marked_comments(model, folder), *held(model, folder), *tested(model)]
    figures += functional_cases(model, folder)
    return "\n".join((HEAD.rstrip(), *lines, *figures)) + "\n" + fair + LIMITS
