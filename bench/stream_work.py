"""Count what the moderators of a new site have to decide in the streams of `bench.streams`, and why.

    python -m bench.stream_work DATA_DIR [STREAM...]

The first table has the held comments by reason, label and lessons of the rarer label, while moderators decide at once.
The second one has moderators who look at the queue after each 1, 100 and 600 comments, and decide all that waits: the
comments that they see (held, chosen as spot checks, or reported), and the rows of the queue that these make up. Three
or more comments of one wave are one row. `mixed` are rows with honest comments and spam, which a moderator must open.
Last are the chat lines on a site that allows profanity. All figures are means over the orders of `bench.streams`, in
percent of all comments.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from comments.lifecycle import Action
from comments.site import Site
from comments.storage.values import TokenCounts
from replygate.evaluation.labelled_comments import Example
from replygate.evaluation.replay import Moderation, ReplayCorpus, Verdict, verdicts
from training.generate import chance
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy

from .streams import ORDERS, REPORTED, SITE, STREAMS, stream

VISITS = (1, 100, 600)
CHAT = "chat, half bots"
NAMES = ("newspaper, 9 % spam", "flood, 40 % spam", "flood, half spam", CHAT)
#: Comments of a wave that are one row (`service.review.waves`).
LEAST_COMMENTS = 3
#: Phases by lessons of the rarer label: first number and name.
PHASES = ((60, "60 and more"), (15, "15 to 59"), (0, "below 15"))
#: Held comments below which a reason is not listed, in percent.
LEAST_SHARE = 0.05
POLICY = build_policy(BUILT_IN, {})


def judged(examples: Sequence[Example], site: Site, every: int) -> list[tuple[Verdict, int]]:
    """Return all verdicts, with the lessons of the rarer label at that time."""
    corpus, found = ReplayCorpus.of(TokenCounts()), []
    for verdict in verdicts(examples, site, POLICY, corpus, Moderation(REPORTED, every)):
        found.append((verdict, min(corpus.lessons.values())))
    return found


def reason(verdict: Verdict) -> str:
    """Return the signals that held a comment alone, or else those with points."""
    signals = verdict.decision.signals
    held = [s.name for s in signals if s.holds] or [s.name for s in signals if s.points > 0]
    return " + ".join(sorted(set(held)))


def phase(lessons: int) -> str:
    return next(name for least, name in PHASES if lessons >= least)


def rows(seen: Sequence[Verdict]) -> Iterator[Sequence[Verdict]]:
    """Yield the comments of each row of a queue."""
    waves = defaultdict(list)
    for verdict in seen:
        waves[verdict.decision.wave or verdict.example.comment.id].append(verdict)
    for wave in waves.values():
        yield from [wave] if len(wave) >= LEAST_COMMENTS else [[v] for v in wave]


def work(found: Sequence[tuple[Verdict, int]], every: int) -> tuple[float, ...]:
    """Return the shares of held comments, comments that moderators see, rows and mixed rows."""
    moderation, queues = Moderation(REPORTED, every), []
    for first in range(0, len(found), every):
        queues.append([v for v, _ in found[first : first + every] if moderation.sees(v)])
    row_list = [row for queue in queues for row in rows(queue)]
    mixed = sum(len({v.example.spam for v in row}) == 2 for row in row_list)
    held = sum(v.decision.action is Action.HOLD and not v.by_chance for v, _ in found)
    counts = (held, sum(map(len, queues)), len(row_list), mixed)
    return tuple(100 * count / len(found) for count in counts)


def held_shares(found: Sequence[tuple[Verdict, int]]) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Yield label, phase and reason of each held comment, with its share of all comments."""
    for v, lessons in found:
        if v.decision.action is Action.HOLD and not v.by_chance:
            yield ("spam" if v.example.spam else "honest", phase(lessons), reason(v)), 100 / len(found)


def main() -> None:
    print("## Held comments, % of all\n\n| stream | honest or spam | lessons of the rarer label | reason | share |")
    print("|-|-|-|-|-|")
    table = []
    for name in sys.argv[2:] or NAMES:
        seconds, parts = STREAMS[name]
        shares, figures = Counter[tuple[str, str, str]](), defaultdict(list)
        for order in ORDERS:
            examples = stream(Path(sys.argv[1]), parts, seconds, chance(name, order))
            for every in VISITS:
                found = judged(examples, SITE, every)
                figures[f"after each {every}"].append(work(found, every))
                if every == 1:
                    for key, share in held_shares(found):
                        shares[key] += share / len(ORDERS)
            if name == CHAT:
                found = judged(examples, replace(SITE, profanity="off"), 1)
                figures["after each 1, profanity allowed"].append(work(found, 1))
        for (label, when, why), share in sorted(shares.items(), key=lambda item: (item[0][0], -item[1])):
            if share >= LEAST_SHARE:
                print(f"| {name} | {label} | {when} | {why} | {share:.2f} |", flush=True)
        for when, some in figures.items():
            means = [sum(column) / len(some) for column in zip(*some, strict=True)]
            table.append(f"| {name} | {when} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
    print("\n## Decisions, % of all comments\n\n| stream | moderators look | held | seen | rows | mixed rows |")
    print("|-|-|-|-|-|-|", *table, sep="\n")


if __name__ == "__main__":
    main()
