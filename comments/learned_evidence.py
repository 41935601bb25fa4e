"""The evidence of the learned filter as text: words and traits that speak for its verdict or against it.

The filter writes it with `evidence_text` and pages read it with `clues_in`, which also reads what versions up to 0.1
stored. A clue is a word in quotes or a trait in plain words. Its source follows in parentheses.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .stop_words import carries_information

#: The signals of the filter.
READS_LIKE_SPAM, READS_LIKE_HAM = "learned.spam", "learned.ham"
#: Clues in one evidence, of both kinds together.
MAX_CLUES = 5
SHIPPED = "shipped model"
#: Separates clues for the verdict from those against it.
AGAINST = "; against it: "
_CLUE = re.compile(r"(?P<text>.+?) \((?:in (?P<spam>\d+) spam and (?P<ham>\d+) published|shipped model)\)")
_FORMER = re.compile(r"(?P<text>.+?) in (?P<spam>\d+) spam and (?P<ham>\d+) approved")
_WORDS = re.compile("^words? (?=“)")
#: Beginnings of former evidence: reasons about the name, evidence without reasons, and the ends of a text.
_FORMER_NAME, _NO_CLUES = "the author's name: ", ("Reads like ", "begins with ", "ends with ")
_QUOTED = re.compile("“(.+)”")
#: Kinds of the site's tokens, as they were stored in evidence, and how they are called. `{}` is the rest of the token.
_TOKENS = {"author:": "the name {}", "url:": "the website {}", "link:": "links to {}", "looks:": "{}"}


@dataclass(frozen=True, slots=True)
class LearnedClue:
    """A word or trait, and the lessons that contain it; None if the shipped model knows it."""

    text: str
    lessons: tuple[int, int] | None = None  # spam and published comments of the site
    is_for: bool = True  # False if it speaks against the verdict

    @property
    def source(self) -> str:
        if self.lessons is None:
            return "from the shipped model"
        spam, ham = self.lessons
        return f"seen in {spam} spam, {ham} published here"


def token_text(token: str) -> str:
    """Return a token of the site's model in plain words: a word in quotes, or a name, website, domain or trait."""
    for kind, phrase in _TOKENS.items():
        if token.startswith(kind):
            rest = token.removeprefix(kind)
            return phrase.format(rest.capitalize() if kind == "author:" else rest)
    return f"“{token}”"


def evidence_text(clues: Iterable[LearnedClue]) -> str:
    """Return the evidence of the first MAX_CLUES clues that carry information; "" without any."""
    chosen = list(distinct_clues(clues))[:MAX_CLUES]
    texts = [", ".join(_written(clue) for clue in chosen if clue.is_for is side) for side in (True, False)]
    return texts[0] + (AGAINST + texts[1] if texts[1] else "")


def _written(clue: LearnedClue) -> str:
    if clue.lessons is None:
        return f"{clue.text} ({SHIPPED})"
    spam, ham = clue.lessons
    return f"{clue.text} (in {spam} spam and {ham} published)"


def clues_in(evidence: str) -> tuple[LearnedClue, ...]:
    """Read the clues in the evidence of a stored signal; () for evidence without clues."""
    first, _, second = evidence.partition(AGAINST)
    return tuple(distinct_clues((*_read(first, True), *_read(second, False))))[:MAX_CLUES]


def _read(text: str, is_for: bool) -> Iterator[LearnedClue]:
    for piece in filter(None, text.split(", ")):
        if found := _CLUE.fullmatch(piece) or _FORMER.fullmatch(piece):
            lessons = (int(found["spam"]), int(found["ham"])) if found["spam"] else None
            yield LearnedClue(_readable(found["text"]), lessons, is_for)
        elif _is_former_trait(piece):
            yield LearnedClue(_readable(piece), None, is_for)


def _is_former_trait(piece: str) -> bool:
    """Return True for a reason of the shipped model as it was stored, except measures of style."""
    is_style = ": " in piece and not piece.startswith(_FORMER_NAME)
    return len(piece) > 2 and (piece[0].isalnum() or piece[0] == "“") and not (is_style or piece.startswith(_NO_CLUES))


def _readable(text: str) -> str:
    """Return the text of a clue without internal tokens, which earlier versions stored in quotes."""
    text = _WORDS.sub("", text)
    if text.startswith(_FORMER_NAME):
        return f"the name {text.removeprefix(_FORMER_NAME).capitalize()}"
    quoted = _QUOTED.fullmatch(text)
    return token_text(quoted[1]) if quoted else token_text(text) if text.startswith(tuple(_TOKENS)) else text


def distinct_clues(clues: Iterable[LearnedClue]) -> Iterator[LearnedClue]:
    """Leave out stop words, and words that an earlier clue contains."""
    seen: list[str] = []
    for clue in clues:
        is_quoted = clue.text[:1] == "“"
        plain = f" {clue.text.strip('“”')} "
        if (is_quoted and not carries_information(plain)) or any(plain in text or text in plain for text in seen):
            continue
        seen.append(plain)
        yield clue
