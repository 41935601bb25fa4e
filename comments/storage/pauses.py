"""Pauses by operators, on one site or on all: of judging, while comments wait; of new comments, which are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.audit import AuditEntry

#: Stands for all sites. Not a valid site id.
EVERY_SITE = "*"


@dataclass(frozen=True, slots=True)
class OperatorPause:
    since: datetime
    by: str  # name of the person


class Pauses(Protocol):
    def pause(self, site: str, pause: OperatorPause, *entries: AuditEntry) -> None:
        """Begin a pause on a site, or on EVERY_SITE. One that exists stays as it is."""

    def resume(self, site: str, *entries: AuditEntry) -> None:
        """End the pause of a site, or that of EVERY_SITE; pauses of single sites stay."""

    def all(self) -> Mapping[str, OperatorPause]:
        """Return all pauses by site."""

    def is_paused(self, site: str) -> bool:
        """True if the site or all sites are paused."""


def is_paused_by(pauses: Mapping[str, OperatorPause] | Sequence[str], site: str) -> bool:
    return site in pauses or EVERY_SITE in pauses
