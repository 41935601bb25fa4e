"""Write the model card of the toxicity model: its training data, figures, fairness and limits."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.corpora import path
from workers.filters.toxicity import THRESHOLDS
from workers.learning.toxicity_model import AIMED, STEPS
from workers.text.group_names import GROUP_NAMES

from .features import charged
from .figures import attacks, held, marked_comments, tested
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

TRAIT_LINES = """
## Traits

The score of a text is the sum of the model's log-odds, in English only, and of the weights of *traits*
(`workers/learning/attack_traits.py`): an insult, a word of disgust, violence or expulsion, alone or near the reader or
a group of people; and, against it, negation, quotation, words that report or condemn, and slurs for the writer. The
words are lists for each language, written for this without reading the labelled sets (`workers/text/attack_words.txt`),
and the project's profanity. The weights are the same for all languages and contain no words, so they are fitted on sets
of any licence (`workers/learning/attack_weights.txt`). A language's bar is the score that .2 % of its honest comments
reach; at its bar a comment is blatant. Planned violence against the reader or a group, neither denied nor quoted, is
held at each level. Misspelled and joined English words are recognized (`workers/text/misspellings.py`).

The tables of languages and functional cases are nested: the weights that score a language were fitted on other
languages, in English on other sources. The figures before them are by the shipped weights, which were fitted on half of
AI-Mod and of the news comments, among others.
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
* A group of people has no weight in any language. Traits give weight only to words of attacks, alone or near a group.
* Unknown words have no weight. A language is silent if its unseen area under the curve is below .65, because the filter
  would punish the harmless: Arabic and Hindi have lists, but are silent. Korean was not measured, because there is no
  labelled set; its bar is set by a newspaper's comments. Languages without a list are silent. Profanity and slurs of
  other languages have their own lists.
"""

LIMITS = """
## Limits

* Most training sentences are made from templates. The only labelled posts with a suitable licence call nearly
  everything toxic that contains one of a few words.
* It does not find irony, veiled threats, or attacks without a charged word.
* At the default level it finds few attacks outside English. The labelled sets of seven languages are translated
  functional cases only, which are no sample of real comments. The same cases in other languages were fitted on.
* Honest comments of Spanish and Dutch are missing, and there are few in German, French and Portuguese. Their bar is the
  lowest one allowed, which is above what .2 % of the Italian and Polish comments reach.
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


def card(folder: Path, groups: Sequence[Group], fitted: Fitted, packed: bytes, tables: Sequence[str]) -> str:
    """Return the card as Markdown. `tables` are the results that need weights fitted without a source."""
    fair = FAIR.format(groups=len(GROUP_NAMES), charged=len(charged()), alone=ALONE, bound=BOUND)
    lines = [*_learned_from(folder, groups), *_weights(fitted, packed), *TRAIT_LINES.splitlines()]
    figures = [*attacks(folder), *marked_comments(folder), *held(folder), *tested(), *tables]
    return "\n".join((HEAD.rstrip(), *lines, *figures)) + "\n" + fair + LIMITS
