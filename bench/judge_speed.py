"""How long judging takes: µs per comment for all filters and for each, and profanity beside the package as it comes.

    python -m bench.judge_speed

CPU time, the best of several rounds; caches are emptied before every comment, because
no comment comes twice.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from better_profanity import Profanity

from comments.model import Comment, Site, Term
from comments.storage import TokenCounts
from workers import domains, features, folding, learned, learning, links, profanity, text
from workers.filters import BUILT_IN, Facts
from workers.judge import ask, question
from workers.policy import build
from workers.profanity_list import stock

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHORT = "I could not agree more, thank you for writing this up."
LONG = (
    "The council should have done something about this a long time ago, but of course they never listen to the people "
    "who actually pay for it. I have been saying so since 2008: $5,000 here, 3% there, and in the end nobody can "
    "afford a house in this city any more. We need less talk and more building permits, full stop. Don't you agree? "
    "See also https://paper.example/housing by the same author."
)
TEXTS = {"short": SHORT, "long": LONG, "accented": LONG.replace("the", "thé").replace("any", "ány")}
CACHES = (
    folding.fold,
    text.words,
    text.without_addresses,
    text.bands,
    text.fingerprint,
    links.links,
    domains.domains_of,
    learning.tokens,
    learned.everywhere,
    features.features,
)
SITE = Site("blog", "A blog", NOW, hold_words=tuple(Term(f"term{n}") for n in range(50)))
ROUNDS, TIMES = 7, 200


def microseconds(call: Callable[[], object], times: int = TIMES, rounds: int = ROUNDS) -> float:
    """The best round's mean for one call on empty caches."""
    best = float("inf")
    for _ in range(rounds):
        spent = 0.0
        for _ in range(times):
            for cached in CACHES:
                cached.cache_clear()
            began = time.thread_time()
            call()
            spent += time.thread_time() - began
        best = min(best, spent / times)
    return best * 1e6


def judging(content: str) -> None:
    comment = Comment("a" * 26, "blog", "post", NOW, "", "Ada", "ada@mail.example", "https://ada.example", content)
    seen = TokenCounts(40, 40, {t: (n % 7 + 1, n % 5) for n, t in enumerate(sorted(learning.tokens(comment)))})
    facts, policy = Facts(SITE, NOW, approved=(0, 0), spam=(0, 0), corpus=seen), build(BUILT_IN, {})
    asking = microseconds(lambda: question(comment, 1, BUILT_IN))
    together = microseconds(lambda: (question(comment, 1, BUILT_IN), policy.decide(ask(comment, facts, BUILT_IN), NOW)))
    print(f"  question {asking:.0f} µs; question, all filters and decision {together:.0f} µs")
    alone = {f.name: microseconds(partial(ask, comment, facts, (f,))) for f in BUILT_IN}
    print("  alone: " + ", ".join(f"{name} {µs:.0f}" for name, µs in alone.items()))


def swearing(content: str, package: Profanity) -> None:
    theirs = microseconds(lambda: package.contains_profanity(content), times=1, rounds=3)
    ours = microseconds(lambda: stock().contains(content))
    folded = microseconds(lambda: profanity.offences(content))
    print(
        f"  profanity: package {theirs:,.0f} µs; the same answer {ours:.0f} µs, {theirs / ours:,.0f} times faster; "
        f"also disguised {folded:.0f} µs"
    )


def main() -> None:
    package = Profanity()
    for name, content in TEXTS.items():
        print(f"{name}, {len(content)} characters")
        judging(content)
        swearing(content, package)


if __name__ == "__main__":
    main()
