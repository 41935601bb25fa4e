"""Find the words of an attack in a text: whom it is about, insults, violence, and signs that it only reports one.

`attack_words.txt` lists them by language and kind. Words of `profanity_words.txt` are the kinds `profane` and `slur`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice

from comments.hosts import UNSPACED_LETTERS

from .foreign_profanity import UNMISTAKABLE
from .group_names import GROUP_NAMES, READER_WORDS
from .language_guess import guessed_languages
from .languages import ENGLISH
from .memo import WordCache
from .normalization import fold
from .tokens import WORD, is_clearly_english, squeezed
from .vocabulary import english_words

#: Kinds of words without which a text is no attack.
CHARGED = frozenset(("insult", "mild", "vermin", "hate", "harm", "away", "profane", "slur"))
#: Kinds of which a text has one if any trait of an attack applies to it.
TELLING = CHARGED | {"group", "good"}
#: Kinds that a word has no more if it is of a stronger kind in the same language: each word counts once.
_WEAKER = {"slur": ("mild", "vermin"), "insult": ("mild", "vermin"), "hate": ("mild",), "vermin": ("mild",)}
#: Scripts in which words are found inside a run of letters.
INSIDE_RUNS = re.compile(f"[{UNSPACED_LETTERS}\u3131-\u318e\uac00-\ud7a3]")
_ARABIC = re.compile("[\u0600-\u06ff]")
#: Letters of the shortest beginning.
_SHORTEST = 2
#: Spellings of one Arabic letter, and prefixes that are written together with a word.
ARABIC_FORMS = str.maketrans("أإآىة", "ااايه")
_ARABIC_PREFIX = re.compile("^[وف]?(?:يا|بال|لل|ال|[بلك])?(?=.{3})")
_ANY_ENDING = "*"
#: A shorter misspelled word is too often another word or a name.
_SHORTEST_MISSPELLED = 5
#: The same in other languages, where only exchanged neighbours are undone, and letters of an ending.
_SHORTEST_EXCHANGED, _LONGEST_ENDING = 6, 2
#: Characters for a word in scripts without spaces.
_CHARACTERS = 2
#: Words and characters of a text that are looked at. In scripts without spaces, a run of letters may have no end.
MAX_WORDS, MAX_CHARACTERS = 400, 4000
#: A quotation of so few words mentions a word, and does not use it: Words like "idiot" hurt.
_MENTIONED = 3
#: With more likely languages than this the language is unknown.
_MAX_LIKELY = 4
QUOTED = re.compile(
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
    """Whole words, beginnings of words, misspelled ones, and a pattern of the words in scripts without spaces."""

    whole: Mapping[str, tuple[Sense, ...]]
    beginnings: Mapping[str, tuple[Sense, ...]]
    misspelled: Mapping[str, str]
    exchanged: Mapping[str, str]
    inside: re.Pattern[str]
    lengths: Mapping[str, tuple[int, ...]] = field(init=False)
    cache: WordCache[tuple[Sense, ...]] = field(init=False)

    def __post_init__(self) -> None:
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for beginning in self.beginnings:
            lengths[beginning[:_SHORTEST]].add(len(beginning))
        object.__setattr__(self, "lengths", {start: tuple(sorted(of)) for start, of in lengths.items()})
        object.__setattr__(self, "cache", WordCache(self._find))

    def _find(self, word: str) -> tuple[Sense, ...]:
        if not word.isascii() and _ARABIC.match(word):
            word = word.translate(ARABIC_FORMS)
            return self._listed(word) or self._listed(_ARABIC_PREFIX.sub("", word))
        return self._listed(word) or self._listed(self.misspelled.get(word, "") or self._exchanged(word))

    def _exchanged(self, word: str) -> str:
        """Return the listed word of which two neighbours are exchanged in this one, which may have a short ending."""
        for end in range(len(word), max(len(word) - _LONGEST_ENDING, _SHORTEST_EXCHANGED) - 1, -1):
            listed = self.exchanged.get(word[:end], "")
            if listed in self.beginnings or (end == len(word) and listed in self.whole):
                return listed
        return ""

    @staticmethod
    def _counted_once(senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """Return the senses of a word without those that a stronger one in its language contains."""
        weaker = {(s.language, kind) for s in senses if not s.following for kind in _WEAKER.get(s.kind, ())}
        return tuple([s for s in senses if s.following or (s.language, s.kind) not in weaker]) if weaker else senses

    def _listed(self, word: str) -> tuple[Sense, ...]:
        found = self.whole.get(word, ())
        for n in self.lengths.get(word[:_SHORTEST], ()):
            found += self.beginnings.get(word[:n], ())
        return self._counted_once(found) if len(found) > 1 else found


def entries() -> Iterator[tuple[str, str, str]]:
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
    return frozenset(language for language, kind, _ in entries() if kind == "you")


def spelled_plainly(text: str) -> str:
    """Return a text as the lexicon spells it."""
    return squeezed(fold(text).text, 1)


def _neighbours_exchanged(word: str) -> Iterator[str]:
    """Yield a word with two neighbours exchanged. The first letter stays."""
    for n in range(1, len(word) - 1):
        if word[n] != word[n + 1]:
            yield word[:n] + word[n + 1] + word[n] + word[n + 2 :]


def _spoiled(word: str) -> Iterator[str]:
    """Yield a word with one letter left out, or two neighbours exchanged. The first letter stays."""
    yield from (word[:n] + word[n + 1 :] for n in range(1, len(word)))
    yield from _neighbours_exchanged(word)


@cache
def lexicon() -> _Lexicon:
    """Return the words of all known languages."""
    known = known_languages()
    found: defaultdict[str, set[Sense]] = defaultdict(set)
    for language, kind, entry in entries():
        if language in known:
            begins = entry.endswith(_ANY_ENDING)
            spelled = map(spelled_plainly, entry.removesuffix(_ANY_ENDING).replace("'", "_").split("_"))
            parts = [part.translate(ARABIC_FORMS) for part in spelled if part]
            first, *rest = parts
            found[first + _ANY_ENDING * (begins and not rest)].add(Sense(language, kind, tuple(rest)))
    every = {word: tuple(sorted(senses, key=repr)) for word, senses in found.items()}
    english = [w for w, of in every.items() if any(s.language == ENGLISH and s.kind in TELLING for s in of)]
    known_words = english_words()
    misspelled = {
        spoiled: word
        for word in sorted(entry.rstrip(_ANY_ENDING) for entry in english)
        if word.isalpha() and len(word) >= _SHORTEST_MISSPELLED
        for spoiled in _spoiled(word)
        if spoiled not in known_words and spoiled not in every
    }
    foreign = [
        w for w, of in every.items() if any(s.language != ENGLISH and s.kind in TELLING and not s.following for s in of)
    ]
    exchanged = {
        spelling: word
        for word in sorted((entry.rstrip(_ANY_ENDING) for entry in foreign), reverse=True)
        if word.isalpha() and len(word) >= _SHORTEST_EXCHANGED
        for spelling in _neighbours_exchanged(word)
    }
    inside = sorted((w.rstrip(_ANY_ENDING) for w in every if INSIDE_RUNS.match(w)), key=len, reverse=True)
    return _Lexicon(
        {w: of for w, of in every.items() if not w.endswith(_ANY_ENDING)},
        {w[:-1]: of for w, of in every.items() if w.endswith(_ANY_ENDING)},
        misspelled,
        exchanged,
        re.compile("|".join(map(re.escape, inside)) or "$^"),
    )


def languages_of(text: str, home: str = "") -> frozenset[str]:
    """Return the languages that a text may be in; empty if any language is possible."""
    if is_clearly_english(fold(text).text):
        return frozenset((ENGLISH,))
    likely = guessed_languages(text, home)
    return likely if len(likely) <= _MAX_LIKELY else frozenset()


def may_tell(spelled: str) -> bool:
    """Decide quickly if a text with letters of a script without spaces has a charged word."""
    found = (*lexicon().inside.findall(spelled), *WORD.findall(spelled))
    return any(sense.kind in TELLING for word in found for sense in lexicon().cache[word])


def _inside(run: str, start: int) -> Iterator[tuple[int, str, Sense]]:
    """Yield the words inside a run of letters without spaces."""
    for match in lexicon().inside.finditer(run):
        for sense in lexicon().whole[match[0]]:
            yield start + match.start() // _CHARACTERS, match[0], sense


def hits(text: str, likely: frozenset[str]) -> list[WordHit]:
    """Return the listed words of a text that may be in one of these languages; of all if none is given."""
    folded = spelled_plainly(text)[:MAX_CHARACTERS]
    tokens = [(match[0], match.start()) for match in islice(WORD.finditer(folded), MAX_WORDS)]
    senses, at = lexicon().cache, 0
    listed: list[tuple[int, str, Sense, int]] = []
    for n, (word, char) in enumerate(tokens):
        if not word.isascii() and INSIDE_RUNS.search(word):
            listed += [(place, part, sense, char) for place, part, sense in _inside(word, at)]
            at += len(word) // _CHARACTERS
        else:
            for sense in senses[word]:
                size = len(sense.following)
                if not size or tuple([w for w, _ in tokens[n + 1 : n + 1 + size]]) == sense.following:
                    listed.append((at, " ".join((word, *sense.following)), sense, char))
        at += 1
    quoted = [(*match.span(), len(match[0].split()) <= _MENTIONED) for match in QUOTED.finditer(folded)]
    found = []
    for place, word, sense, char in listed:
        if sense.language in likely if likely else sense.language == ENGLISH or len(word) >= UNMISTAKABLE:
            around = [is_mention for start, end, is_mention in quoted if start <= char < end]
            if not (any(around) and sense.kind in CHARGED):
                found.append(WordHit(place, word, sense.kind, bool(around)))
    return found
