"""How long judging takes: µs per comment for all filters and for each, and profanity beside the package as it comes.

    python -m bench.judge_speed

CPU time. First the worst case, as the best of several rounds: one comment again and again, caches emptied before it,
every token known to the site. Then what a worker meets that has been at it for a while: a stream of generated
comments, none of which came before, on a site that was taught by others like them.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from statistics import fmean, median

from better_profanity import Profanity

from comments import hosts
from comments.model import Comment
from comments.setting_values import Term
from comments.site import Site
from comments.storage.values import TokenCounts
from training import corpora, generate
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import ask, decide, question
from workers.judging.policy import build
from workers.learning import combined_model, features, site_model
from workers.text import links, normalization, profanity, tokens
from workers.text.profanity_matcher import stock

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
    normalization.fold,
    tokens.words,
    tokens.without_addresses,
    tokens.bands,
    tokens.fingerprint,
    links.links,
    hosts.domains_of,
    site_model.tokens,
    combined_model.everywhere,
    combined_model.here,
    features.features,
)
SITE = Site("blog", "A blog", NOW, hold_words=tuple(Term(f"term{n}") for n in range(50)))
ROUNDS, TIMES = 7, 200
#: Of the stream: how much of what training generates, half of it lessons, and the lengths that are looked at.
SEED, SHARE = 3, 0.3
LENGTHS = {"up to 80 characters": range(81), "350 to 450 characters": range(350, 451)}


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
    seen = TokenCounts(40, 40, {t: (n % 7 + 1, n % 5) for n, t in enumerate(sorted(site_model.tokens(comment)))})
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


def streamed(stream: Iterable[Comment], lessons: TokenCounts) -> Iterator[float]:
    """Seconds for each comment, less those in which the store looks its tokens up."""
    policy = build(BUILT_IN, {})
    for comment in stream:
        began = time.thread_time()
        asked = question(comment, 1, BUILT_IN)
        took = time.thread_time() - began
        known = {token: lessons.tokens[token] for token in asked.tokens if token in lessons.tokens}
        facts = Facts(SITE, NOW, approved=(0, 0), spam=(0, 0), corpus=replace(lessons, tokens=known))
        began = time.thread_time()
        decide(comment, facts, ask(comment, facts, BUILT_IN), policy)
        yield took + time.thread_time() - began


def taught(lessons: Sequence[generate.Example]) -> TokenCounts:
    """What a site knows that learned from all of these."""
    ham, spam = Counter[str](), Counter[str]()
    for lesson in lessons:
        (spam if lesson.spam else ham).update(site_model.tokens(corpora.comment(lesson)))
    spams = sum(lesson.spam for lesson in lessons)
    return TokenCounts(len(lessons) - spams, spams, {token: (ham[token], spam[token]) for token in ham | spam})


def streaming() -> None:
    made = (*generate.honest(SEED, SHARE), *generate.spam(SEED, SHARE))
    examples = list({example.text: example for example in made}.values())
    generate.chance("stream", SEED).shuffle(examples)
    half = len(examples) // 2
    lessons, stream = examples[:half], examples[half:]
    took = list(streamed(map(corpora.comment, stream), taught(lessons)))
    print(f"a stream of {len(stream):,} comments after {half:,} lessons")
    for name, length in LENGTHS.items():
        each = [seconds * 1e6 for example, seconds in zip(stream, took, strict=True) if len(example.text) in length]
        print(f"  {name}: median {median(each):.0f} µs, mean {fmean(each):.0f} µs, of {len(each):,}")


def main() -> None:
    package = Profanity()
    for name, content in TEXTS.items():
        print(f"{name}, {len(content)} characters")
        judging(content)
        swearing(content, package)
    streaming()


if __name__ == "__main__":
    main()
