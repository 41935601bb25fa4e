"""Which sites learn together: what their moderators teach is counted as if they were one site."""

import re
from collections import Counter
from dataclasses import dataclass

SITE = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Together:
    """Groups of site ids; no site is in two of them. A site in none learns alone."""

    groups: tuple[tuple[str, ...], ...] = ()

    def of(self, site: str) -> tuple[str, ...]:
        """All that learn with the site, itself among them."""
        return next((group for group in self.groups if site in group), (site,))

    def keeper(self, site: str) -> str:
        """The one of them with which everything is kept that they learn."""
        return self.of(site)[0]


ALONE = Together()


def together(text: str) -> Together:
    """Of groups like "blog,shop;news,video". Raises ValueError saying what is wrong."""
    groups = tuple(tuple(site.strip() for site in group.split(",")) for group in text.split(";") if group.strip())
    sites = Counter(site for group in groups for site in group)
    if any(len(group) < 2 or not all(map(SITE.fullmatch, group)) for group in groups):
        raise ValueError("must be groups of sites like blog,shop;news,video")
    if twice := [site for site, n in sites.items() if n > 1]:
        raise ValueError(f"no site can learn with two groups, as {twice[0]} would")
    return Together(groups)
