"""Terms under which comments are indexed and found, such as `signal:links.many` or `word:bread`.

Terms of facets are counted for the lists beside the queue. The others only find comments.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice

from .hosts import all_domains, hosts_in
from .lifecycle import Role, Status
from .model import Comment
from .pseudonyms import digest
from .signals import speaks_for_review

#: Limits of the index entry of one comment. A longer comment is found by its first words.
MAX_INDEXED_WORDS, MAX_DOMAINS, LONGEST_WORD, MAX_VALUE = 120, 10, 24, 500

_WORD = re.compile(r"\w+")
_ASCII_LETTER = re.compile("[A-Za-z]")
#: Scripts without spaces between words are indexed by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
#: Characters examined to find the script of a text.
SAMPLE = 400
#: First word of a letter's Unicode name -> script, where they differ.
SCRIPTS: Mapping[str, str] = {"CJK": "han", "HIRAGANA": "japanese", "KATAKANA": "japanese"}
#: Kinds of terms whose values are counted.
FACET_KINDS = ("status", "signal", "by", "script", "thread", "author", "domain")
#: First letter of the waves of comments that advertise the same name. Others begin with a hexadecimal digit.
WAVE_OF_NAME = "n"
#: Value of the term `by` for comments that no person decided about. A person's name has no such character.
AUTOMATIC = "*"
#: Roles of people of the site.
_PEOPLE = (Role.MODERATOR, Role.STAFF)


def facet_terms(comment: Comment) -> tuple[str, ...]:
    """The terms whose values are counted, each once."""
    return tuple(dict.fromkeys(_facet_terms(comment)))


def other_terms(comment: Comment) -> tuple[str, ...]:
    """The terms that only find comments, each once."""
    return tuple(dict.fromkeys(_other_terms(comment)))


def _facet_terms(comment: Comment) -> Iterator[str]:
    decision = comment.filter_decision
    yield f"status:{comment.status}"
    if decision:
        yield from (f"signal:{signal.name}" for signal in decision.signals if speaks_for_review(signal))
    if maker := decided_by(comment):
        yield f"by:{maker}"
    yield f"script:{script(comment.content)}"
    yield f"thread:{term_value(comment.thread)}"
    if comment.author:
        yield f"author:{term_value(comment.author)}"
    domains = all_domains(hosts_in(f"{comment.content} {comment.url}"))
    yield from [f"domain:{domain}" for domain in domains[:MAX_DOMAINS]]


def _other_terms(comment: Comment) -> Iterator[str]:
    decision = comment.filter_decision
    if decision and decision.wave:
        yield f"wave:{decision.wave}"
    for network in comment.networks:
        yield f"origin:{network}"
    for key in filter(None, (comment.identity, comment.user)):
        yield f"identity:{key}"
    if comment.email:
        yield email_term(comment.email)
        yield email_term("@" + comment.email.rpartition("@")[2])
    yield from islice(
        dict.fromkeys(f"word:{w}" for w in index_words(f"{comment.author} {comment.content}")), MAX_INDEXED_WORDS
    )


def decided_by(comment: Comment) -> str:
    """The person whose decision is in force, AUTOMATIC if it is that of the filters, or "" for the author's own."""
    current = comment.current_decision
    if current is None or current.role is Role.AUTHOR or comment.status is Status.QUEUED:
        return ""
    return current.by if current.role in _PEOPLE else AUTOMATIC


def term_value(text: str) -> str:
    """A field on one line, cut to MAX_VALUE characters."""
    return " ".join(text.split())[:MAX_VALUE]


def email_term(email: str) -> str:
    """The digest of an address. People search for whole addresses, so the index need not contain them."""
    return f"email:{digest(email.casefold())}"


def index_words(text: str) -> Iterator[str]:
    """The words of a text as they are indexed and searched for, in one case and width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = _WORD.findall(folded)
    if not _UNSPACED.search(folded):
        yield from (word[:LONGEST_WORD] for word in found)
        return
    for word in found:
        at = 0
        for run in _UNSPACED.finditer(word):
            yield from _clipped(word[at : run.start()])
            yield from _characters_and_pairs(run[0])
            at = run.end()
        yield from _clipped(word[at:])


def _clipped(word: str) -> Iterator[str]:
    if word:
        yield word[:LONGEST_WORD]


def _characters_and_pairs(run: str) -> Iterator[str]:
    """Each character and each two neighbours, so that a search for one character works too."""
    yield from run
    yield from (run[n : n + 2] for n in range(len(run) - 1))


def script(text: str) -> str:
    """The script of most letters; "emoji" for symbols without a letter, "none" for neither."""
    found: dict[str, int] = {}
    symbols, sample = False, text[:SAMPLE]
    if sample.isascii():
        return "latin" if _ASCII_LETTER.search(sample) else "none"
    for char in sample:
        if char.isalpha():
            name = "latin" if char.isascii() else _script_of_letter(char)
            found[name] = found.get(name, 0) + 1
        else:
            symbols = symbols or unicodedata.category(char) == "So"
    if not found:
        return "emoji" if symbols else "none"
    return max(found, key=lambda name: found[name])


def _script_of_letter(letter: str) -> str:
    first = unicodedata.name(letter, "OTHER").partition(" ")[0]
    return SCRIPTS.get(first, first.lower())
