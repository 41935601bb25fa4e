"""Saved views that a site's team shares."""

from collections.abc import Sequence
from typing import Protocol

from comments.audit import AuditEntry
from comments.saved_views import SavedView


class SharedViews(Protocol):
    def all(self, site: str) -> tuple[SavedView, ...]:
        """Return the views of a site's team, in the order in which they were shared."""

    def replace(self, site: str, before: Sequence[SavedView], after: Sequence[SavedView], entry: AuditEntry) -> bool:
        """Store the views and the audit entry in one step. If they changed since they were read, return False."""
