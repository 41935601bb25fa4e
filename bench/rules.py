"""Measure what rules cost: judging with 10,000 rules and without any, filters alone and with the store.

    python -m bench.rules

The first part is CPU time of the filters for a stream of different comments, with 10,000 rules about words, phrases
and signs and 100 regular expressions, and without any. The second part judges batches with a real Valkey, with 10,000
linked domains and 10,000 words, and without any. Rounds with and without rules take turns; the medians are reported.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.redis import open_redis
from replygate.embedded_valkey import start
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import Judging, evidence_query, judge_batch, run_filters
from workers.judging.policy import build_policy

from .judge_speed import LONG, SHORT

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE, WITHOUT = Site("blog", "A blog", NOW), Site("shop", "A blog", NOW)
N, ROUNDS, COMMENTS, BATCH = 10_000, 15, 300, 100


def a_rule(target: RuleTarget, value: str) -> AuthorRule:
    return AuthorRule(target, value, RuleEffect.BAN, "bench", NOW)


def text_rules(n: int) -> tuple[AuthorRule, ...]:
    """Return rules about words, phrases and terms with signs, a third each, and one expression for each hundred."""
    forms = ("casino{}x", "cheap pills {} now", "t.me/shop{}")
    terms = [a_rule(RuleTarget.TERM, forms[k % 3].format(k)) for k in range(n)]
    return (*terms, *(a_rule(RuleTarget.EXPRESSION, f"/ca[s5]ino{k}[0-9]+/") for k in range(n // 100)))


def a_comment(k: int) -> Comment:
    text = f"{(SHORT, LONG)[k % 2]} This is number {k}, {k % 7} of the week."
    return Comment(new_id(), "blog", "post", NOW, "", "Ada", f"ada{k}@mail.example", "", text, identity=f"i{k}")


def filter_seconds(rules: tuple[AuthorRule, ...], first: int) -> float:
    spent = 0.0
    for k in range(first, first + COMMENTS):
        comment = a_comment(k)
        begun = time.thread_time()
        evidence_query(comment, 1, BUILT_IN)
        run_filters(comment, Facts(SITE, NOW, approved=(0, 0), spam=(0, 0), text_rules=rules), BUILT_IN)
        spent += time.thread_time() - begun
    return spent / COMMENTS


def compare(title: str, without: Callable[[int], float], with_rules: Callable[[int], float]) -> None:
    """Print the medians of rounds that take turns, after one round to fill the caches."""
    without(0)
    with_rules(1_000_000)
    pairs = [(without(k * 10_000), with_rules(k * 10_000 + 5_000)) for k in range(1, ROUNDS + 1)]
    base, loaded = (median(times) * 1e6 for times in zip(*pairs, strict=True))
    print(f"{title}: {base:.0f} µs a comment without rules, {loaded:.0f} µs with them, {loaded / base:.2f} times")


def measure_store(directory: str) -> None:
    server = start(Path(directory), fsync="everysec")
    storage = open_redis(Settings(secret_key="x" * 40, redis_url=server.url))
    rules = [a_rule(RuleTarget.DOMAIN, f"spam{k}.example") for k in range(N)]
    storage.author_rules.put_many(
        "blog", [*rules, *text_rules(N)], AuditEntry("bench", AuditAction.RULE_SET, site="blog")
    )
    policy = build_policy(BUILT_IN, {})

    def judged(site: Site, first: int) -> float:
        batch = [(a_comment(k), 1) for k in range(first, first + BATCH)]
        begun = time.thread_time()
        judge_batch(Judging(BUILT_IN, policy, storage), batch, site, NOW)
        return (time.thread_time() - begun) / BATCH

    compare(f"{2 * N:,} rules, with the store", lambda k: judged(WITHOUT, k), lambda k: judged(SITE, k))
    server.stop()


def main() -> None:
    rules = text_rules(N)
    compare(
        f"{len(rules):,} rules about texts, filters",
        lambda k: filter_seconds((), k),
        lambda k: filter_seconds(rules, k),
    )
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        measure_store(directory)


if __name__ == "__main__":
    main()
