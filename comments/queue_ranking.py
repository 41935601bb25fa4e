"""Index entries of comments, and their order in the review queue.

The rank of a held comment does not change with time: see `rank`.
"""

import math

from .index_terms import facet_terms, other_terms
from .lifecycle import Status
from .model import Comment, Decision
from .probability import probability
from .report_rules import REPORTED
from .signals import UNDECLARED, SignalCatalogue
from .storage.codec import milliseconds
from .storage.interfaces import CoreStorage
from .storage.queue_index import IndexEntry

#: Comments to index in one call.
BATCH = 100


#: Points that multiply the odds of spam by e. With the default thresholds, 3 and 8, the odds are 1:5 and 5:1.
SLOPE = 1.5
#: Least uncertainty of a comment in the queue. Without it a clear case would never come to the top.
LEAST_UNCERTAINTY = 0.05
#: Milliseconds of waiting that count as much as twice the harm or twice the uncertainty.
DOUBLING = 6 * 3600 * 1000


def index_entry(comment: Comment, signals: SignalCatalogue) -> IndexEntry | None:
    """The terms and numbers of a comment; None while it waits for the filters."""
    if comment.status is Status.QUEUED or not comment.decisions:
        return None
    decision = comment.filter_decision
    return IndexEntry(
        version=comment.version,
        status=comment.status,
        rank=rank(comment, decision, signals) if decision and comment.status is Status.HELD else 0,
        received=milliseconds(comment.received),
        decided=milliseconds(comment.decisions[-1].at),
        points=round(decision.score * 1000) if decision else 0,
        facets=facet_terms(comment),
        terms=other_terms(comment),
    )


def index_outdated(storage: CoreStorage, site: str, signals: SignalCatalogue, n: int = BATCH) -> int:
    """Index up to `n` comments whose entry is missing or outdated, and return how many there were."""
    outdated = storage.queue_index.outdated(site, n)
    loaded = storage.comments.load(site, outdated) if outdated else []
    missing = [id for id, comment in zip(outdated, loaded, strict=True) if comment is None]
    storage.queue_index.discard(site, missing)
    storage.queue_index.update(site, [(comment, index_entry(comment, signals)) for comment in loaded if comment])
    return len(outdated)


def rank(comment: Comment, decision: Decision, signals: SignalCatalogue) -> int:
    """Position in the order "most useful first", in milliseconds; smaller comes first.

    The value of a review is expected harm x uncertainty x age, where age is 2 ** (time waited / DOUBLING). Its
    logarithm is log2(harm x uncertainty) + (now - received) / DOUBLING. `now` is the same for all comments, so the
    order does not change while they wait, and the rank is computed once.
    """
    value = math.log2(expected_harm(decision, signals) * uncertainty(decision))
    return round(milliseconds(comment.received) - DOUBLING * value)


def spam_probability(decision: Decision) -> float:
    """P(spam) by the points: one half in the middle between both thresholds, and for every reported comment.

    The filters approved it and readers reported it. Neither is more reliable than the other.
    """
    if any(signal.name == REPORTED for signal in decision.signals):
        return 0.5
    middle = (decision.hold_at + decision.spam_at) / 2
    return probability((decision.score - middle) / SLOPE)


def uncertainty(decision: Decision) -> float:
    """1 where spam and honest are equally likely, down to LEAST_UNCERTAINTY where the points are clear."""
    p = spam_probability(decision)
    return max(LEAST_UNCERTAINTY, 4 * p * (1 - p))


def expected_harm(decision: Decision, signals: SignalCatalogue) -> float:
    """1 if the comment is honest and waits; the greatest harm of its signals if it is spam."""
    p = spam_probability(decision)
    worst = max([signals.get(s.name, UNDECLARED).harm for s in decision.signals], default=1.0)
    return p * worst + (1 - p)
