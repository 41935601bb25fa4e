"""Choose the probability up to which first comments are published unseen, and measure what that brings.

    python -m bench.first_comments DATA_DIR

A first comment without link, website and contact is published on a new site if its probability of spam is at most
`workers.filters.author.SURE`. The limit is the largest with which, in the mean over the sources of spam, at most 4 % of
the spam would be published. It is chosen anew without each source, and that source is judged with the limit of the
others. The last line is the limit of all sources together.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from comments.model import Comment
from comments.storage.values import TokenCounts
from training.generate import chance
from workers.filters.author import has_contact, has_links
from workers.learning.combined_model import combined_score

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: Share of the spam that may be published, as a mean over the sources.
ALLOWED = 0.04
LIMITS = tuple(n / 200 for n in range(1, 61))
#: Comments of each label that are drawn from a source, and the least number for a source to count.
MOST, LEAST = 1500, 20


@dataclass(frozen=True, slots=True)
class Source:
    """Probabilities of a source's comments; 1 for those with a link, website or contact, which are always held."""

    honest: tuple[float, ...]
    spam: tuple[float, ...]


def share(probabilities: Sequence[float], limit: float) -> float:
    return sum(p <= limit for p in probabilities) / max(1, len(probabilities))


def best_limit(sources: Sequence[Source]) -> float:
    """Return the largest limit that publishes at most the ALLOWED share of the sources' spam."""
    with_spam = [source.spam for source in sources if source.spam]
    allowed = [x for x in LIMITS if sum(share(spam, x) for spam in with_spam) <= ALLOWED * len(with_spam)]
    return max(allowed, default=0.0)


def probability(row: Mapping[str, str]) -> float:
    fields = {"author": row.get("author") or "", "url": row.get("url") or "", "content": row["text"]}
    comment = Comment("", "", "", NOW, **fields)
    if has_links(comment) or has_contact(comment):
        return 1.0
    return combined_score(comment, TokenCounts()).probability


def read_source(path: Path) -> Source:
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    chance("first comments", 1).shuffle(rows)
    labels = {name: [row for row in rows if row["label"] == name][:MOST] for name in ("ham", "spam")}
    found = {name: tuple(map(probability, some)) if len(some) >= LEAST else () for name, some in labels.items()}
    return Source(found["ham"], found["spam"])


def read_sources(folder: Path) -> dict[str, Source]:
    paths = sorted([*folder.glob("labelled/*.jsonl"), *folder.glob("v2/labelled/*.jsonl")])
    found = {path.stem: read_source(path) for path in paths}
    return {name: source for name, source in found.items() if source.honest or source.spam}


def main() -> None:
    sources = read_sources(Path(sys.argv[1]))
    print(f"{'source':24}{'limit':>7}{'honest':>8}{'published':>11}{'spam':>7}{'published':>11}")
    shares: dict[str, list[float]] = {"honest": [], "spam": []}
    for name, source in sources.items():
        limit = best_limit([other for of, other in sources.items() if of != name])
        cells = []
        for label, probabilities in (("honest", source.honest), ("spam", source.spam)):
            shares[label] += [share(probabilities, limit)] if probabilities else []
            cells += [f"{len(probabilities)}", f"{share(probabilities, limit):.1%}" if probabilities else "-"]
        print(f"{name:24}{limit:>7.3f}{cells[0]:>8}{cells[1]:>11}{cells[2]:>7}{cells[3]:>11}")
    means = {label: sum(found) / len(found) for label, found in shares.items()}
    print(f"{'mean':31}{'':8}{means['honest']:>11.1%}{'':7}{means['spam']:>11.1%}")
    print(f"limit of all sources together: {best_limit(list(sources.values())):.3f}")


if __name__ == "__main__":
    main()
