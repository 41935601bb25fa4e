"""Judge spam of modern kinds, and honest comments that look like it, on a new site.

    python -m bench.modern_spam [FILE]

FILE is `tests/unit/workers/learning/modern_probes.jsonl` by default. Each comment is the first of its author, and the
site has no lessons. Left: `moderation=suspicious`, which publishes first comments. Right: `moderation=unsure`, the
default. The comments were written for this and may not be used for training, for choosing a weight or a threshold.

Below are sites with `moderation=suspicious` and a lower `hold_at`, then what another limit of probability for `unsure`
could reach: the largest with which at most 25 % of the spam of half of the kinds is published, and what it gives
on the other half, both ways. It shows the limits of the model, and no setting uses it.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from comments.lifecycle import Action
from comments.model import Comment
from comments.site import Site
from replygate.evaluation.labelled_comments import Example, read
from workers.filters import BUILT_IN, Facts
from workers.filters.author import reason_for_review
from workers.judging.judge import decision_for, run_filters
from workers.judging.policy import build_policy
from workers.learning.combined_model import combined_score

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=())
PROBES = Path(__file__).parents[1] / "tests/unit/workers/learning/modern_probes.jsonl"
MODERATIONS = ("suspicious", "unsure")
ACTIONS = (Action.APPROVE, Action.HOLD, Action.SPAM)
#: Share of the spam of modern kinds that a new site may publish.
ALLOWED = 0.25
#: Values of a site's `hold_at` to compare. The last one is the default.
THRESHOLDS = (0.0, 0.5, 1.0, 2.0, 3.0)
LIMITS = tuple(n / 100 for n in range(101))


def action(comment: Comment, moderation: str, hold_at: float = SITE.hold_at) -> Action:
    facts = Facts(replace(SITE, moderation=moderation, hold_at=hold_at), NOW)
    policy = build_policy(BUILT_IN, {}).for_site(facts.site)
    return decision_for(comment, facts, run_filters(comment, facts, BUILT_IN), policy).action


def outcomes(lines: Sequence[str]) -> Mapping[tuple[bool, str], Mapping[str, Counter[Action]]]:
    """Return for each label and kind, and each value of `moderation`, the number of comments by decision."""
    found: dict[tuple[bool, str], dict[str, Counter[Action]]] = defaultdict(lambda: defaultdict(Counter))
    for example in read(lines).examples:
        for moderation in MODERATIONS:
            found[example.spam, example.source][moderation][action(example.comment, moderation)] += 1
    return found


def probability(example: Example) -> float:
    """Return the probability of spam; above 1 if `unsure` holds the comment whatever the probability is."""
    comment, facts = example.comment, Facts(SITE, NOW)
    return 2.0 if reason_for_review(comment, facts) else combined_score(comment, facts.corpus).probability


def published(examples: Sequence[Example], spam: bool, limit: float) -> float:
    found = [probability(example) <= limit for example in examples if example.spam is spam]
    return sum(found) / len(found)


def crossed(examples: Sequence[Example]) -> Iterator[str]:
    """Yield a line for each half of the kinds: the limit that the other half gives, and what it reaches here."""
    halves: list[list[Example]] = [[], []]
    for label in (True, False):
        for n, kind in enumerate(dict.fromkeys(e.source for e in examples if e.spam is label)):
            halves[n % 2] += [e for e in examples if e.spam is label and e.source == kind]
    for chosen_on, tested in (halves, reversed(halves)):
        limit = max((x for x in LIMITS if published(chosen_on, True, x) <= ALLOWED), default=0.0)
        spam, honest = published(tested, True, limit), 1 - published(tested, False, limit)
        yield f"limit of one half {limit:.2f}; on the other, spam published {spam:.1%}, honest held {honest:.1%}"


def thresholds(examples: Sequence[Example]) -> Iterator[str]:
    """Yield a line for each of THRESHOLDS, with `moderation=suspicious`."""
    for hold_at in THRESHOLDS:
        found = [(e.spam, action(e.comment, "suspicious", hold_at) is Action.APPROVE) for e in examples]
        spam, honest = ([passed for label, passed in found if label is kind] for kind in (True, False))
        held = 1 - sum(honest) / len(honest)
        yield f"suspicious, hold_at={hold_at:g}: spam published {sum(spam) / len(spam):.1%}, honest held {held:.1%}"


def line(name: str, counts: Mapping[str, Counter[Action]]) -> str:
    cells = "".join(f"{counts[moderation][of]:>10}" for moderation in MODERATIONS for of in ACTIONS)
    return f"{name:38}{sum(counts[MODERATIONS[0]].values()):>4}{cells}"


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PROBES
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    found = outcomes(lines)
    print(f"{'':42}" + "".join(f"{head:>10}" for head in ("approved", "held", "refused") * 2))
    for label in (True, False):
        total: dict[str, Counter[Action]] = defaultdict(Counter)
        for (spam, kind), counts in found.items():
            if spam is label:
                print(line(f"{'spam' if spam else 'honest'}: {kind}", counts))
                for moderation in MODERATIONS:
                    total[moderation].update(counts[moderation])
        print(line("all spam" if label else "all honest", total))
    examples = read(lines).examples
    print(*thresholds(examples), *crossed(examples), sep="\n")


if __name__ == "__main__":
    main()
