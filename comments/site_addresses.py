"""The address of a website as people type it, and the id that a new site gets."""

import re
import unicodedata
from collections.abc import Container
from itertools import count
from urllib.parse import urlsplit

from .errors import Invalid, Problem
from .setting_values import is_origin

#: Longest id of a site.
MAX_ID = 40
EXAMPLE = "https://blog.example"
#: Hosts that have no https by default: this machine.
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost")
_DOMAIN = r"(?:[a-z0-9_](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
_HOST = re.compile(rf"{_DOMAIN}|localhost|\d+(?:\.\d+){{3}}|\[[0-9a-f:]+\]")


def corrected_origin(text: str) -> str:
    """Return the origin that a person means: "Blog.example/about" is https://blog.example.

    Raises Invalid with a sentence that says what to type.
    """
    typed = text.strip()
    if not typed:
        raise _wrong(f"is missing: type the address of your website, for example {EXAMPLE}")
    scheme, separator, rest = typed.partition("://")
    if not separator:
        rest, scheme = typed.removeprefix("//"), ""
    try:
        parts = urlsplit(f"//{rest}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise _wrong(f"cannot be read; it looks like {EXAMPLE}") from None
    host = f"[{host}]" if ":" in host else host
    scheme = scheme.lower() or ("http" if _LOCAL.fullmatch(host) else "https")
    if scheme not in ("http", "https"):
        raise _wrong(f"must begin with https:// or http://, for example https://{host}")
    if not _HOST.fullmatch(host):
        example = f"https://{host}.com" if re.fullmatch(r"[a-z0-9-]+", host) else EXAMPLE
        raise _wrong(f"needs a domain with a dot, for example {example}")
    default = {"http": 80, "https": 443}[scheme]
    origin = f"{scheme}://{host}" + (f":{port}" if port and port != default else "")
    if not is_origin(origin):
        raise _wrong(f"cannot be used; it looks like {EXAMPLE}")
    return origin


def _wrong(message: str) -> Invalid:
    return Invalid([Problem("address", "malformed", message)])


def free_site_id(name: str, origin: str, taken: Container[str]) -> str:
    """Return an unused id made of the site's name, or of its host if the name has no Latin letters."""
    host = (urlsplit(origin).hostname or "").removeprefix("www.")
    base = _slug(name) or _slug(host) or "site"
    for n in count(1):
        end = f"-{n}" if n > 1 else ""
        id = base[: MAX_ID - len(end)].rstrip("-") + end
        if id not in taken:
            return id
    raise AssertionError("count() does not end")


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
