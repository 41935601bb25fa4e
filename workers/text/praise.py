"""Find praise that fits every page: it has no word about what it praises."""

from functools import cache
from importlib.resources import files

from .links import links
from .normalization import fold
from .tokens import words

#: Shorter praise is a friend's as often as an advertiser's.
FEWEST_WORDS_OF_PRAISE = 6
#: Longer texts are about something.
_MOST_WORDS = 80
#: Share of the words that may be outside the list, such as a name.
_OTHERS = 0.1
_PRAISE = "praise"


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of praise, and all words that praise of every page has."""
    praise, every = set[str](), set[str]()
    for line in files(__package__).joinpath("praise_words.txt").read_text(encoding="utf-8").split("\n"):
        kind, _, listed = line.partition(": ")
        found = words(fold(listed).text) if not line.startswith("#") else ()
        every.update(found)
        praise.update(found if kind == _PRAISE else ())
    return frozenset(praise), frozenset(every)


def praise_words(text: str, least: int = FEWEST_WORDS_OF_PRAISE) -> tuple[str, ...]:
    """Return the words of praise of a text that praises without a word about its subject; else nothing."""
    praise, every = _listed()
    found = words(fold(text).text)
    if not least <= len(found) <= _MOST_WORDS or praise.isdisjoint(found) or links(text):
        return ()
    if sum([word not in every for word in found]) > _OTHERS * len(found):
        return ()
    return tuple(dict.fromkeys(word for word in found if word in praise))
