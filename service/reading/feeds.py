"""Atom feeds (RFC 4287) of a thread and of a site, with published comments only."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from comments.model import STAFF, Comment
from comments.page_links import page_link
from comments.site import Site
from comments.storage.codec import moment
from comments.storage.thread_details import ThreadDetails
from service.web.schemas import PublicComment

from .published_threads import published

#: Entries of a feed: more than most sites receive between two visits of a feed reader.
ENTRIES = 50

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"  # RFC 4685
XML = "http://www.w3.org/XML/1998/namespace"
ATOM_MEDIA = "application/atom+xml"

#: Characters that XML 1.0 cannot contain.
INVALID_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Namespace of entry ids. They are derived from comment ids, so they survive a move of the service.
NAMESPACE = UUID("6f2d5c1a-8a39-5f0e-9d52-3d1b7c0f4ea6")

register_namespace("", ATOM)
register_namespace("thr", THREADING)


def site_feed(
    site: Site, address: str, version: int, comments: Sequence[Comment], details: Mapping[str, ThreadDetails]
) -> bytes:
    """Render the latest comments of all threads. `address` is the feed's own; `details` are those of each thread."""
    feed = _feed(site, urn(site.id), site.name, address, version)
    feed.extend(_entry(site, c, details[c[0].thread], comment_fragment(c[0])) for c in _with_change_times(comments))
    return _document(feed)


def comment_fragment(comment: PublicComment) -> str:
    """Return the place of a comment on its page."""
    return f"#comment-{comment.id}"


def thread_feed(
    site: Site,
    thread: str,
    address: str,
    version: int,
    comments: Sequence[Comment],
    details: ThreadDetails,
    fragment: Callable[[PublicComment], str] = comment_fragment,
) -> bytes:
    """Render the latest comments of one thread."""
    feed = _feed(site, urn(site.id, thread), f"{site.name}: {details.title or thread}", address, version)
    _link_page(feed, site, thread, details)
    feed.extend(_entry(site, c, details, fragment(c[0])) for c in _with_change_times(comments))
    return _document(feed)


def self_address(public_url: str, path: str, **query: str) -> str:
    """Return the feed's own address, from the configured public URL and never from the request."""
    parameters = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{public_url.rstrip('/')}{path}" + (f"?{parameters}" if parameters else "")


def urn(*names: str) -> str:
    return uuid5(NAMESPACE, "\0".join(names)).urn


def _with_change_times(comments: Sequence[Comment]) -> list[tuple[PublicComment, datetime]]:
    """Pair each published comment with the time of its last change."""
    changed = {c.id: max(c.received, c.decisions[-1].at) if c.decisions else c.received for c in comments}
    return [(c, changed[c.id]) for c in published(comments)]


def _feed(site: Site, id: str, title: str, address: str, version: int) -> Element:
    feed = Element(f"{{{ATOM}}}feed")
    _add(feed, "id", id)
    _add(feed, "title", title)
    _add(feed, "updated", _time(moment(version) if version else site.created))
    SubElement(feed, f"{{{ATOM}}}link", rel="self", type=ATOM_MEDIA, href=_text(address))
    SubElement(feed, f"{{{ATOM}}}generator").text = "Replygate"
    return feed


def _entry(site: Site, row: tuple[PublicComment, datetime], details: ThreadDetails, fragment: str) -> Element:
    comment, changed = row
    entry = Element(f"{{{ATOM}}}entry")
    name = (comment.author or "Anonymous") + (" (staff)" if comment.role == STAFF else "")
    _add(entry, "id", urn(site.id, comment.thread, comment.id))
    _add(entry, "title", f"{name}: {details.title or comment.thread}")
    _add(entry, "published", _time(comment.received or changed))
    _add(entry, "updated", _time(changed))
    author = SubElement(entry, f"{{{ATOM}}}author")
    _add(author, "name", name)
    if comment.url:
        _add(author, "uri", comment.url)
    _link_page(entry, site, comment.thread, details, fragment)
    if comment.parent:
        SubElement(entry, f"{{{THREADING}}}in-reply-to", ref=urn(site.id, comment.thread, comment.parent))
    _add(entry, "content", comment.html).set("type", "html")
    return entry


def _link_page(element: Element, site: Site, thread: str, details: ThreadDetails, fragment: str = "") -> None:
    """Link to the page if the thread is or has an address on the site."""
    if link := page_link(site, thread, details):
        href = link if "#" in link else link + fragment
        SubElement(element, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=_text(href))


def _add(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = _text(text)
    return element


def _text(text: str) -> str:
    return INVALID_IN_XML.sub("\ufffd", text)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(feed: Element) -> bytes:
    return bytes(tostring(feed, "utf-8", xml_declaration=True))
