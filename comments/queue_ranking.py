"""How held comments are found, and in which order they are worth a moderator's time.

A comment is filed under terms such as `signal:links.many` or `word:bread`. The orders need no rewriting as time goes
by: see `rank`.
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
from .reports import REPORTED
from .storage.codec import milliseconds
from .storage.interfaces import Storage
from .storage.queue_index import IndexEntry

#: Comments filed at a time.
BATCH = 100

#: Kinds of terms whose values are listed with their counts beside the queue.
FACETS = ("signal", "script", "day", "thread", "author", "domain")

#: What it costs when a comment like this is left lying, or is judged wrongly, where an honest reply that waits costs 1.
#: By the beginning of a signal's name; words that hurt somebody and campaigns weigh more than one more advertisement.
HARM: Mapping[str, float] = {
    "words.": 3.0,
    "profanity.": 3.0,
    "toxicity.": 3.0,
    "flags.": 3.0,
    "reported.": 3.0,
    "duplicates.": 2.0,
    "near-duplicates.": 2.0,
    "velocity.": 2.0,
    "author.spammed": 2.0,
    "links.": 1.5,
}
#: Points by which the odds of spam grow e-fold. With the default thresholds, 3 and 8, they are 1:5 and 5:1.
SLOPE = 1.5
#: Nothing that a person has to look at is certain: it must not sink for ever.
LEAST_UNCERTAINTY = 0.05
#: Milliseconds of waiting that weigh as much as twice the harm or twice the uncertainty.
DOUBLING = 6 * 3600 * 1000

#: Bounds of what one comment may cost the index; a longer one is found by its first words.
MAX_WORDS, MAX_DOMAINS, LONGEST_WORD, MAX_VALUE = 120, 10, 24, 500

WORD = re.compile(r"\w+")
#: Written without spaces between words: filed by pairs of signs.
UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
#: Letters looked at to tell in which script somebody writes.
SAMPLE = 400
#: The first word of a letter's Unicode name -> script, where they differ.
SCRIPTS: Mapping[str, str] = {"CJK": "han", "HIRAGANA": "japanese", "KATAKANA": "japanese"}


def filed(comment: Comment) -> IndexEntry | None:
    """Where a comment stands in the index; None for one that is not held."""
    verdict = comment.filter_decision
    if comment.status is not Status.HELD or verdict is None:
        return None
    return IndexEntry(
        version=comment.version,
        rank=rank(comment, verdict),
        received=milliseconds(comment.received),
        points=round(verdict.score * 1000),
        terms=tuple(dict.fromkeys(_terms(comment, verdict))),
    )


def catch_up(storage: Storage, site: str, n: int = BATCH) -> int:
    """File up to `n` of the comments that are due; how many there were."""
    due = storage.queue_index.outdated(site, n)
    found = storage.comments.load(site, due) if due else []
    storage.queue_index.discard(site, [id for id, comment in zip(due, found, strict=True) if comment is None])
    storage.queue_index.update(site, [(comment, filed(comment)) for comment in found if comment])
    return len(due)


def rank(comment: Comment, verdict: Decision) -> int:
    """The place in the order "most useful first": the smaller, the sooner. In ms, as a time of reception.

    What a look is worth is expected harm x uncertainty x age, where age counts as 2 ** (time waited / DOUBLING).
    Ordered by its logarithm, log2(harm x uncertainty) + (now - received) / DOUBLING, `now` is the same for all and
    falls away; so the order never changes by waiting alone, and this number is computed once.
    """
    worth = math.log2(harm(verdict) * uncertainty(verdict))
    return round(milliseconds(comment.received) - DOUBLING * worth)


def p_spam(verdict: Decision) -> float:
    """P(spam) as the points tell it: one half in the middle between both thresholds.

    Where readers report what the points spoke for, neither is to be believed more.
    """
    if any(signal.name == REPORTED for signal in verdict.signals):
        return 0.5
    middle = (verdict.hold_at + verdict.spam_at) / 2
    return probability((verdict.score - middle) / SLOPE)


def uncertainty(verdict: Decision) -> float:
    """1 where spam and honest are as likely, towards LEAST_UNCERTAINTY where the points leave little doubt."""
    p = p_spam(verdict)
    return max(LEAST_UNCERTAINTY, 4 * p * (1 - p))


def harm(verdict: Decision) -> float:
    """Expected: 1 if it is honest and kept waiting, the worst of its signals in HARM if it is spam."""
    p = p_spam(verdict)
    worst = max((cost for s in verdict.signals for name, cost in HARM.items() if s.name.startswith(name)), default=1.0)
    return p * worst + (1 - p)


def _terms(comment: Comment, verdict: Decision) -> Iterator[str]:
    yield from (f"signal:{signal.name}" for signal in verdict.signals)
    yield f"script:{script(comment.content)}"
    yield f"day:{comment.received:%Y-%m-%d}"
    yield f"thread:{value(comment.thread)}"
    if comment.author:
        yield f"author:{value(comment.author)}"
    if comment.origin:
        yield f"origin:{comment.origin}"
    if comment.identity:
        yield f"identity:{comment.identity}"
    if comment.email:
        yield email_term(comment.email)
        yield email_term("@" + comment.email.rpartition("@")[2])
    yield from islice(dict.fromkeys(_domains(f"{comment.content} {comment.url}")), MAX_DOMAINS)
    yield from islice(dict.fromkeys(f"word:{w}" for w in words(f"{comment.author} {comment.content}")), MAX_WORDS)


def value(text: str) -> str:
    """A field as a term's value: on one line, and bounded."""
    return " ".join(text.split())[:MAX_VALUE]


def email_term(email: str) -> str:
    """Addresses are looked for as a whole, and never listed: so the index does not hold them."""
    return f"email:{digest(email.casefold())}"


def _domains(text: str) -> Iterator[str]:
    """`domain:` of each host that the text names, and of the domains above it that have the same owner."""
    return (f"domain:{domain}" for domain in all_domains(hosts_in(text)))


def words(text: str) -> Iterator[str]:
    """The words of a text as they are filed and looked for, whatever their case and width."""
    for word in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        at = 0
        for run in UNSPACED.finditer(word):
            yield from _spaced(word[at : run.start()])
            yield from _pairs(run[0])
            at = run.end()
        yield from _spaced(word[at:])


def _spaced(word: str) -> Iterator[str]:
    if word:
        yield word[:LONGEST_WORD]


def _pairs(run: str) -> Iterator[str]:
    """Each two neighbours, and each sign alone, so that one sign can be looked for too."""
    yield from run
    yield from (run[n : n + 2] for n in range(len(run) - 1))


def script(text: str) -> str:
    """The script of most letters; "emoji" for symbols without a letter, "none" for neither."""
    found: dict[str, int] = {}
    symbols = False
    for char in text[:SAMPLE]:
        if char.isalpha():
            name = "latin" if char.isascii() else _script(char)
            found[name] = found.get(name, 0) + 1
        else:
            symbols = symbols or unicodedata.category(char) == "So"
    if not found:
        return "emoji" if symbols else "none"
    return max(found, key=lambda name: found[name])


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "OTHER").partition(" ")[0]
    return SCRIPTS.get(first, first.lower())
