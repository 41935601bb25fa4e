"""Choose the probability up to which first comments are published unseen, and measure what that brings.

    python -m bench.first_comments DATA_DIR

A first comment without a link or contact in its text, and without a website that looks like advertising, is published
on a new site if its probability of spam is at most `workers.filters.author.SURE`. The limit is the largest with which,
in the mean over the sources of spam, at most 4 % of the spam would be published. Each source is judged by a model that
did not see it or another one of its maker (`training.nested`, which takes some minutes), with the limit that all
sources of other makers give. The last line is the limit of all sources together.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from comments.model import Comment
from comments.site import Site
from training.corpora import CORPUS, PLACES, comment
from training.nested import Nested
from training.protocol import gathered
from workers.filters import Facts
from workers.filters.author import reason_for_review
from workers.learning.combined_model import new_site_score

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: Share of the spam that may be published, as a mean over the sources.
ALLOWED = 0.04
LIMITS = tuple(n / 200 for n in range(1, 61))
#: The least number of comments of one label for a source to count.
LEAST = 20
FACTS = Facts(Site("blog", "A blog", NOW), NOW)


@dataclass(frozen=True, slots=True)
class Source:
    """Probabilities of a source's comments; 1 for those that are always held."""

    honest: tuple[float, ...]
    spam: tuple[float, ...]


def share(probabilities: Sequence[float], limit: float) -> float:
    return sum(p <= limit for p in probabilities) / max(1, len(probabilities))


def best_limit(sources: Sequence[Source]) -> float:
    """Return the largest limit that publishes at most the ALLOWED share of the sources' spam."""
    with_spam = [source.spam for source in sources if source.spam]
    allowed = [x for x in LIMITS if sum(share(spam, x) for spam in with_spam) <= ALLOWED * len(with_spam)]
    return max(allowed, default=0.0)


def probability(judged: Comment, log_odds: float) -> float:
    """Return the probability of spam on a new site, or 1 if a person sees the comment whatever it is."""
    return 1.0 if reason_for_review(judged, FACTS) else new_site_score(log_odds).probability


def sources(nested: Nested) -> Mapping[str, Source]:
    """Return the sources with enough comments, judged by models that did not see them."""
    found = {}
    for name in PLACES:
        judged = zip(nested.material.examples[name], nested.log_odds[name], strict=True)
        each = np.array([probability(comment(example), float(x)) for example, x in judged])
        parts = [each[nested.spam(name) == label] for label in (False, True)]
        found[name] = Source(*[tuple(part) if len(part) >= LEAST else () for part in parts])
    return {name: source for name, source in found.items() if source.honest or source.spam}


def main() -> None:
    every = sources(Nested(gathered(Path(sys.argv[1]))))
    print(f"{'source':24}{'limit':>7}{'honest':>8}{'published':>11}{'spam':>7}{'published':>11}")
    shares: dict[str, list[float]] = {"honest": [], "spam": []}
    for name, source in every.items():
        limit = best_limit([other for of, other in every.items() if CORPUS[of].group != CORPUS[name].group])
        cells = []
        for label, probabilities in (("honest", source.honest), ("spam", source.spam)):
            shares[label] += [share(probabilities, limit)] if probabilities else []
            cells += [f"{len(probabilities)}", f"{share(probabilities, limit):.1%}" if probabilities else "-"]
        print(f"{name:24}{limit:>7.3f}{cells[0]:>8}{cells[1]:>11}{cells[2]:>7}{cells[3]:>11}")
    means = {label: sum(found) / len(found) for label, found in shares.items()}
    print(f"{'mean':31}{'':8}{means['honest']:>11.1%}{'':7}{means['spam']:>11.1%}")
    print(f"limit of all sources together: {best_limit(list(every.values())):.3f}")


if __name__ == "__main__":
    main()
