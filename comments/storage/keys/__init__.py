"""Every Redis key of this project, one module for each subject. RQ owns the keys rq:*.

The docstring of each method says: type; members; written by; read by; lifetime. A name with a slash is a Lua script.
`@stored` declares how exports treat the key, and the personal data in it (`declarations`).
All keys of a site share one hash tag, so that a site is in one Cluster slot.
"""

from dataclasses import dataclass

from .checks import CheckKeys
from .comments import CommentKeys
from .declarations import DECLARATIONS, ExportClass, KeyDeclaration
from .deliveries import DeliveryKeys
from .evidence import EvidenceKeys
from .imports import ImportKeys
from .installation import InstallationKeys
from .moderation import ModerationKeys
from .names import SHARED, WHOLE_SITE, first_part, renamed_key, thread_name, value_name
from .notices import NoticeKeys
from .numbers import NumberKeys
from .sites_and_people import SitesAndPeopleKeys
from .subjects import SubjectKeys
from .threads import ThreadKeys

__all__ = [
    "DECLARATIONS",
    "SHARED",
    "WHOLE_SITE",
    "ExportClass",
    "KeyDeclaration",
    "Keys",
    "first_part",
    "renamed_key",
    "thread_name",
    "value_name",
]


@dataclass(frozen=True, slots=True)
class Keys(
    SitesAndPeopleKeys,
    CommentKeys,
    CheckKeys,
    ThreadKeys,
    EvidenceKeys,
    ModerationKeys,
    DeliveryKeys,
    NoticeKeys,
    NumberKeys,
    SubjectKeys,
    ImportKeys,
    InstallationKeys,
):
    """All keys in one object, for stores that use several subjects."""
