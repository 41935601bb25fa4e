"""Traits of an attack that are the same in each language: who is attacked, by which words, and if it is only reported.

The words are those of `workers.text.attack_words`. The weights are fitted on labelled texts and sentences made for it
(`training.toxicity.traits`). They contain no words, so a language needs only its list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from workers.text.attack_words import CHARGED, TELLING, WordHit, hits, known_languages

from .toxicity_model import MAX_EVIDENCE

#: Distance within which two words belong together; of a plan and its deed; of a negation before and after; of words on
#: speaking.
TRAIT_REACH, _PLANNED, _NEGATED, _AFTER, _REPORTED = 6, 5, 4, 2, 12
#: Words that are scored together, and the distance of two spans.
TRAIT_SPAN, _STEP = 24, 12
#: Planned violence against the reader or a group, neither denied nor reported. It needs no weight.
THREATENS = "threat"
#: Kinds of which a second word counts too.
_COUNTED = ("insult", "slur")
#: Kinds that are about others, even beside a word for the writer.
_OF_OTHERS = frozenset(("hate", "harm", "away", "vermin", "plan"))
#: Kinds that a denial right before them takes back: "you are not stupid".
_DENIED = frozenset(("insult", "mild"))
_TARGETS = ("", " you", " group")
#: Profane words count only near somebody.
ATTACKS = (
    *(
        kind + target
        for kind in ("insult", "slur", "profane", "mild", "vermin", "hate", "harm", "away")
        for target in _TARGETS
        if kind + target != "profane"
    ),
    *("plan harm", "plan harm you", "plan harm group", "plan away group", "no good group", "no good you"),
)
DAMPERS = (
    *("not", "not group", "not you", "report", "report group", "report you", "quoted", "quoted group"),
    *("me slur", "me insult"),
)
TRAITS = (*ATTACKS, *DAMPERS)


def _near(some: Sequence[int], others: Sequence[int], distance: int = TRAIT_REACH) -> list[int]:
    """Return those of the first places that are near one of the others."""
    return [a for a in some if any(abs(a - b) <= distance for b in others)]


def span_traits(found: Sequence[WordHit]) -> dict[str, float]:
    """Return the traits of one span by name."""
    denied = {hit.at + len(hit.word.split()) for hit in found if hit.kind == "denial"}
    if denied:
        found = [hit for hit in found if hit.at not in denied or hit.kind not in _DENIED]
    at: dict[str, list[int]] = {}
    for hit in found:
        at.setdefault(hit.kind, []).append(hit.at)
    targets = {"": None, " you": at.get("you", []), " group": at.get("group", [])}
    slurs = at.get("slur", [])
    traits: dict[str, float] = {}
    for kind in sorted(CHARGED & at.keys()):
        places = sorted(set(at[kind]))
        different = {hit.word for hit in found if hit.kind == kind}
        if kind != "profane":
            traits[kind] = min(2, len(different)) if kind in _COUNTED else 1
        for target in (" you", " group"):
            people = targets[target] or []
            people = people + slurs if target == " group" and kind != "slur" else people
            if _near(places, people):
                traits[kind + target] = 1
    traits |= _planned(at, slurs)
    without = _near(at.get("good", []), at.get("not", []), 3)
    if _near(without, at.get("group", [])):
        traits["no good group"] = 1
    elif _near(without, at.get("you", [])):
        traits["no good you"] = 1
    traits |= _damped(found, at) if CHARGED & at.keys() else {}
    return {trait: n for trait, n in traits.items() if trait != THREATENS} if "quoted" in traits else traits


def _planned(at: dict[str, list[int]], slurs: Sequence[int]) -> dict[str, float]:
    """Return the traits of planned or wished violence and expulsion."""
    you, group, plans = at.get("you", []), [*at.get("group", []), *slurs], at.get("plan", [])
    harm, away = (_near(at.get(kind, []), plans, _PLANNED) for kind in ("harm", "away"))
    found = {"plan harm": harm, "plan harm you": _near(harm, you), "plan harm group": _near(harm, group)}
    found["plan away group"] = _near(away, group)
    deeds = _near(_threatening(at, harm, group), [*you, *group], _PLANNED)
    if deeds and not _near(deeds, [*at.get("not", []), *at.get("report", []), *at.get("harmless", [])], _REPORTED):
        found[THREATENS] = deeds
    return {trait: 1 for trait, places in found.items() if places}


def _threatening(at: Mapping[str, list[int]], harm: Sequence[int], group: Sequence[int]) -> list[int]:
    """Return the planned violence that is no advice: "you must kill it before it kills you" threatens nobody."""
    duties, deaths = set(at.get("duty", [])), set(at.get("die", []))
    intended = _near(harm, [place for place in at.get("plan", []) if place not in duties], _PLANNED)
    to_people = _near(harm, group, _PLANNED)
    return [place for place in harm if place in deaths or place in intended or place in to_people]


def _damped(found: Sequence[WordHit], at: dict[str, list[int]]) -> dict[str, float]:
    """Return the traits of texts that deny, report or quote an attack, or use a word for the writer."""
    charged = [hit.at for hit in found if hit.kind in CHARGED]
    you, group, me = at.get("you", []), [*at.get("group", []), *at.get("slur", [])], at.get("me", [])
    of_group = _near(charged, group)
    traits: dict[str, float] = {}
    for target, places in (("", charged), (" you", _near(charged, you)), (" group", of_group)):
        traits["not" + target] = any(-_AFTER <= place - no <= _NEGATED for place in places for no in at.get("not", []))
        traits["report" + target] = bool(_near(places, at.get("report", []), _REPORTED))
    quoted = [hit.at for hit in found if hit.quoted and hit.kind in CHARGED]
    traits["quoted"], traits["quoted group"] = bool(quoted), not set(quoted).isdisjoint(of_group)
    for kind in ("slur", "insult"):
        own = [place for place in at.get(kind, []) if any(0 < place - i <= _PLANNED for i in me)]
        traits["me " + kind] = bool(own) and not _near(own, you) and _OF_OTHERS.isdisjoint(at)
    return {trait: 1 for trait, applies in traits.items() if applies}


def spans(text: str, languages: frozenset[str]) -> list[list[WordHit]]:
    """Return the listed words of each span of a text; nothing if it cannot attack anybody."""
    if languages and languages.isdisjoint(known_languages()):
        return []
    found = hits(text, languages)
    if not any(hit.kind in TELLING for hit in found):
        return []
    last = found[-1].at
    if last < TRAIT_SPAN:
        return [found]
    return [[h for h in found if start <= h.at < start + TRAIT_SPAN] for start in range(0, last, _STEP)]


@dataclass(frozen=True, slots=True)
class TraitScore:
    """Weights of a text's worst span, its charged words in the order of the text, and if it plans violence."""

    score: float = 0.0
    words: tuple[str, ...] = ()
    threatens: bool = False


@dataclass(frozen=True, slots=True)
class TraitWeights:
    """Weight of each trait, the score from which a language's texts are blatant, and the languages of threats."""

    weights: Mapping[str, float]
    bars: Mapping[str, float]
    threats: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a file with one trait and its weight on a line; "bar" or "threats" and a language are no traits."""
        pairs = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        found: dict[str, dict[str, float]] = {"": {}, "bar": {}, "threats": {}}
        for name, value in pairs:
            kind, _, language = name.partition(" ")
            if kind in found:
                found[kind][language] = float(value)
            else:
                found[""][name] = float(value)
        return cls(found[""], found["bar"], frozenset(found["threats"]))

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which anything is found."""
        return self.threats | self.bars.keys()

    def score(self, text: str, languages: frozenset[str]) -> TraitScore:
        """Return the score of the worst span. It is below 0 if the attack is denied, reported or quoted."""
        each = [(span_traits(span), span) for span in spans(text, languages)]
        scored = [(sum([self.weights.get(t, 0) * n for t, n in traits.items()]), span) for traits, span in each]
        score, worst = max(scored, key=lambda pair: pair[0], default=(0.0, []))
        words = [hit.word for hit in worst if hit.kind in CHARGED]
        threatens = bool(languages & self.threats) and any(THREATENS in traits for traits, _ in each)
        return TraitScore(score, tuple(dict.fromkeys(words))[:MAX_EVIDENCE], threatens)


@cache
def shipped_weights() -> TraitWeights:
    """Return the weights in this package."""
    return TraitWeights.parse(files(__package__).joinpath("attack_weights.txt").read_text(encoding="utf-8"))
