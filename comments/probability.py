"""Convert log-odds to a probability."""

import math

#: Larger log-odds are cut: their probability is 0 or 1 anyway, and exp() would overflow.
MAX_LOG_ODDS = 40.0


def probability(log_odds: float) -> float:
    """Probability between 0 and 1; one half at 0."""
    return 1 / (1 + math.exp(-max(-MAX_LOG_ODDS, min(MAX_LOG_ODDS, log_odds))))
