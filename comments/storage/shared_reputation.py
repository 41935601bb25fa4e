"""Protocol of the store that counts domains over all sites, if the operator lets sites share reputation."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from comments.lifecycle import Label


class SharedReputation(Protocol):
    def update(self, site: str, comment: str, label: Label | None, domains: Sequence[str]) -> None:
        """Replace what a comment taught about the domains of its links. Without a label it teaches nothing."""

    def other_sites(self, site: str, domains: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Return for each domain the number of other sites with ham lessons and with spam lessons that have it.

        Domains without a lesson are left out.
        """
