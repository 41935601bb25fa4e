"""Render the Markdown of comments: emphasis, code, quotes, lists, links and line breaks, and nothing else.

Markdown is markdown-it-py's. Its own search for addresses (linkify) runs after emphasis, except for "https://", and
would turn every file name with a known ending into a link. So addresses are found before emphasis.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .addresses_in_text import TextAddress, addresses_in
from .text_cleaning import without_reordering

#: Disabled syntax: it hides typed text (definitions, entities), adds headings, or loads images.
DISABLED = ("heading", "lheading", "hr", "html_block", "html_inline", "image", "reference", "entity")

ALLOWED_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ALLOWED_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
LINK_SCHEMES = {"http", "https", "mailto"}
REL = "ugc nofollow noopener"

#: Absolute addresses only. Relative ones would point into the page that shows the comment.
HREF = re.compile(r"(?:https?://[^/\s\\]|mailto:[^/\s\\])[^\s\\\x00-\x20\x7f-\xa0]*", re.IGNORECASE)

#: Text that Markdown leaves as it is: lines that begin with a letter and have no character of its syntax, of an address
#: or of HTML. Most comments are like that, and take less than a third of the time.
_PUNCTUATION = "\\u00a1\\u00bf\\u2013\\u2014\\u2018\\u2019\\u201c\\u201d\\u2026\\u3001\\u3002\\uff01\\uff0c\\uff1f"
_PLAIN_LINE = rf"""(?:[^\W\d_]|["'(@{_PUNCTUATION}])(?:[^\W_]|[ ,.;:!?'"()%$@+/{_PUNCTUATION}-])*+(?<!\s)"""
_PLAIN = re.compile(rf"(?:{_PLAIN_LINE}(?:\n++|\Z)(?<!\n\Z))++")
_BLANK_LINES = re.compile("\n{2,}")

#: Cached comments: those of a few busy pages, at most 10,000 characters each.
CACHE_SIZE = 1024

_start = attrgetter("start")


def _read_text(state: StateInline, silent: bool) -> bool:
    """Read an address as a whole, or the text before the next address or the next special character.

    The parser's own rule for text would go past the start of an address, and emphasis would take letters from it.
    """
    found = addresses_in(state.src)
    n = bisect_left(found, state.pos, key=_start)
    if n < len(found) and found[n].start == state.pos and found[n].end <= state.posMax:
        return _read_address(state, silent, found[n])
    special = state.md.inline.terminator_re.search(state.src, state.pos)
    end = min(special.start() if special else state.posMax, found[n].start if n < len(found) else state.posMax)
    if end <= state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _read_address(state: StateInline, silent: bool, address: TextAddress) -> bool:
    state.pos = address.end
    if silent:
        return True
    if address.href and not state.linkLevel:
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": state.md.normalizeLink(address.href)}
        state.push("text", "", 0).content = address.text
        state.push("link_close", "a", -1)
    else:
        state.append_pending(address.text)
    return True


def _check_links(state: StateCore) -> None:
    """Remove links without text, and name the host where the text is an address on another one."""
    for block in state.tokens:
        if block.children and any(token.type == "link_open" for token in block.children):
            block.children = list(_checked_links(block.children))


def _checked_links(tokens: list[Token]) -> Iterator[Token]:
    link: list[Token] = []
    for token in tokens:
        if not link and token.type != "link_open":
            yield token
            continue
        link.append(token)
        if token.type == "link_close":
            text = "".join(inner.content for inner in link)
            host = _other_host(text, str(link[0].attrs["href"]))
            named = [Token("text", "", 0, content=f" ({host})")] if host else []
            yield from [*link[:-1], *named, token] if text.strip() else ()
            link = []


def _other_host(text: str, href: str) -> str:
    """Return the host of `href` if the text shows an address on another one; "" if not."""
    shown = next((address.href for address in addresses_in(text) if address.href), "")
    try:
        hosts = [
            (urlsplit(address).hostname or "").removeprefix("www.") for address in (_parser.normalizeLink(shown), href)
        ]
        return hosts[1] if shown and hosts[0] != hosts[1] else ""
    except ValueError:
        return ""


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(DISABLED)
_parser.inline.ruler.at("text", _read_text)
_parser.core.ruler.push("links", _check_links)


@lru_cache(CACHE_SIZE)
def html(content: str) -> str:
    """Render `content` as safe HTML. The allow-list is the last step; do not change its result."""
    is_plain = _PLAIN.fullmatch(content) and not addresses_in(content)
    return _plain_html(content) if is_plain else _rendered(content)


def _plain_html(content: str) -> str:
    """Return the HTML of text that has no Markdown, no address and nothing to escape."""
    paragraphs = _BLANK_LINES.split(content)
    return "".join("<p>" + paragraph.replace("\n", "<br>\n") + "</p>\n" for paragraph in paragraphs)


def _rendered(content: str) -> str:
    return nh3.clean(
        _parser.render(without_reordering(content)),
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
