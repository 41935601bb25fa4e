"""Canned replies of a site, filled in for one comment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from comments.setting_values import split_canned_reply
from comments.site import Site

from .presenter import ReviewedComment


@dataclass(frozen=True, slots=True)
class CannedReply:
    title: str
    text: str


def canned_replies(site: Site, row: ReviewedComment, article: str) -> list[CannedReply]:
    """Return the site's replies with {name}, {article} and {site} replaced. `article` is the title or the address."""
    values = {"name": row.author or "Anonymous", "article": article, "site": site.name}
    return [CannedReply(title, _filled(text, values)) for title, text in map(split_canned_reply, site.canned_replies)]


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Replace each placeholder once: a value that looks like a placeholder stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
