"""From log-odds to a probability."""

import math

#: Log-odds beyond which a probability is 0 or 1 for all that matters; exp() would overflow further on.
SURE = 40.0


def probability(log_odds: float) -> float:
    """From 0 to 1; one half at 0."""
    return 1 / (1 + math.exp(-max(-SURE, min(SURE, log_odds))))
