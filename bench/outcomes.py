"""Judge labelled comments on a new site, and count how many of each source are approved, held or spam.

    python -m bench.outcomes DATA_DIR

Each comment is judged as if it were the first of the site: there are no repeats and no known authors. The rule that
holds the first comment of an author is off. The site has no lessons, so only the shipped prior model counts.
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
from workers.filters.learned import LearnedFilter
from workers.judging.judge import decision_for, run_filters
from workers.judging.policy import Policy, build_policy

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=(), moderation="suspicious", max_content=100_000)


def decisions(examples: Sequence[Example], filters: Sequence[Filter], policy: Policy) -> Iterator[Decision]:
    facts = Facts(SITE, NOW)
    for example in examples:
        judged = replace(comment(example), thread="post")
        yield decision_for(judged, facts, run_filters(judged, facts, filters), policy)


def row(examples: Sequence[Example], filters: Sequence[Filter]) -> tuple[float, float, float]:
    """Return how many of 1,000 are held by their score, held for profanity alone, and spam."""
    found: Counter[str] = Counter()
    for decision in decisions(examples, filters, build_policy(filters, {})):
        by_score = decision.score >= decision.hold_at
        found["spam" if decision.action is Action.SPAM else "score" if by_score else str(decision.action)] += 1
    return tuple(1000 * found[kind] / len(examples) for kind in ("score", "hold", "spam"))  # type: ignore[return-value]


def main() -> None:
    without = tuple(f for f in BUILT_IN if not isinstance(f, LearnedFilter))
    systems = {"without learned": without, "learned alone": (LearnedFilter(),), "all": BUILT_IN}
    print("of 1,000: held by score / held for profanity alone / spam")
    print(f"{'source':22}{'label':8}{'n':>6}" + "".join(f"{name:>22}" for name in systems))
    for corpus in CORPORA:
        rows = read(Path(sys.argv[1]), corpus)
        for label in ("honest", "spam"):
            if some := [e for e in rows if e.spam is (label == "spam")]:
                cells = (" / ".join(f"{n:.1f}" for n in row(some, filters)) for filters in systems.values())
                print(f"{corpus.name:22}{label:8}{len(some):6}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
