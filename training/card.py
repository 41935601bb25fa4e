"""Write the model card of the shipped spam model: its training data, figures and limits."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from workers.learning.features import BUCKETS, Family
from workers.learning.prior_model import PriorWeights

from .calibrate import Calibration, Unseen
from .corpora import CORPORA, path, read
from .figures import area
from .generate import HONEST, SPAM, TEXT

HEAD = """# Model card: spam

Written by `replygate train DATA_DIR`; do not edit. `python -m training.evaluate DATA_DIR` prints more figures; the
latest are in [the spam model](prior.md).

**What it is.** A linear model over hashed features of a comment's text, author name and website
(`workers/learning/features.py`). It estimates the probability that a comment is advertising, before a site's own
moderators have taught anything.

**Intended use.** It helps to hold comments for review, together with the other filters. It must not be used to judge
people, insults or truth. Attacks on people have [their own model](toxicity-card.md).

**Training data.** Only the freely licensed corpora and the generated texts below. Comments with a non-commercial
licence, or without a licence, are used for evaluation only.
"""

LIMITS = """
## Limits

* Praise without a link, and without a keyword as a name, reads like honest praise.
* Short posts of social networks, full of names and links, look like advertising to a model that never saw any.
  `tox_davidson` is part of the training data for that reason.
* Author names and websites come mostly from generated examples.
* Languages other than English and Russian have only a few generated sentences each.
* The probability is calibrated on unseen sources, with the share of spam in `training/calibrate.py`. A site with
  another share sees other probabilities until it has lessons of its own.
"""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _corpora(folder: Path) -> list[str]:
    lines = ["", "## Corpora", "", "| Corpus | Content | Licence | Comments | Spam | SHA-256 |", "|-|-|-|-|-|-|"]
    for corpus in CORPORA:
        if corpus.free:
            rows = read(folder, corpus)
            found = _sha(path(folder, corpus).read_bytes())[:12]
            spam = sum(row.spam for row in rows)
            lines.append(f"| {corpus.name} | {corpus.what} | {corpus.licence} | {len(rows)} | {spam} | {found} |")
    return lines


def _generated() -> list[str]:
    lines = ["", "## Generated text", "", "| Kind | Label | Texts |", "|-|-|-|"]
    lines += [f"| {kind} | honest | {n} |" for kind, n in HONEST.items()]
    lines += [f"| {kind} | spam | {n} |" for kind, n in SPAM.items()]
    files = ", ".join(f"`{file.name}` {_sha(file.read_bytes())[:12]}" for file in sorted(TEXT.glob("*.txt")))
    return [*lines, "", f"Templates written for this project, MIT licence, in `training/text`: {files}."]


def _weights(model: PriorWeights) -> list[str]:
    lines = ["", "## Weights", "", "| Family | Buckets | Step of a weight |", "|-|-|-|"]
    for family in Family:
        lines.append(f"| {family.name.lower()} | {BUCKETS[family]} | {model.scales[family]:.5f} |")
    sums = f"Inputs SHA-256 `{model.inputs}`; file {len(model.to_bytes())} bytes, SHA-256 `{_sha(model.to_bytes())}`."
    return [*lines, "", f"Bias {model.bias:.4f}; slope {model.slope}, shift {model.shift}. {sums}"]


def _figures(model: PriorWeights, found: Sequence[Unseen]) -> list[str]:
    """Figures from the training: each source is tested with a model of all the others."""
    lines = ["", "## Figures", "", "Each corpus is tested by a model that was trained without it.", ""]
    lines += ["| Corpus | AUC | Honest held of 1,000 (P >= 0.5) | Spam held |", "|-|-|-|-|"]
    calibration = Calibration(model.slope, model.shift)
    for u in found:
        spam, honest = u.logits[u.spam == 1], u.logits[u.spam == 0]
        held = 1000 * (calibration.probabilities(honest) >= 0.5).mean()
        both = f"{area(spam, honest):.3f}" if len(spam) else "-"
        caught = f"{(calibration.probabilities(spam) >= 0.5).mean():.3f}" if len(spam) else "-"
        lines.append(f"| {u.source} | {both} | {held:.1f} | {caught} |")
    return lines


def card(folder: Path, model: PriorWeights, found: Sequence[Unseen]) -> str:
    """Return the card as Markdown."""
    parts = (HEAD.rstrip(), *_corpora(folder), *_generated(), *_weights(model), *_figures(model, found))
    return "\n".join(parts) + "\n" + LIMITS
