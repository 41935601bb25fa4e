"""Search terms and order of comments in the review queue.

A held comment is indexed under terms such as `signal:links.many` or `word:bread`. Its rank does not change with time:
see `rank`.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice

from .hosts import all_domains, hosts_in
from .lifecycle import Status
from .model import Comment, Decision
from .probability import probability
from .pseudonyms import digest
from .report_rules import REPORTED
from .signals import UNDECLARED, SignalCatalogue, speaks_for_review
from .storage.codec import milliseconds
from .storage.interfaces import Storage
from .storage.queue_index import IndexEntry

#: Comments to index in one call.
BATCH = 100


#: Points that multiply the odds of spam by e. With the default thresholds, 3 and 8, the odds are 1:5 and 5:1.
SLOPE = 1.5
#: Least uncertainty of a comment in the queue. Without it a clear case would never come to the top.
LEAST_UNCERTAINTY = 0.05
#: Milliseconds of waiting that count as much as twice the harm or twice the uncertainty.
DOUBLING = 6 * 3600 * 1000

#: Limits of the index entry of one comment. A longer comment is found by its first words.
MAX_INDEXED_WORDS, MAX_DOMAINS, LONGEST_WORD, MAX_VALUE = 120, 10, 24, 500

_WORD = re.compile(r"\w+")
#: Scripts without spaces between words are indexed by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
#: Characters examined to find the script of a text.
SAMPLE = 400
#: First word of a letter's Unicode name -> script, where they differ.
SCRIPTS: Mapping[str, str] = {"CJK": "han", "HIRAGANA": "japanese", "KATAKANA": "japanese"}


def index_entry(comment: Comment, signals: SignalCatalogue) -> IndexEntry | None:
    """The terms and ranks of a held comment; None for any other."""
    decision = comment.filter_decision
    if comment.status is not Status.HELD or decision is None:
        return None
    return IndexEntry(
        version=comment.version,
        rank=rank(comment, decision, signals),
        received=milliseconds(comment.received),
        points=round(decision.score * 1000),
        terms=tuple(dict.fromkeys(_terms(comment, decision))),
    )


def index_outdated(storage: Storage, site: str, signals: SignalCatalogue, n: int = BATCH) -> int:
    """Index up to `n` comments whose entry is missing or outdated, and return how many there were."""
    outdated = storage.queue_index.outdated(site, n)
    loaded = storage.comments.load(site, outdated) if outdated else []
    missing = [id for id, comment in zip(outdated, loaded, strict=True) if comment is None]
    storage.queue_index.discard(site, missing)
    storage.queue_index.update(site, [(comment, index_entry(comment, signals)) for comment in loaded if comment])
    return len(outdated)


def rank(comment: Comment, decision: Decision, signals: SignalCatalogue) -> int:
    """Position in the order "most useful first", in milliseconds; smaller comes first.

    The value of a review is expected harm x uncertainty x age, where age is 2 ** (time waited / DOUBLING). Its
    logarithm is log2(harm x uncertainty) + (now - received) / DOUBLING. `now` is the same for all comments, so the
    order does not change while they wait, and the rank is computed once.
    """
    value = math.log2(expected_harm(decision, signals) * uncertainty(decision))
    return round(milliseconds(comment.received) - DOUBLING * value)


def spam_probability(decision: Decision) -> float:
    """P(spam) by the points: one half in the middle between both thresholds, and for every reported comment.

    The filters approved it and readers reported it. Neither is more reliable than the other.
    """
    if any(signal.name == REPORTED for signal in decision.signals):
        return 0.5
    middle = (decision.hold_at + decision.spam_at) / 2
    return probability((decision.score - middle) / SLOPE)


def uncertainty(decision: Decision) -> float:
    """1 where spam and honest are equally likely, down to LEAST_UNCERTAINTY where the points are clear."""
    p = spam_probability(decision)
    return max(LEAST_UNCERTAINTY, 4 * p * (1 - p))


def expected_harm(decision: Decision, signals: SignalCatalogue) -> float:
    """1 if the comment is honest and waits; the greatest harm of its signals if it is spam."""
    p = spam_probability(decision)
    worst = max([signals.get(s.name, UNDECLARED).harm for s in decision.signals], default=1.0)
    return p * worst + (1 - p)


def _terms(comment: Comment, decision: Decision) -> Iterator[str]:
    yield from (f"signal:{signal.name}" for signal in decision.signals if speaks_for_review(signal))
    if decision.wave:
        yield f"wave:{decision.wave}"
    yield f"script:{script(comment.content)}"
    yield f"day:{comment.received:%Y-%m-%d}"
    yield f"thread:{term_value(comment.thread)}"
    if comment.author:
        yield f"author:{term_value(comment.author)}"
    for network in comment.networks:
        yield f"origin:{network}"
    for key in filter(None, (comment.identity, comment.user)):
        yield f"identity:{key}"
    if comment.email:
        yield email_term(comment.email)
        yield email_term("@" + comment.email.rpartition("@")[2])
    domains = all_domains(hosts_in(f"{comment.content} {comment.url}"))
    yield from [f"domain:{domain}" for domain in domains[:MAX_DOMAINS]]
    yield from islice(
        dict.fromkeys(f"word:{w}" for w in index_words(f"{comment.author} {comment.content}")), MAX_INDEXED_WORDS
    )


def term_value(text: str) -> str:
    """A field on one line, cut to MAX_VALUE characters."""
    return " ".join(text.split())[:MAX_VALUE]


def email_term(email: str) -> str:
    """The digest of an address. People search for whole addresses, so the index need not contain them."""
    return f"email:{digest(email.casefold())}"


def index_words(text: str) -> Iterator[str]:
    """The words of a text as they are indexed and searched for, in one case and width."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
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
    symbols = False
    for char in text[:SAMPLE]:
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
