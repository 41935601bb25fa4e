"""Measure judging: µs per comment for all filters together and one by one, and the profanity filter.

    python -m bench.judge_speed [DATA_DIR]

All times are CPU time. The first part is the worst case: one comment again and again, with empty caches, on a site
that knows each of its tokens. It is the best of several rounds. The profanity filter is compared with better-profanity.
The second part is a worker that has run for a while: a stream of comments, all different, on a site that has learned
from similar ones. With a data directory these are real comments, which have far more different words than the generated
ones and take longer. To compare two commits, run both in turns, several times.
"""

import gc
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean, median

from better_profanity import Profanity

from comments import hosts
from comments.model import Comment
from comments.setting_values import Term
from comments.site import Site
from comments.storage.values import TokenCounts
from training import corpora, generate
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, evidence_query, run_filters
from workers.judging.policy import build_policy
from workers.learning import combined_model, features, site_model
from workers.text import links, normalization, profanity, tokens
from workers.text.profanity_matcher import stock_matcher

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
    links.candidates,
    links.links,
    hosts.domains_of,
    site_model.tokens,
    combined_model.prior_log_odds,
    combined_model._combined_score,
    features.features,
)
SITE = Site("blog", "A blog", NOW, hold_words=tuple(Term(f"term{n}") for n in range(50)))
ROUNDS, TIMES = 7, 200
#: The stream: the share of the generated training comments to use (half of them as lessons), and the lengths to report.
SEED, SHARE = 3, 0.3
#: Sources of real comments, and the number of comments of each.
REAL = ("news_c3_a", "blog_mademistakes", "blog_tosbourn", "yt_katyperry", "yt14_avengers", "tg_umputun")
SAMPLE = 1200
LENGTHS = {"up to 80 characters": range(81), "350 to 450 characters": range(350, 451)}


def microseconds(call: Callable[[], object], times: int = TIMES, rounds: int = ROUNDS) -> float:
    """Return the mean time of one call with empty caches, in the best round."""
    best = float("inf")
    for _ in range(rounds):
        spent = 0.0
        for _ in range(times):
            for cached in CACHES:
                cached.cache_clear()
            begun = time.thread_time()
            call()
            spent += time.thread_time() - begun
        best = min(best, spent / times)
    return best * 1e6


def measure_filters(content: str) -> None:
    comment = Comment("a" * 26, "blog", "post", NOW, "", "Ada", "ada@mail.example", "https://ada.example", content)
    seen = TokenCounts(40, 40, {t: (n % 7 + 1, n % 5) for n, t in enumerate(sorted(site_model.tokens(comment)))})
    facts, policy = Facts(SITE, NOW, approved=(0, 0), spam=(0, 0), corpus=seen), build_policy(BUILT_IN, {})
    question_only = microseconds(lambda: evidence_query(comment, 1, BUILT_IN))
    everything = microseconds(
        lambda: (evidence_query(comment, 1, BUILT_IN), policy.decide(run_filters(comment, facts, BUILT_IN), NOW))
    )
    print(f"  question {question_only:.0f} µs; question, all filters and decision {everything:.0f} µs")
    alone = {f.name: microseconds(partial(run_filters, comment, facts, (f,))) for f in BUILT_IN}
    print("  each filter: " + ", ".join(f"{name} {µs:.0f}" for name, µs in alone.items()))


def measure_profanity(content: str, package: Profanity) -> None:
    package_time = microseconds(lambda: package.contains_profanity(content), times=1, rounds=3)
    matcher_time = microseconds(lambda: stock_matcher().contains(content))
    full_time = microseconds(lambda: profanity.profane_words(content))
    print(
        f"  profanity: package {package_time:,.0f} µs; our matcher {matcher_time:.0f} µs, "
        f"{package_time / matcher_time:,.0f} times faster; with disguised words {full_time:.0f} µs"
    )


def judging_seconds(stream: Iterable[Comment], lessons: TokenCounts) -> Iterator[float]:
    """Yield the seconds for each comment, without the time in which the storage would look up its tokens."""
    policy = build_policy(BUILT_IN, {})
    for comment in stream:
        begun = time.thread_time()
        asked = evidence_query(comment, 1, BUILT_IN)
        took = time.thread_time() - begun
        known = {token: lessons.tokens[token] for token in asked.tokens if token in lessons.tokens}
        facts = Facts(SITE, NOW, approved=(0, 0), spam=(0, 0), corpus=replace(lessons, tokens=known))
        begun = time.thread_time()
        decision_for(comment, facts, run_filters(comment, facts, BUILT_IN), policy)
        yield took + time.thread_time() - begun


def counts_of(lessons: Sequence[generate.Example]) -> TokenCounts:
    """Return the token counts of a site that learned from all of these."""
    ham, spam = Counter[str](), Counter[str]()
    for lesson in lessons:
        (spam if lesson.spam else ham).update(site_model.tokens(corpora.comment(lesson)))
    spams = sum(lesson.spam for lesson in lessons)
    return TokenCounts(len(lessons) - spams, spams, {token: (ham[token], spam[token]) for token in ham | spam})


def real_comments(folder: Path) -> list[generate.Example]:
    """Return comments of newspapers, blogs and videos, SAMPLE of each source."""
    sources = [corpus for corpus in corpora.CORPORA if corpus.name in REAL]
    read = (corpora.read(folder, corpus) for corpus in sources)
    return [e for examples in read for e in generate.chance("real", SEED).sample(examples, min(SAMPLE, len(examples)))]


def generated_comments() -> list[generate.Example]:
    return [*generate.honest(SEED, SHARE), *generate.spam(SEED, SHARE)]


def measure_stream(made: Iterable[generate.Example]) -> None:
    examples = list({example.text: example for example in made}.values())
    generate.chance("stream", SEED).shuffle(examples)
    half = len(examples) // 2
    lessons, stream = examples[:half], examples[half:]
    counts = counts_of(lessons)
    # The worker has judged the first half already.
    deque(judging_seconds(map(corpora.comment, lessons), counts), maxlen=0)
    # As a worker does after its first job.
    gc.collect()
    gc.freeze()
    took = list(judging_seconds(map(corpora.comment, stream), counts))
    print(f"a stream of {len(stream):,} comments after {half:,} lessons")
    for name, length in LENGTHS.items():
        each = [seconds * 1e6 for example, seconds in zip(stream, took, strict=True) if len(example.text) in length]
        print(f"  {name}: median {median(each):.0f} µs, mean {fmean(each):.0f} µs, of {len(each):,}")


def main(arguments: Sequence[str]) -> None:
    package = Profanity()
    for name, content in TEXTS.items():
        print(f"{name}, {len(content)} characters")
        measure_filters(content)
        measure_profanity(content, package)
    measure_stream(real_comments(Path(arguments[0])) if arguments else generated_comments())


if __name__ == "__main__":
    main(sys.argv[1:])
