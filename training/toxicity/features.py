"""Features of the toxicity model, and the words that may count as an attack."""

from collections.abc import Sequence
from functools import cache

from training import grammar
from workers.learning.toxicity_model import AIMED, GROUP, MERGED, REACH, READER
from workers.text.profanity import profane_words

from .fillers import FILLERS
from .texts import FOLDER

NOTHING = FILLERS | {READER, GROUP}


def features(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the features of each word of a text, as `workers.learning.toxicity_model` reads it."""
    met: set[str] = set()
    found, before, aim = [], "", -REACH - 1
    for n, token in enumerate(tokens):
        name = MERGED.get(token, token)
        own: tuple[str, ...] = (f"{before} {name}",) if {before, name} - NOTHING and before else ()
        if name in (READER, GROUP):
            aim = n
        elif token in met:
            own = ()
        elif name not in NOTHING:
            met.add(token)
            own += (name, AIMED + name) if n - aim <= REACH else (name,)
        found.append(own)
        before = name
    return found


@cache
def _is_profane(word: str) -> bool:
    return bool(profane_words(word))


def is_eligible(feature: str) -> bool:
    """Allow plain English words, and a profane word only if it is about a person."""
    *_, last = names = feature.removeprefix(AIMED).split()
    if not all(name in (READER, GROUP) or (name.isascii() and name.isalpha()) for name in names):
        return False
    if not any(map(_is_profane, names)):
        return True
    return feature.startswith(AIMED) or (len(names) == 2 and bool({READER, GROUP} & {names[0], last}))


def charged() -> frozenset[str]:
    """Return words and pairs of words. Every feature that may count as an attack contains one of them."""
    lines = [line for rule in grammar.read(FOLDER / "charged.txt").rules.values() for line in rule]
    return frozenset(word.replace("_", " ") for line in lines for word in line.split())
