"""Recognize threats and calls for violence against the reader or a group of people, in English.

A model of single words cannot tell "we should kill the lights" from "we should kill all of you": who threatens, what,
and whom must stand together. Reported and negated threats are none.
"""

import re

from .group_names import GROUP_NAMES, READER_WORDS
from .normalization import fold
from .tokens import words

_READER, _GROUP = "YOU", "GROUP"
_PEOPLE = dict.fromkeys(READER_WORDS, _READER) | dict.fromkeys(GROUP_NAMES, _GROUP)
_VIOLENCE = (
    "kill murder shoot stab hang strangle slaughter butcher behead torture execute lynch gas exterminate eradicate "
    "rape drown choke burn punch smash"
)
_SUFFERED = (
    "killed murdered shot stabbed hanged hung strangled slaughtered butchered beheaded tortured executed lynched "
    "gassed exterminated eradicated raped drowned choked burned burnt beaten punched sterilized castrated dead"
)
_FATE = "die dies burn suffer rot choke cancer"
VIOLENT_WORDS = frozenset(f"{_VIOLENCE} {_SUFFERED} {_FATE} throat throats".split())


def _any(listed: str) -> str:
    return f"(?:{'|'.join(listed.split())})"


_VIOLENT, _HURT = _any(_VIOLENCE), _any(_SUFFERED)
#: What follows a wish that somebody burns. Somebody who should burn calories or a disk is not attacked.
_AFTER = r"(?= (?:in hell|at the stake|to death|alive|forever|slowly|like|and|for what|for this|for that|YOU)\b|$)"
#: Somebody who must die a few times plays a game.
_NO_GAME = r"(?! (?:a|an|once|twice|several|many|one|two|three|YOU hair|to|on|at|before|first|here|there|again)\b)"
_PUNISHED = rf"(?:(?:die|dies){_NO_GAME}|(?:burn|suffer|rot|choke){_AFTER})"
_WHOM = f"(?:{_READER}|{_GROUP})"
_GAP = r"(?: \w+){0,3}"
_PLAN = r"(?:will|ll|gonna|going to|want to|wanna|would love to|d love to|shall|plan to|swear)"
_DUTY = r"(?:should|must|need to|needs to|ought to|have to|has to|lets|let s)"
_PATTERNS = (
    rf"\b(?:i|we)\b(?: \w+){{0,2}} {_PLAN}{_GAP} {_VIOLENT}{_GAP} {_WHOM}",
    rf"\b(?:someone|somebody|we|they|everyone|everybody|people)\b(?: \w+)? {_DUTY}{_GAP} {_VIOLENT}{_GAP} {_WHOM}",
    rf"\b(?:lets|let s)\b{_GAP} {_VIOLENT}{_GAP} {_WHOM}",
    rf"\b(?:i|we)\b(?: \w+){{0,2}} {_PLAN}{_GAP} (?:cut|slit){_GAP} throats?",
    rf"{_WHOM}{_GAP} (?:should|must|need to|needs to|ought to|deserves? to)(?: \w+)? (?:be|get)(?: \w+)? {_HURT}",
    rf"{_WHOM}{_GAP} (?:should|must|need to|ought to|deserve to|deserves to)(?: all| just)? {_PUNISHED}",
    rf"\b(?:i|we) (?:hope|wish|pray){_GAP} {_WHOM}{_GAP} (?:{_any(_FATE)}|{_HURT})",
    rf"\b(?:kill|hang|shoot|gas|exterminate|lynch|eradicate) (?:all|every|those|these)(?: \w+){{0,2}} {_GROUP}",
)
_THREAT = re.compile("|".join(_PATTERNS))
#: Words of somebody who reports a threat, or argues against it.
_REPORTING = (
    "said say says saying told tell write writes writing wrote shout shouted shouting threatened threatening threat "
    "comment comments quote tweet no not never nobody none don dont wouldn wouldnt shouldn shouldnt stop against if "
    "whoever anyone movie film game character song book joke"
)
_REPORTED = frozenset(_REPORTING.split())
#: Words around a threat that are looked at.
_NEAR = 8


def threat(text: str) -> str:
    """Return the words of a threat; "" if there is none."""
    found = words(fold(text).text)
    if VIOLENT_WORDS.isdisjoint(found):
        return ""
    merged = " ".join([_PEOPLE.get(word, word) for word in found])
    match = _THREAT.search(merged)
    if match is None:
        return ""
    start, end = merged.count(" ", 0, match.start()), merged.count(" ", 0, match.end()) + 1
    near = found[max(0, start - _NEAR) : end + _NEAR]
    return "" if not _REPORTED.isdisjoint(near) else " ".join(found[start:end])
