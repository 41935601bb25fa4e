"""Points that the policy of a new site gives to a comment: those of the model, and those of all other filters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from comments.site import Site
from workers.filters import BUILT_IN, Facts
from workers.filters.learned import LearnedFilter, learned_strength
from workers.judging.judge import run_filters
from workers.judging.policy import Policy, build_policy
from workers.learning.combined_model import new_site_score

from .corpora import comment
from .fit import Array
from .generate import Example

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=(), moderation="suspicious", max_content=100_000)
_OTHERS = tuple(f for f in BUILT_IN if not isinstance(f, LearnedFilter))


def policy() -> Policy:
    return build_policy(BUILT_IN, {})


def other_points(examples: Sequence[Example]) -> Array:
    """Return the points of all filters except the model, on a site that knows nothing."""
    decide, facts = policy().decide, Facts(SITE, NOW)
    return np.array(
        [decide(run_filters(replace(comment(e), thread="post"), facts, _OTHERS), NOW).score for e in examples]
    )


def all_points(log_odds: Array, others: Array) -> Array:
    """Add the model's points, from its log-odds without lessons."""
    weights = policy().weights
    strengths = [learned_strength(new_site_score(float(x))) for x in log_odds]
    return np.array([float(weights[name]) * strength for name, strength in strengths]) + others
