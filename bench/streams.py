"""Simulate new sites that learn from their moderators, and report the published, held and refused comments.

    python -m bench.streams DATA_DIR [REFUSALS]

The shipped weights were trained on none of these sources. Moderators decide held comments at once. Readers report one
in ten published spam comments. All filters run, in order of time: newspaper comments arrive a minute apart, the others
a second apart. Results are means over several random orders. REFUSALS is the site's setting for the number of honest
comments that may be refused. The honest chat comments have no labels: they are short comments of 2013, and some of
them advertise. The chat bots are generated from nine templates (`bots.txt`).
"""

import gzip
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from comments.lifecycle import Action
from comments.site import Site
from comments.storage.values import TokenCounts
from replygate.evaluation.labelled_comments import Example
from replygate.evaluation.replay import Moderation, ReplayCorpus, Verdict, verdicts
from training import grammar
from training.corpora import CORPUS, comment, read
from training.generate import Example as Generated
from training.generate import chance
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy

BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", BEGIN, required=(), moderation="suspicious", max_content=100_000)
ORDERS = (1, 2, 3)
REPORTED = 0.1

#: Seconds between two comments, then the source, label (spam or not) and number of each part.
Stream = tuple[int, Sequence[tuple[str, bool, int]]]
STREAMS: Mapping[str, Stream] = {
    "newspaper, 9 % spam": (
        60,
        (
            ("news_c3_a", False, 3000),
            ("yt_judol_a", True, 120),
            ("yt14_avengers", True, 40),
            ("yt14_playstation", True, 20),
            ("blogspam_spintax_a", True, 119),
        ),
    ),
    "newspaper, no spam": (60, (("news_c3_a", False, 5496),)),
    "flood, 40 % spam": (1, (("yt_judol_b", False, 2894), ("yt_judol_b", True, 1916))),
    "flood, half spam": (1, (("yt_judol_a", False, 3000), ("yt_judol_a", True, 2904))),
    "chat, half bots": (1, (("chat", False, 3161), ("bots", True, 3100))),
}
BOTS = grammar.read(Path(__file__).with_name("bots.txt"))
#: Comments with fewer characters than this look like lines of a chat.
SHORT = 90


def stream(folder: Path, parts: Sequence[tuple[str, bool, int]], seconds: int, draw: random.Random) -> list[Example]:
    rows: list[Generated] = []
    for source, is_spam, n in parts:
        some = [e for e in _source(folder, source, n, draw) if e.spam is is_spam]
        draw.shuffle(some)
        rows += some[:n]
    draw.shuffle(rows)
    comments = (
        replace(comment(row), thread="post", content=row.text.replace("\r\n", "\n")) for row in rows
    )  # as the web service normalizes line ends
    placed = (replace(c, id=f"{n:05}", received=BEGIN + timedelta(seconds=seconds * n)) for n, c in enumerate(comments))
    return [Example(c, row.spam, row.source) for c, row in zip(placed, rows, strict=True)]


def _source(folder: Path, name: str, n: int, draw: random.Random) -> list[Generated]:
    """Return all comments of a source, or n comments of a generated one."""
    if name == "bots":
        return [Generated(BOTS.line("bot", draw), True, name, BOTS.line("handle", draw)) for _ in range(n)]
    if name == "chat":
        with gzip.open(folder / "unlabelled" / "yt2013_comments.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return [Generated(row["text"], False, name, row["author"]) for row in rows if len(row["text"]) < SHORT]
    return read(folder, replace(CORPUS[name], most=sys.maxsize))


def outcome_shares(found: Sequence[Verdict]) -> Iterator[float]:
    """Yield the values in the order of HEADINGS. The last three are shares of the spam in the second half."""
    honest = [v for v in found if not v.example.spam]
    spam = [v for v in found[len(found) // 2 :] if v.example.spam]
    yield sum(v.decision.action is Action.SPAM for v in honest)
    yield len(honest)
    yield sum(v.decision.action is Action.HOLD and not v.by_chance for v in found) / len(found)
    yield sum(v.by_chance for v in found) / len(found)
    for action in (Action.SPAM, Action.HOLD, Action.APPROVE):
        yield sum(v.decision.action is action for v in spam) / max(1, len(spam))


HEADINGS = ("false", "of", "held", "spot checks", "spam refused", "spam held", "published")


def main() -> None:
    policy, site = build_policy(BUILT_IN, {}), replace(SITE, refusals=(*sys.argv[2:], SITE.refusals)[0])
    print(f"{'':22}" + "".join(f"{head:>14}" for head in HEADINGS))
    for name, (seconds, parts) in STREAMS.items():
        rows = []
        for order in ORDERS:
            examples = stream(Path(sys.argv[1]), parts, seconds, chance(name, order))
            found = list(verdicts(examples, site, policy, ReplayCorpus.of(TokenCounts()), Moderation(REPORTED)))
            rows.append(list(outcome_shares(found)))
        means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(f"{name:22}{means[0]:>14.1f}{means[1]:>14.0f}" + "".join(f"{mean:>14.3f}" for mean in means[2:]))


if __name__ == "__main__":
    main()
