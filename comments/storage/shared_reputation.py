"""What a store keeps of domains over all sites, where the operator lets sites hear from each other."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from comments.lifecycle import Label


class SharedReputation(Protocol):
    def update(self, site: str, comment: str, label: Label | None, domains: Sequence[str]) -> None:
        """Put what a comment teaches of the domains it links to in place of what it taught before; None: nothing."""

    def other_sites(self, site: str, domains: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Other sites that have the domain in lessons of ham, and of spam; without those of which nothing is known."""
