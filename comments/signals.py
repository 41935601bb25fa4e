"""Description of signals: their weight, meaning, harm, and what would have avoided them.

Each filter declares its own (`workers/filters`), and the judge declares a few (`workers/judging/policy.py`). The queue
order and the explanations on review pages read these declarations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .model import Signal


class Override(StrEnum):
    """Effect of a signal that has no points."""

    HOLD = "hold"  # only a moderator may publish the comment; no points, so it can never make a comment spam
    PERSON = "person"  # a moderator decides, whatever the other signals are
    REJECT = "reject"  # spam, whatever the other signals are; counts as many points as the site's spam threshold


#: Points at strength 1 (negative if the signal speaks for the comment), or an override.
Weight = float | Override
#: Color of a signal on pages: in favor of the comment, a reason to look at it, or a sign of spam or abuse.
Tone = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class SignalInfo:
    """Declaration of one signal.

    `title` has two to five words. `sentence` says what was found, with `{evidence}` in it. `brief` replaces the title
    where the evidence is short enough to be the title. `avoided_by` completes the sentence "Would be published if ...".
    `gradual` is True if the signal can be weaker and not only absent. `harm` is the cost of publishing the comment if
    it is spam, where the cost of keeping an honest comment waiting is 1.
    """

    weight: Weight
    meaning: str = ""  # for the docs
    avoided_by: str = ""
    gradual: bool = False
    harm: float = 1.0
    title: str = ""
    sentence: str = ""
    tone: Tone = "warn"
    brief: str = ""
    firm: bool = False  # at full strength it also holds, whatever speaks for the comment; alone it is never spam
    #: Rests on the moment of judging, as recent copies do. A stored comment that is checked again keeps such signals.
    momentary: bool = False
    of_links: bool = False  # a cost of links, which a rule that trusts all of them takes away
    history: bool = False  # speaks for earlier comments, not for this one: the policy limits the sum of such points


#: The first comment of an author, published because nothing speaks against it. Stores count such comments.
PUBLISHED_UNSEEN = "author.sure"

#: Every link of a comment is to a domain that a rule trusts. The policy takes away the points of signals `of_links`.
LINKS_TRUSTED = "standing.trusted-links"

#: Every signal that this deployment can give, by name.
SignalCatalogue = Mapping[str, SignalInfo]
#: For signals of other versions, which are not in the catalogue.
UNDECLARED = SignalInfo(0.0, sentence="{evidence}.")

#: Characters of the evidence in a brief title; a longer one is in the sentence only.
MAX_BRIEF = 40


def missing_declarations(signals: SignalCatalogue) -> list[str]:
    """Complaints about signals without texts, or that cost points or hold but are not explained."""
    complaints = [
        f"{name}: {text} is missing"
        for name, info in signals.items()
        for text in ("meaning", "title", "sentence")
        if not getattr(info, text)
    ]
    for name, info in signals.items():
        counts_against = isinstance(info.weight, Override) or info.weight > 0
        if counts_against and not info.avoided_by:
            complaints.append(f"{name}: avoided_by is missing")
        if info.harm < 1:
            complaints.append(f"{name}: harm is below 1")
    return complaints


def signal_title(signals: SignalCatalogue, name: str) -> str:
    """Return a signal's title for pages, or its name if the catalogue does not have it."""
    return signals.get(name, UNDECLARED).title or name


def signal_sentence(signals: SignalCatalogue, signal: Signal) -> str:
    """Return what was found as a sentence; the title as one if there is no evidence that it needs."""
    sentence = signals.get(signal.name, UNDECLARED).sentence
    evidence = signal.evidence.strip().rstrip(".")
    if "{evidence}" in sentence and not evidence:
        return f"{signal_title(signals, signal.name)}."
    text = sentence.replace("{evidence}", evidence)
    return text[:1].upper() + text[1:]


def brief_title(signals: SignalCatalogue, signal: Signal) -> str:
    """Return the title for a line of several signals: with short evidence, such as "3 links", where it is declared."""
    info = signals.get(signal.name, UNDECLARED)
    evidence = signal.evidence.partition("; ")[0]
    if not info.brief or not evidence or len(evidence) > MAX_BRIEF:
        return signal_title(signals, signal.name)
    text = info.brief.replace("{evidence}", evidence)
    return text[:1].upper() + text[1:]


def speaks_for_review(signal: Signal) -> bool:
    """Return True for a signal that cost points or needs a person: a reason to review the comment."""
    return signal.points > 0 or signal.holds
