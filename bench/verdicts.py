"""Compare the verdicts of two versions over thousands of real comments, disguised ones included.

    python -m bench.verdicts DATA_DIR FILE            write the verdicts of this version to FILE
    python -m bench.verdicts DATA_DIR FILE --compare  compare this version with FILE, and list each difference

A number at the end sets the comments of each file, 160 otherwise. Both versions need the same.

A verdict is everything that judging gives: the query to the storage, signals with points and evidence, decision,
score, masked text and wave. Each comment is judged on a new site and on one with lessons and other settings. A change
for speed must not change any of them.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from comments.model import STAFF, Comment
from comments.setting_values import Term
from comments.site import Site
from comments.storage.values import EvidenceQuery, TokenCounts
from training.disguise import DISGUISES
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, evidence_query, run_filters
from workers.judging.policy import build_policy
from workers.learning.copy_tokens import lesson_tokens

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: Comments of each file, the share of them that is disguised, and the share that teaches the second site.
SAMPLE, DISGUISED, TAUGHT = 160, 0.3, 0.3
#: Texts without words, with control characters, and longer than the limits.
ODD_TEXTS = (
    *("", " ", "\u200b", "👍👍👍", "a", "...", "\x07", "İstanbul", "\ud800"),
    *("e\u0301" * 30, "e" + 30 * "\u0301", "word " * 500, "x" * 5000),
)
EMAILS = ("", "ada@mail.example", "bob@mailinator.com", "no address", "Ünï@exämple.org", "eve@sub.shop.co.uk")
PLAIN = Site("blog", "A blog", NOW)
STRICT = replace(
    PLAIN,
    moderation="unsure",
    profanity="mask",
    profanity_tier="mild",
    profanity_also=("darn", "blue moon"),
    profanity_allow=("hell", "bad word"),
    toxicity="possible",
    language="de",
    max_links=1,
    refusals="1 in 100",
    hold_words=(Term("casino"), Term("two words"), Term("v1agra", ("content",)), Term("博彩"), Term("c++")),
    reject_words=(Term("reject me"), Term("/buy +now/"), Term("wisdomtoto")),
)


def comments(folder: Path, sample: int = SAMPLE) -> list[tuple[Comment, bool]]:
    """Return comments of every file, the same ones in each run, each with True if it is labelled spam."""
    made: list[tuple[Comment, bool]] = []
    draw = random.Random(12)
    disguises = list(DISGUISES.values())
    for file in sorted(path for kind in ("labelled", "toxic") for path in folder.glob(f"**/{kind}/*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        for row in draw.sample(rows, min(sample, len(rows))):
            text = draw.choice(disguises)(row["text"], draw) if draw.random() < DISGUISED else row["text"]
            made.append((_comment(len(made), row, text, draw), row["label"] == "spam"))
    for text in ODD_TEXTS:
        made += [(_comment(len(made), {"author": text[:20], "url": text[:20]}, text, draw), False)]
    return made


def _comment(n: int, row: dict[str, Any], text: str, draw: random.Random) -> Comment:
    comment = Comment(
        f"{n:026d}",
        "blog",
        "https://blog.example/post",
        NOW,
        author=row.get("author") or draw.choice(("", "Ada", "best casino online", "ann@example.org")),
        email=draw.choice(EMAILS),
        url=row.get("url") or draw.choice(("", "", "https://ada.example", "http://cheap-loans.xyz/profile/7?ref=1")),
        content=text,
        origin=draw.choice(("", "network 1", "network 2")),
        identity=draw.choice(("", "address 1")),
    )
    return draw.choice(
        (
            comment,
            comment,
            replace(comment, trap="x", form_seconds=1, form_token="invalid"),
            replace(comment, user="user 1", browser="browser 1"),
            replace(comment, email_confirmed=True, browser="browser 2"),
            replace(comment, role=STAFF, user="user 2"),
        )
    )


def lessons_of(taught: Sequence[tuple[Comment, bool]]) -> TokenCounts:
    ham, spam = Counter[str](), Counter[str]()
    for comment, is_spam in taught:
        (spam if is_spam else ham).update(lesson_tokens(comment))
    spams = sum(is_spam for _, is_spam in taught)
    return TokenCounts(len(taught) - spams, spams, {t: (ham[t], spam[t]) for t in ham | spam}, 0.5, 120)


def _query(query: EvidenceQuery) -> dict[str, Any]:
    uses = [(use.window, use.seconds, use.value, use.shared, use.before) for use in query.uses]
    return asdict(replace(query, uses=(), tokens=frozenset())) | {"uses": uses, "tokens": sorted(query.tokens)}


def verdicts(folder: Path, sample: int = SAMPLE) -> Iterator[tuple[str, dict[str, Any]]]:
    made = comments(folder, sample)
    draw = random.Random(13)
    lessons = lessons_of(draw.sample(made, int(TAUGHT * len(made))))
    policy = build_policy(BUILT_IN, {})
    for comment, _ in made:
        query = evidence_query(comment, 1, BUILT_IN, sharing=True)
        known = {token: lessons.tokens[token] for token in query.tokens if token in lessons.tokens}
        counts = {use.window: draw.choice((0, 0, 1, 4, 40)) for use in query.uses}
        authors = [tuple(draw.choice((0, 0, 1, 5)) for _ in comment.author_keys) for _ in range(2)]
        new = Facts(PLAIN, NOW, approved=(0,) * len(comment.author_keys), spam=(0,) * len(comment.author_keys))
        full = Facts(
            STRICT, NOW, counts, *authors, corpus=replace(lessons, tokens=known), staff_names=frozenset(("Ada",))
        )
        yield f"{comment.id} query", _query(query)
        for name, facts in (("new", new), ("taught", full)):
            signals = run_filters(comment, facts, BUILT_IN)
            decision = decision_for(comment, facts, signals, policy.for_site(facts.site))
            yield f"{comment.id} {name} {comment.content[:60]!r}", asdict(decision)


def _written(verdict: dict[str, Any]) -> str:
    return json.dumps(verdict, default=str, sort_keys=True)


def main(arguments: Sequence[str]) -> None:
    folder, file, compare = Path(arguments[0]), Path(arguments[1]), "--compare" in arguments
    sample = int(arguments[-1]) if arguments[-1].isdecimal() else SAMPLE
    found = {name: _written(verdict) for name, verdict in verdicts(folder, sample)}
    if not compare:
        file.write_text(json.dumps(found), encoding="utf-8")
        print(f"wrote {len(found):,} verdicts, SHA-256 {sha256(file.read_bytes()).hexdigest()[:12]}")
        return
    before = json.loads(file.read_text(encoding="utf-8"))
    different = [name for name in before | found if before.get(name) != found.get(name)]
    for name in different:
        print(f"{name}\n  before {before.get(name)}\n  now    {found.get(name)}")
    print(f"{len(different):,} of {len(found):,} verdicts differ")
    sys.exit(bool(different))


if __name__ == "__main__":
    main(sys.argv[1:])
