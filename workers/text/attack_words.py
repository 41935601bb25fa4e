"""Find the words of an attack in a text: whom it is about, insults, violence, and signs that it only reports one.

`attack_words.txt` lists them by language and kind. Words of `profanity_words.txt` are the kinds `profane` and `slur`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, islice

from comments.hosts import UNSPACED_LETTERS

from .group_names import GROUP_NAMES, READER_WORDS
from .languages import ENGLISH
from .memo import WordCache
from .misspellings import SHORTEST_MISSPELLED, misspellings, separated_words
from .normalization import fold
from .tokens import WORD, is_clearly_english, squeezed, words
from .vocabulary import english_words

ATTACK_KINDS = (
    *("you", "group", "insult", "mild", "vermin", "hate", "harm", "away", "plan", "not", "report", "me"),
    *("profane", "slur", "good"),
)
#: Kinds of words without which a text is no attack.
CHARGED = frozenset(("insult", "mild", "vermin", "hate", "harm", "away", "profane", "slur"))
#: Kinds of which a text has one if any trait applies to it.
TELLING = CHARGED | {"group"}
#: Scripts in which words are found inside a run of letters.
_INSIDE = re.compile(f"[{UNSPACED_LETTERS}\u3131-\u318e\uac00-\ud7a3]")
_ARABIC = re.compile("[\u0600-\u06ff]")
#: Spellings of one Arabic letter, and prefixes that are written together with a word.
_ARABIC_FORMS = str.maketrans("أإآىة", "ااايه")
_ARABIC_PREFIX = re.compile("^[وف]?(?:يا|بال|لل|ال|[بلك])?(?=.{3})")
_ANY_ENDING = "*"
_SHORTEST, _LONGEST = 2, 16
#: Characters for a word in scripts without spaces.
_CHARACTERS = 2
_MAX_WORDS = 400
_QUOTED = re.compile(
    r"“[^”]{2,200}”|„[^“”]{2,200}[“”]|«[^»]{2,200}»|「[^」]{2,200}」|\"[^\"]{2,200}\"|(?<!\w)'[^']{2,200}'(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Sense:
    """A kind of word in a language, with the words that must follow it."""

    language: str
    kind: str
    following: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordHit:
    """A listed word in a text: the number of the word, its text, and its kind."""

    at: int
    word: str
    kind: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Whole words, beginnings of words, and a pattern of the words in scripts without spaces."""

    whole: dict[str, tuple[Sense, ...]]
    beginnings: dict[str, tuple[Sense, ...]]
    inside: re.Pattern[str]
    cache: WordCache[tuple[Sense, ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cache", WordCache(self._find))

    def _find(self, word: str) -> tuple[Sense, ...]:
        if not word.isascii() and _ARABIC.match(word):
            word = word.translate(_ARABIC_FORMS)
            return self._listed(word) or self._listed(_ARABIC_PREFIX.sub("", word))
        return self._listed(word)

    def _listed(self, word: str) -> tuple[Sense, ...]:
        lengths = range(min(len(word), _LONGEST), _SHORTEST - 1, -1)
        begun = next((self.beginnings[word[:n]] for n in lengths if word[:n] in self.beginnings), ())
        return self.whole.get(word, ()) + begun


def _lines() -> Iterator[tuple[str, str, str]]:
    """Yield the language, kind and word of each entry."""
    for name, plain, marked in (("attack_words.txt", "", ""), ("profanity_words.txt", "profane", "slur")):
        for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
            if line and line[0] != "#":
                head, _, listed = line.partition(": ")
                language, _, kind = head.partition(" ")
                for word in listed.split():
                    yield language, (kind if not plain else marked if kind else plain), word
    yield from ((ENGLISH, "group", word) for word in GROUP_NAMES)
    yield from ((ENGLISH, "you", word) for word in READER_WORDS)


@cache
def known_languages() -> frozenset[str]:
    """Return the languages with words of attacks. Others have only profanity."""
    return frozenset(language for language, kind, _ in _lines() if kind == "you")


@lru_cache(maxsize=256)
def spelled_plainly(text: str) -> str:
    """Return a text as the lexicon spells it."""
    return squeezed(fold(text).text, 1)


@cache
def _lexicon() -> _Lexicon:
    known = known_languages()
    found: defaultdict[str, set[Sense]] = defaultdict(set)
    for language, kind, entry in _lines():
        if language in known:
            begins = entry.endswith(_ANY_ENDING)
            spelled = map(spelled_plainly, entry.removesuffix(_ANY_ENDING).replace("'", "_").split("_"))
            parts = [part.translate(_ARABIC_FORMS) for part in spelled if part]
            first, *rest = parts
            found[first + _ANY_ENDING * (begins and not rest)].add(Sense(language, kind, tuple(rest)))
    every = {word: tuple(sorted(senses, key=repr)) for word, senses in found.items()}
    inside = sorted((w.rstrip(_ANY_ENDING) for w in every if _INSIDE.match(w)), key=len, reverse=True)
    return _Lexicon(
        {w: of for w, of in every.items() if not w.endswith(_ANY_ENDING)},
        {w[:-1]: of for w, of in every.items() if w.endswith(_ANY_ENDING)},
        re.compile("|".join(map(re.escape, inside))),
    )


def _inside(run: str, start: int) -> Iterator[tuple[int, str, Sense]]:
    """Yield the words inside a run of letters without spaces."""
    lexicon = _lexicon()
    for match in lexicon.inside.finditer(run):
        for sense in lexicon.whole[match[0]]:
            yield start + match.start() // _CHARACTERS, match[0], sense


@cache
def _english() -> frozenset[str]:
    """Return the listed English words of one part."""
    listed = _lexicon().whole.items()
    return frozenset(w for w, of in listed if any(s.language == ENGLISH and s.kind in TELLING for s in of))


@cache
def _misspelled() -> Mapping[str, str]:
    return misspellings(_english())


def _corrected(word: str) -> tuple[str, ...]:
    """Return the words that a misspelled or joined English word means; the word itself if it is neither."""
    if len(word) < SHORTEST_MISSPELLED or word in english_words() or _lexicon().cache[word]:
        return (word,)
    meant = _misspelled().get(word)
    return (meant,) if meant else separated_words(word, _english()) or (word,)


_correction = WordCache(_corrected)


def _kinds_of(word: str) -> frozenset[str]:
    senses = _lexicon().cache
    return frozenset(sense.kind for part in _correction[word] for sense in senses[part] if sense.kind in TELLING)


def _english_kinds_of(word: str) -> frozenset[str]:
    of_english = [sense for part in _correction[word] for sense in _lexicon().cache[part] if sense.language == ENGLISH]
    return frozenset(sense.kind for sense in of_english if sense.kind in TELLING)


_kinds, _english_kinds = WordCache(_kinds_of), WordCache(_english_kinds_of)


def telling_kinds(text: str) -> Counter[str]:
    """Count quickly the words of each kind of attack that a text may have, in any language that it may be in."""
    folded = spelled_plainly(text)
    cache = _english_kinds if is_clearly_english(folded) else _kinds
    found = [kinds for word in set(words(folded)) if (kinds := cache[word])] if folded.isascii() else []
    if not folded.isascii():
        found = [kinds for word in WORD.findall(folded) if (kinds := cache[word])]
        if _INSIDE.search(folded):
            whole = _lexicon().whole
            found += [frozenset(s.kind for s in whole[word]) for word in _lexicon().inside.findall(folded)]
    return Counter(chain.from_iterable(found))


def _tokens(folded: str, corrects: bool) -> Iterator[tuple[str, int]]:
    """Yield each word with the position of its first character."""
    for match in islice(WORD.finditer(folded), _MAX_WORDS):
        if corrects and match[0].isascii():
            yield from ((word, match.start()) for word in _correction[match[0]])
        else:
            yield match[0], match.start()


def hits(text: str, likely: frozenset[str]) -> list[WordHit]:
    """Return the listed words of a text that may be in one of these languages; of all if none is given."""
    folded = spelled_plainly(text)
    tokens = list(_tokens(folded, not likely or ENGLISH in likely))
    senses, at = _lexicon().cache, 0
    listed: list[tuple[int, str, Sense, int]] = []
    for n, (word, char) in enumerate(tokens):
        if not word.isascii() and _INSIDE.search(word):
            listed += [(place, part, sense, char) for place, part, sense in _inside(word, at)]
            at += len(word) // _CHARACTERS
        else:
            for sense in senses[word]:
                size = len(sense.following)
                if not size or tuple([w for w, _ in tokens[n + 1 : n + 1 + size]]) == sense.following:
                    listed.append((at, " ".join((word, *sense.following)), sense, char))
        at += 1
    quoted = [match.span() for match in _QUOTED.finditer(folded)]
    return [
        WordHit(place, word, sense.kind, any(start <= char < end for start, end in quoted))
        for place, word, sense, char in listed
        if not likely or sense.language in likely
    ]
