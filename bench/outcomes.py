"""What happens to labelled comments on a site that has taught nothing: approved, held or spam, source by source.

    python -m bench.outcomes DATA_DIR

Every comment comes alone, as if it were the first: nothing is repeated, nobody is known. Who writes for the first time
is held on a new site whatever he writes; that is left out here. Of what is learned there is the shipped prior only.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from comments.lifecycle import Action
from comments.model import Decision
from comments.site import Site
from training.corpora import CORPORA, comment, read
from training.generate import Example
from workers.filters import BUILT_IN, Facts, Filter
from workers.filters.learned import Learned
from workers.judging.judge import ask
from workers.judging.policy import Policy, build

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=(), moderation="suspicious", max_content=100_000)


def decisions(examples: Sequence[Example], filters: Sequence[Filter], policy: Policy) -> Iterator[Decision]:
    facts = Facts(SITE, NOW)
    return (policy.decide(ask(replace(comment(e), thread="post"), facts, filters), NOW) for e in examples)


def row(examples: Sequence[Example], filters: Sequence[Filter]) -> tuple[float, float, float]:
    """Of 1,000: held by points, held for profanity alone, spam."""
    found: Counter[str] = Counter()
    for decision in decisions(examples, filters, build(filters, {})):
        by_points = decision.score >= decision.hold_at
        found["spam" if decision.action is Action.SPAM else "points" if by_points else str(decision.action)] += 1
    return tuple(1000 * found[kind] / len(examples) for kind in ("points", "hold", "spam"))  # type: ignore[return-value]


def main() -> None:
    without = tuple(f for f in BUILT_IN if not isinstance(f, Learned))
    systems = {"without learned": without, "learned alone": (Learned(),), "all": BUILT_IN}
    print("of 1,000: held by points / held for a word alone / spam")
    print(f"{'source':22}{'label':8}{'n':>6}" + "".join(f"{name:>22}" for name in systems))
    for corpus in CORPORA:
        rows = read(Path(sys.argv[1]), corpus)
        for label in ("honest", "spam"):
            if some := [e for e in rows if e.spam is (label == "spam")]:
                cells = (" / ".join(f"{n:.1f}" for n in row(some, filters)) for filters in systems.values())
                print(f"{corpus.name:22}{label:8}{len(some):6}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
