"""Measure judging real comments: µs of processor time for each, on a new site and on one that has learned.

    python -m bench.stream_speed DATA_DIR

The comments are all different, and the process has judged as many others before. To compare two commits, put this file
into a worktree of each, and run both in turns at least seven times: it uses only names that every version has.
"""

import gc
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median

from comments.model import Comment
from comments.setting_values import Term
from comments.site import Site
from comments.storage.values import TokenCounts
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, evidence_query, run_filters
from workers.judging.policy import build_policy
from workers.learning import site_model

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: Newspapers, blogs, videos and a chat, and the most comments of each.
SOURCES = (
    *("labelled/news_c3_a", "labelled/blog_mademistakes", "labelled/blog_tosbourn", "labelled/yt_katyperry"),
    *("labelled/yt14_avengers", "labelled/tg_umputun", "v2/labelled/blog_haacked", "v2/labelled/blog_ploeh"),
)
MOST, SEED = 900, 5
LENGTHS = {"up to 80 characters": range(81), "350 to 450 characters": range(350, 451)}
SITE = Site("blog", "A blog", NOW, hold_words=tuple(Term(f"term{n}") for n in range(50)))

Row = Mapping[str, str]


def rows_of(folder: Path) -> list[Row]:
    """Return the comments of all sources in random order, always the same, each text once."""
    draw = random.Random(SEED)
    rows: dict[str, Row] = {}
    for source in SOURCES:
        lines = (folder / f"{source}.jsonl").read_text(encoding="utf-8").split("\n")
        read = [json.loads(line) for line in lines if line]
        draw.shuffle(read)
        rows |= {row["text"]: row for row in reversed(read[:MOST])}
    every = list(rows.values())
    draw.shuffle(every)
    return every


def comment_of(n: int, row: Row) -> Comment:
    return Comment(
        f"{n:026d}",
        "blog",
        "post",
        NOW,
        author=row.get("author") or "Ada",
        email="ada@mail.example",
        url=row.get("url") or "",
        content=row["text"],
        origin="network",
        identity="address",
    )


def lessons_of(rows: Sequence[Row]) -> TokenCounts:
    ham, spam = Counter[str](), Counter[str]()
    for n, row in enumerate(rows):
        (spam if row["label"] == "spam" else ham).update(site_model.tokens(comment_of(n, row)))
    spams = sum(row["label"] == "spam" for row in rows)
    return TokenCounts(len(rows) - spams, spams, {token: (ham[token], spam[token]) for token in ham | spam})


def microseconds(stream: Iterable[Comment], lessons: TokenCounts) -> list[float]:
    """Return the time for each comment, without the time in which the storage would look up its evidence."""
    policy, took = build_policy(BUILT_IN, {}), []
    for comment in stream:
        begun = time.thread_time()
        query = evidence_query(comment, 1, BUILT_IN)
        spent = time.thread_time() - begun
        # The storage looks up tokens only for sites with lessons.
        tokens = query.tokens if lessons.tokens else ()
        known = {token: lessons.tokens[token] for token in tokens if token in lessons.tokens}
        none = (0,) * len(comment.author_keys)
        facts = Facts(SITE, NOW, approved=none, spam=none, corpus=replace(lessons, tokens=known))
        begun = time.thread_time()
        decision_for(comment, facts, run_filters(comment, facts, BUILT_IN), policy)
        took.append(1e6 * (spent + time.thread_time() - begun))
    return took


def main(arguments: Sequence[str]) -> None:
    rows = rows_of(Path(arguments[0]))
    half = len(rows) // 2
    lessons = lessons_of(rows[:half])
    comments = [comment_of(n, row) for n, row in enumerate(rows)]
    microseconds(comments[:half], lessons)
    # As a worker does after its first job.
    gc.collect()
    gc.freeze()
    for name, of_site in (("new site", TokenCounts()), (f"site with {half:,} lessons", lessons)):
        took = microseconds(comments[half:], of_site)
        print(f"{name}: mean {fmean(took):.0f} µs of {len(took):,}")
        for length, characters in LENGTHS.items():
            each = [µs for comment, µs in zip(comments[half:], took, strict=True) if len(comment.content) in characters]
            print(f"  {length}: median {median(each):.0f} µs of {len(each):,}")


if __name__ == "__main__":
    main(sys.argv[1:])
