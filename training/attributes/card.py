"""Write the card of the attribute scores: their data, figures and limits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from comments.attributes import ATTRIBUTES, SPAM_ATTRIBUTE
from workers.learning.attribute_model import AttributeModel

from .figures import LEVELS, Quality

#: A language or attribute is offered if the lower end of the interval of its AUC is above this.
CLEARLY = 0.55

HEAD = """# Attribute scores

Written by `python -m training.attributes DATA_DIR` together with `workers/learning/attributes.txt`; do not edit.

**What they are.** Probabilities that a text has an attribute, given to checks that ask for them, for example by
[the Perspective API](perspective.md). `SPAM` is the judge's own probability. The others are small logistic regressions
over six features: the score of [the toxicity model](toxicity-card.md), threats, violent words near people, and profane
words of three tiers. No weight is negative, so a further profane word never lowers a score.

**Intended use.** They help a person or a program to sort comments. They must not be used to judge people.

**What a score means.** Of texts with a score of 0.7, about 7 of 10 have the attribute *if half of all texts have it*,
as in the labelled sources. In most comment sections far fewer do. Choose a threshold by the shares of honest comments
below, and not by the number alone.

| Attribute | Meaning | Languages |
|-|-|-|
"""

METHOD = """
## Quality

Each row is a source that the measured model did not see: the weights were fitted without it, or its licence does not
allow fitting at all. For the threats, each target of HateCheck was left out in turn. *AUC* is the area under the ROC
curve, with the lower end of its 95 % interval. *Error* is the mean difference between the score and the true share,
over ten bins, with the same weight for both labels. The last columns are the shares of texts with and without the
attribute that reach a score.

| Attribute | Source | Texts with, without | AUC | at least | Error | {levels} |
|-|-|-|-|-|-|{dashes}|
"""

LIMITS = f"""
## Limits

* The labels of most sources ask another question: "offensive" stands for toxic and for profane, "trolling" for toxic
  and for insulting. There is no source that tells an insult from other rude words in real comments.
* HateCheck is a list of hard cases, and no sample of what people write. It shows blind spots: hatred in polite words,
  quoted and reclaimed words. Threats are measured on it alone.
* A language is offered if the lower end of the interval is above {CLEARLY} on its source. In languages other than
  English, only profane words count. Dutch, Arabic and Chinese profanity did not reach that.
* **Not offered.** `IDENTITY_ATTACK` was measured on HateCheck: an AUC of .58 to .63, depending on how much naming a
  group counts, and higher scores for sentences that only name one. `SEVERE_TOXICITY`, `SEXUALLY_EXPLICIT` and the
  experimental attributes have no labelled source here. Requests for them are refused, as unknown attributes are.
* The spam model learned no words from the sources in its rows, but fitted about fifty points on them.
  [The spam model](prior.md) has figures with each source left out. A site's own lessons change its scores.
"""


def _languages(name: str) -> str:
    return ", ".join(ATTRIBUTES[name].languages) or "any"


def _quality_rows(name: str, measured: Iterable[Quality]) -> Iterator[str]:
    for q in measured:
        shares = " | ".join(f"{of:.2f}, {others:.3f}" for of, others in q.above)
        texts = f"{q.texts[0]}, {q.texts[1]}"
        yield f"| {name} | {q.source} | {texts} | {q.auc:.2f} | {q.least:.2f} | {q.error:.2f} | {shares} |"


def _honest_rows(names: Sequence[str], honest: Iterable[tuple[str, int, list[tuple[float, ...]]]]) -> Iterator[str]:
    columns = " | ".join(f"{name} ≥ {level}" for name in names for level in LEVELS)
    yield from ("", "## Honest comments that reach a score, of 1,000", "")
    yield "Nothing was fitted on these comments. Some of them are rude."
    yield from ("", f"| Source | Comments | {columns} |", "|-|-|" + "-|" * (len(LEVELS) * len(names)))
    for source, n, shares in honest:
        yield f"| {source} | {n} | " + " | ".join(f"{1000 * share:.0f}" for of in shares for share in of) + " |"


def card(
    models: Mapping[str, AttributeModel],
    measured: Mapping[str, Sequence[Quality]],
    honest: Iterable[tuple[str, int, list[tuple[float, ...]]]],
) -> str:
    levels = " | ".join(f"≥ {level}" for level in LEVELS)
    lines = [f"| `{name}` | {info.meaning} | {_languages(name)} |" for name, info in ATTRIBUTES.items()]
    text = (
        HEAD
        + "\n".join(lines)
        + "\n"
        + METHOD.format(levels=levels, dashes="-|" * len(LEVELS))[:-2].rstrip("|")
        + "|\n"
    )
    text += "\n".join(row for name in (SPAM_ATTRIBUTE, *models) for row in _quality_rows(name, measured[name]))
    return text + "\n" + "\n".join(_honest_rows([*models], honest)) + "\n" + LIMITS
