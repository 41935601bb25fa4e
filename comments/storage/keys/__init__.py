"""Every Redis key this project owns. (RQ owns rq:*; we never touch those by name.)

One module a subject. Each method's docstring says: type; members; written by; read by; lives for. The keys of one site
share one hash tag, so that a site is one Cluster slot. Long or private values are hashed inside the readable name.
"""

from dataclasses import dataclass

from .comments import CommentKeys
from .deliveries import DeliveryKeys
from .deployment import InstallationKeys
from .evidence import EvidenceKeys
from .names import SHARED, thread_name, value_name
from .review import ReviewKeys
from .threads import ThreadKeys

__all__ = ["SHARED", "Keys", "thread_name", "value_name"]


@dataclass(frozen=True, slots=True)
class Keys(InstallationKeys, CommentKeys, ThreadKeys, EvidenceKeys, ReviewKeys, DeliveryKeys):
    """All of them, so that a store which touches several subjects is given one thing."""
