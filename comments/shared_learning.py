"""Groups of sites that learn together, as if they were one site."""

import re
from collections import Counter
from dataclasses import dataclass

_SITE_ID = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class LearningGroups:
    """Groups of site ids. A site is in one group at most. A site in no group learns alone."""

    groups: tuple[tuple[str, ...], ...] = ()

    def of(self, site: str) -> tuple[str, ...]:
        """Return the site's group, including itself."""
        return next((group for group in self.groups if site in group), (site,))

    def corpus_site(self, site: str) -> str:
        """Return the site whose storage holds the corpus of the group."""
        return self.of(site)[0]


ALONE = LearningGroups()


def parse_learning_groups(text: str) -> LearningGroups:
    """Parse groups like "blog,shop;news,video". Raises ValueError."""
    groups = tuple(tuple(site.strip() for site in group.split(",")) for group in text.split(";") if group.strip())
    sites = Counter(site for group in groups for site in group)
    if any(len(group) < 2 or not all(map(_SITE_ID.fullmatch, group)) for group in groups):
        raise ValueError("must be groups of sites like blog,shop;news,video")
    if twice := [site for site, n in sites.items() if n > 1]:
        raise ValueError(f"a site can be in one group only; {twice[0]} is in two")
    return LearningGroups(groups)
