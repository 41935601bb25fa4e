"""Write the model card of the shipped spam model: its training data, figures and limits."""

import hashlib
from pathlib import Path

from workers.learning.features import BUCKETS, Family
from workers.learning.prior_weights import PriorWeights

from .corpora import CORPORA, PLACES, path, read
from .figures import area
from .generate import HONEST, SPAM, TEXT
from .nested import Nested

HEAD = """# Model card: spam

Written by `replygate train DATA_DIR`; do not edit. `python -m training.evaluate DATA_DIR` prints more figures; the
latest are in [the spam model](prior.md).

**What it is.** A linear model over hashed features of a comment's text, author name and website
(`workers/learning/features.py`). It estimates the probability that a comment is advertising, before a site's own
moderators have taught anything.

**Intended use.** It helps to hold comments for review, together with the other filters. It must not be used to judge
people, insults or truth. Attacks on people have [their own model](toxicity-card.md).

**Training data.** Words, and everything else that is hashed, come only from the freely licensed corpora and the
generated texts below. Comments with a non-commercial licence, or without a licence, are used for evaluation, and to fit
some fifty points for traits that contain no words ("website with a path", "two links"). No text can be recovered from
these.
"""

LIMITS = """
## Limits

* Praise without a link, and without a keyword as a name, reads like honest praise.
* Words below videos are learned from three videos. A model that never saw them finds much less of their spam.
* Names of honest authors in most corpora are invented in the same shapes. Their hashes are not learned, and hashed
  names and hosts can add little (`HASHED_LIMITS` in `training/fit.py`).
* Languages other than English and Russian have only a few generated sentences each, and Chinese honest ones.
* At log-odds 0 the model alone holds some 12 of 1,000 honest comments of a blog that it never saw, and fewer of a
  newspaper. A site with another share of spam sees other probabilities until it has lessons of its own.
"""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _corpora(folder: Path) -> list[str]:
    lines = ["", "## Corpora", "", "| Corpus | Content | Licence | Teaches | Comments | Spam | SHA-256 |"]
    lines.append("|-|-|-|-|-|-|-|")
    for corpus in CORPORA:
        rows = read(folder, corpus)
        found = _sha(path(folder, corpus).read_bytes())[:12]
        spam, taught = sum(row.spam for row in rows), _taught(corpus.free, corpus.name in PLACES)
        licence = corpus.licence or "none stated"
        lines.append(f"| {corpus.name} | {corpus.what} | {licence} | {taught} | {len(rows)} | {spam} | {found} |")
    return lines


def _taught(free: bool, place: bool) -> str:
    return " and ".join([*(["words"] if free else []), *(["points"] if place else [])])


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
    numbers = f"Bias {model.bias}; slope {model.slope}, shift {model.shift}."
    numbers += f" Words count {model.below_website:.2f} times as much if the author gave a website."
    lines += ["", f"{numbers} {sums}", "", "## Points without words", "", "| Trait | Points |", "|-|-|"]
    ordered = sorted(model.plain.items(), key=lambda pair: (-pair[1], pair[0]))
    return [*lines, *(f"| {name} | {points:.2f} |" for name, points in ordered)]


def _figures(found: Nested) -> list[str]:
    """Figures from the training: each source is tested with a model without it and all others of its maker."""
    lines = [
        "",
        "## Figures",
        "",
        "Each corpus is tested by a model for which nothing was learned or chosen on it.",
        "",
    ]
    lines += ["| Corpus | AUC | Honest held of 1,000 | Spam held |", "|-|-|-|-|"]
    for name, scores in found.log_odds.items():
        is_spam = found.spam(name)
        spam, honest = scores[is_spam], scores[~is_spam]
        both = f"{area(spam, honest):.3f}" if len(spam) and len(honest) else "-"
        held = f"{1000 * (honest >= 0).mean():.1f}" if len(honest) else "-"
        lines.append(f"| {name} | {both} | {held} | {f'{(spam >= 0).mean():.3f}' if len(spam) else '-'} |")
    return lines


def card(folder: Path, model: PriorWeights, found: Nested | None) -> str:
    """Return the card as Markdown, with figures if there is an evaluation."""
    figures = _figures(found) if found else []
    parts = (HEAD.rstrip(), *_corpora(folder), *_generated(), *_weights(model), *figures)
    return "\n".join(parts) + "\n" + LIMITS
