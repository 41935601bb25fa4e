"""The model card: what the shipped weights were learned from, and what they may be used for."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from workers.learning.features import BUCKETS, Family
from workers.learning.prior_model import Model

from .calibrate import Calibration, Unseen
from .corpora import CORPORA, path, read
from .figures import area
from .generate import HONEST, SPAM, TEXT

HEAD = """# Model card: the shipped prior

Written by `replygate train DATA_DIR`; do not edit. `python -m training.evaluate DATA_DIR` prints more figures, of which
[prior.md](prior.md) keeps the latest.

A linear model over hashed features of a comment's text, its author's name and website
(`workers/learning/features.py`). It says how likely a comment is advertising before a site's own moderators have taught
anything. It is meant to hold comments for a person, beside the other filters; it is not meant to judge people, insults
or truth.
Insults have a model of their own: [toxicity-card.md](toxicity-card.md).

It was learned from the freely licensed corpora and the generated texts below, and from nothing else. Comments under a
non-commercial licence, or under none, are only evaluated on.
"""

LIMITS = """
## Limits

Praise that carries neither a link nor a keyword as a name reads like honest praise. Short posts of a social network,
full of names and links, look like advertising to a model that never saw any: `tox_davidson` is among what is learned
for that reason. Author names and websites are known from generated examples above all. Of languages other than English
and Russian there are a few generated sentences each. The probability is calibrated on sources that the model had not
seen, at the share of spam that `training/calibrate.py` names; a site with another share will see other probabilities
until it has taught its own.
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


def _figures(model: Model, found: Sequence[Unseen]) -> list[str]:
    """What the training itself can tell: each source by a model of all the others."""
    lines = ["", "## Figures", "", "Each corpus judged by a model that was trained without it.", ""]
    lines += ["| corpus | AUC | honest held of 1,000 (P >= 0.5) | spam held |", "|-|-|-|-|"]
    calibration = Calibration(model.slope, model.shift)
    for u in found:
        spam, honest = u.logits[u.spam == 1], u.logits[u.spam == 0]
        held = 1000 * (calibration.probabilities(honest) >= 0.5).mean()
        both = f"{area(spam, honest):.3f}" if len(spam) else "-"
        caught = f"{(calibration.probabilities(spam) >= 0.5).mean():.3f}" if len(spam) else "-"
        lines.append(f"| {u.source} | {both} | {held:.1f} | {caught} |")
    return lines


def card(folder: Path, model: Model, found: Sequence[Unseen]) -> str:
    """The whole card, in Markdown."""
    parts = (HEAD.rstrip(), *_corpora(folder), *_generated(), *_weights(model), *_figures(model, found))
    return "\n".join(parts) + "\n" + LIMITS
