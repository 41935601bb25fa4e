"""The model card: what the shipped weights were learned from, and what they may be used for."""

import hashlib
from pathlib import Path

from workers.features import BUCKETS, Family
from workers.prior import Model

from .corpora import CORPORA, path, read
from .generate import HONEST, SPAM, TEXT

HEAD = """# Model card: the shipped prior

Written by `python -m training.train DATA_DIR`; do not edit. `python -m training.evaluate DATA_DIR` prints the figures.

A linear model over hashed features of a comment's text, its author's name and website (`workers/features.py`). It says
how likely a comment is advertising before a site's own moderators have taught anything. It is meant to hold comments
for a person, beside the other filters; it is not meant to judge people, insults or truth.
Insults have a model of their own: [toxicity-card.md](toxicity-card.md).

It was learned from the freely licensed corpora and the generated texts below, and from nothing else. Comments under a
non-commercial licence, or under none, are only evaluated on.
"""

LIMITS = """
## Limits

Praise that carries neither a link nor a keyword as a name reads like honest praise. Author names and websites are
known from generated examples above all. Languages other than English, Russian and Indonesian are covered by a few
generated sentences each. The probability is calibrated on sources that the model had not seen, at the share of spam
that `training/calibrate.py` names; a site with another share will see other probabilities until it has taught its own.
"""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _corpora(folder: Path) -> list[str]:
    lines = ["", "## Corpora", "", "| corpus | what | licence | comments | spam | SHA-256, first 12 |", "|-|-|-|-|-|-|"]
    for corpus in CORPORA:
        if corpus.free:
            rows = read(folder, corpus)
            found = _sha(path(folder, corpus).read_bytes())[:12]
            spam = sum(row.spam for row in rows)
            lines.append(f"| {corpus.name} | {corpus.what} | {corpus.licence} | {len(rows)} | {spam} | {found} |")
    return lines


def _generated() -> list[str]:
    lines = ["", "## Generated text", "", "| kind | label | texts |", "|-|-|-|"]
    lines += [f"| {kind} | honest | {n} |" for kind, n in HONEST.items()]
    lines += [f"| {kind} | spam | {n} |" for kind, n in SPAM.items()]
    files = ", ".join(f"`{file.name}` {_sha(file.read_bytes())[:12]}" for file in sorted(TEXT.glob("*.txt")))
    return [*lines, "", f"Templates written for this project, MIT licence, in `training/text`: {files}."]


def _weights(model: Model) -> list[str]:
    lines = ["", "## Weights", "", "| family | buckets | one step of a weight |", "|-|-|-|"]
    for family in Family:
        lines.append(f"| {family.name.lower()} | {BUCKETS[family]} | {model.scales[family]:.5f} |")
    sums = f"Inputs SHA-256 `{model.inputs}`; file {len(model.packed())} bytes, SHA-256 `{_sha(model.packed())}`."
    return [*lines, "", f"Bias {model.bias:.4f}; slope {model.slope}, shift {model.shift}. {sums}"]


def card(folder: Path, model: Model) -> str:
    """The whole card, in Markdown."""
    return "\n".join((HEAD.rstrip(), *_corpora(folder), *_generated(), *_weights(model))) + "\n" + LIMITS
