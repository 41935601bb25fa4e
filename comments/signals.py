"""Description of signals: their weight, meaning, harm, and what would have avoided them.

Each filter declares its own (`workers/filters`), and the judge declares a few (`workers/judging/policy.py`). The queue
order and the explanations on review pages read these declarations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Override(StrEnum):
    """Effect of a signal that has no points."""

    HOLD = "hold"  # only a moderator may publish the comment; no points, so it can never make a comment spam
    PERSON = "person"  # a moderator decides, whatever the other signals are
    REJECT = "reject"  # spam, whatever the other signals are; counts as many points as the site's spam threshold


#: Points at strength 1 (negative if the signal speaks for the comment), or an override.
Weight = float | Override


@dataclass(frozen=True, slots=True)
class SignalInfo:
    """Declaration of one signal.

    `avoided_by` completes the sentence "Approved if ..."; `{evidence}` in it is replaced. `gradual` is True if the
    signal can be weaker and not only absent. `harm` is the cost of publishing the comment if it is spam, where the cost
    of keeping an honest comment waiting is 1.
    """

    weight: Weight
    meaning: str = ""
    avoided_by: str = ""
    gradual: bool = False
    harm: float = 1.0
    label: str = ""  # two or three words for filters of the queue; "" for the meaning
    firm: bool = False  # at full strength it also holds, whatever speaks for the comment; alone it is never spam
    #: Rests on the moment of judging, as recent copies do. A stored comment that is checked again keeps such signals.
    momentary: bool = False
    history: bool = False  # speaks for earlier comments, not for this one: the policy limits the sum of such points


#: The first comment of an author, published because nothing speaks against it. Stores count such comments.
PUBLISHED_UNSEEN = "author.sure"

#: Every signal that this deployment can give, by name.
SignalCatalogue = Mapping[str, SignalInfo]
#: For signals of other versions, which are not in the catalogue.
UNDECLARED = SignalInfo(0.0)


def missing_declarations(signals: SignalCatalogue) -> list[str]:
    """Complaints about signals that have no meaning, or that cost points or hold but are not explained."""
    complaints = [f"{name}: meaning is missing" for name, info in signals.items() if not info.meaning]
    for name, info in signals.items():
        counts_against = isinstance(info.weight, Override) or info.weight > 0
        if counts_against and not info.avoided_by:
            complaints.append(f"{name}: avoided_by is missing")
        if info.harm < 1:
            complaints.append(f"{name}: harm is below 1")
    return complaints


def signal_label(signals: SignalCatalogue, name: str) -> str:
    """Return a signal's label for pages, or its name if the catalogue does not have it."""
    info = signals.get(name, UNDECLARED)
    text = info.label or info.meaning.replace("`", "").partition(";")[0]
    return text[:1].upper() + text[1:] or name
