"""Pauses of judging, on one site or on all: comments are accepted and wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.audit import AuditEntry

#: Stands for all sites. Not a valid site id.
EVERY_SITE = "*"


@dataclass(frozen=True, slots=True)
class JudgingPause:
    since: datetime
    by: str  # name of the person


class JudgingPauses(Protocol):
    def pause(self, site: str, pause: JudgingPause, *entries: AuditEntry) -> None:
        """Pause judging on a site, or on EVERY_SITE. A pause that exists stays as it is."""

    def resume(self, site: str, *entries: AuditEntry) -> None:
        """End the pause of a site, or that of EVERY_SITE; pauses of single sites stay."""

    def all(self) -> Mapping[str, JudgingPause]:
        """Return all pauses by site."""

    def is_paused(self, site: str) -> bool:
        """True if judging is paused on the site or on all sites."""


def is_paused_by(pauses: Mapping[str, JudgingPause] | Sequence[str], site: str) -> bool:
    return site in pauses or EVERY_SITE in pauses
