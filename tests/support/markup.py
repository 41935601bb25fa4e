"""Parse a page as a browser does, and find active content and unexpected elements."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

#: Elements that our pages never contain.
FORBIDDEN = frozenset(
    {"iframe", "object", "embed", "base", "style", "math", "applet", "frame", "marquee", "video", "audio"}
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "poster", "data", "srcset", "background"})
SCHEMES = frozenset({"", "http", "https", "mailto"})


def parse(page: str) -> Element:
    root: Element = html5lib.parse(page, namespaceHTMLElements=False)
    return root


def dangers(root: Element) -> list[str]:
    """Describe everything on a page that a browser would run or send to another site."""
    return [danger for element in root.iter() if isinstance(element.tag, str) for danger in _dangers(element)]


def _dangers(element: Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    if name in FORBIDDEN:
        yield f"<{name}>"
    if name == "script" and not (element.get("src", "").startswith("/static/") or element.get("src") == "/widget.js"):
        yield "a foreign script"
    if name == "meta" and element.get("http-equiv"):
        yield "meta http-equiv"
    for key, value in element.attrib.items():
        if key.startswith("on") or key in ("style", "srcdoc", "http-equiv"):
            yield f"{name}[{key}]"
        if key.rpartition("}")[2] in ADDRESSES and not _harmless(value):
            yield f"{name}[{key}={value[:40]!r}]"
        if key in ("action", "formaction", "src") and not value.startswith(("/", "#")):
            yield f"{name}[{key}={value[:40]!r}] leads elsewhere"


def _harmless(address: str) -> bool:
    """Return whether an address is safe. Like a browser, ignore surrounding control characters and spaces, and tabs and
    line ends inside.
    """
    plain = address.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
    if plain.startswith(("//", "\\", "/\\")):
        return False
    try:
        return urlsplit(plain).scheme.lower() in SCHEMES
    except ValueError:
        return False


def shape(root: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements and their attribute names in order, without the content of rendered comments.

    Links count as plain text, because only some addresses become links.
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    _walk(root, found)
    return found


def _walk(element: Element, found: list[tuple[str, tuple[str, ...]]]) -> None:
    if not isinstance(element.tag, str):
        return
    if element.tag == "mark":  # only some words are highlighted
        pass
    elif element.tag in ("a", "bdi") and "wrap" in element.get("class", ""):
        found.append(("words", ()))
    else:
        found.append((element.tag, tuple(sorted(element.attrib))))
    if element.get("class") == "content":
        return
    for child in element:
        _walk(child, found)
