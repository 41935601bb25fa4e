"""Judge spam of modern kinds, and honest comments that look like it, on a new site.

    python -m bench.modern_spam [FILE]

FILE is `tests/unit/workers/learning/modern_probes.jsonl` by default. Each comment is the first of its author, and the
site has no lessons. Left: `moderation=suspicious`, which publishes first comments. Right: `moderation=unsure`, the
default. The comments were written for this and may not be used for training, for choosing a weight or a threshold.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from comments.lifecycle import Action
from comments.model import Comment
from comments.site import Site
from replygate.evaluation.labelled_comments import read
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, run_filters
from workers.judging.policy import build_policy

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=())
PROBES = Path(__file__).parents[1] / "tests/unit/workers/learning/modern_probes.jsonl"
MODERATIONS = ("suspicious", "unsure")
ACTIONS = (Action.APPROVE, Action.HOLD, Action.SPAM)


def action(comment: Comment, moderation: str) -> Action:
    facts = Facts(replace(SITE, moderation=moderation), NOW)
    policy = build_policy(BUILT_IN, {})
    return decision_for(comment, facts, run_filters(comment, facts, BUILT_IN), policy).action


def outcomes(lines: Sequence[str]) -> Mapping[tuple[bool, str], Mapping[str, Counter[Action]]]:
    """Return for each label and kind, and each value of `moderation`, the number of comments by decision."""
    found: dict[tuple[bool, str], dict[str, Counter[Action]]] = defaultdict(lambda: defaultdict(Counter))
    for example in read(lines).examples:
        for moderation in MODERATIONS:
            found[example.spam, example.source][moderation][action(example.comment, moderation)] += 1
    return found


def line(name: str, counts: Mapping[str, Counter[Action]]) -> str:
    cells = "".join(f"{counts[moderation][of]:>10}" for moderation in MODERATIONS for of in ACTIONS)
    return f"{name:38}{sum(counts[MODERATIONS[0]].values()):>4}{cells}"


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PROBES
    found = outcomes(path.read_text(encoding="utf-8").split("\n")[:-1])
    print(f"{'':42}" + "".join(f"{head:>10}" for head in ("approved", "held", "refused") * 2))
    for label in (True, False):
        total: dict[str, Counter[Action]] = defaultdict(Counter)
        for (spam, kind), counts in found.items():
            if spam is label:
                print(line(f"{'spam' if spam else 'honest'}: {kind}", counts))
                for moderation in MODERATIONS:
                    total[moderation].update(counts[moderation])
        print(line("all spam" if label else "all honest", total))


if __name__ == "__main__":
    main()
