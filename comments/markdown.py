"""Render the Markdown of comments: emphasis, code, quotes, lists, links and line breaks, and nothing else."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

#: Disabled syntax: it hides typed text (definitions, entities), adds headings, or loads images.
DISABLED = ("heading", "lheading", "hr", "html_block", "html_inline", "image", "reference", "entity")

ALLOWED_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ALLOWED_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
LINK_SCHEMES = {"http", "https", "mailto"}
REL = "ugc nofollow noopener"

#: Absolute addresses only. Relative ones would point into the page that shows the comment.
HREF = re.compile(r"(?:https?://[^/\s\\]|mailto:[^/\s\\])[^\s\\\x00-\x20\x7f-\xa0]*", re.IGNORECASE)

#: Cached comments: those of a few busy pages, at most 10,000 characters each.
CACHE_SIZE = 1024

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(DISABLED)


@lru_cache(CACHE_SIZE)
def html(content: str) -> str:
    """Render `content` as safe HTML. The allow-list is the last step; do not change its result."""
    return nh3.clean(
        _parser.render(content),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=LINK_SCHEMES,
        link_rel=REL,
        attribute_filter=_keep,
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Drop `title` and `lang`, which nh3 allows by itself: most readers never see a title."""
    if attribute == "href":
        return value if HREF.fullmatch(value) else None
    return value if attribute in ("start", "rel") else None
