"""A little Markdown for comments: emphasis, code, quotes, lists, links and line breaks, and nothing else."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

#: What would hide text that was typed (definitions, entities), shout (headings), or fetch something (images).
LEFT_OUT = ("heading", "lheading", "hr", "html_block", "html_inline", "image", "reference", "entity")

TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "ugc nofollow noopener"

#: Absolute and plain. Relative addresses would point into this service, or into whichever page shows the comment.
HREF = re.compile(r"(?:https?://[^/\s\\]|mailto:[^/\s\\])[^\s\\\x00-\x20\x7f-\xa0]*", re.IGNORECASE)

#: The comments of a few busy pages; 10,000 characters each at most.
REMEMBERED = 1024

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(LEFT_OUT)


@lru_cache(REMEMBERED)
def html(content: str) -> str:
    """`content` as safe HTML. The allow-list comes last, and nobody may edit what it lets through."""
    return nh3.clean(
        _parser.render(content),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=REL,
        attribute_filter=_keep,
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """nh3 lets `title` and `lang` through by itself; a title is text that many readers never get to see."""
    if attribute == "href":
        return value if HREF.fullmatch(value) else None
    return value if attribute in ("start", "rel") else None
