"""Normalize the address of a page, so that every spelling of it names one thread.

The WHATWG URL parser (`ada-url`) does what browsers do: case and IDNA of the host, default ports, dot segments, tabs,
line ends, backslashes, percent-encoding of other characters. On top of it come RFC 3986 section 6.2.2 (case of hex
digits, unreserved characters decoded) and the site's choice of spellings that are the same page. A thread that is no
http or https address is a key: it is kept as it is.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes

import ada_url
import idna

from .site import Site

#: Parameters that newsletters, advertisements and social networks add to links. `*` stands for any ending. A site can
#: add others. They name no page: with and without them readers get the same one.
TRACKING_PARAMETERS = (
    *("utm_*", "mtm_*", "pk_*", "_hsenc", "_hsmi", "mc_cid", "mc_eid", "mkt_tok", "vero_id"),
    *("gclid", "gclsrc", "gbraid", "wbraid", "dclid", "_ga", "_gl", "fbclid", "igsh", "igshid", "msclkid"),
    *("twclid", "ttclid", "yclid", "ysclid", "li_fat_id", "rdt_cid", "epik", "s_cid"),
)

#: Names of the file that a web server shows for a directory.
INDEX_FILES = re.compile(r"/index\.(?:html?|php)$", re.IGNORECASE)

#: Browsers take a backslash for a slash, and need none of them after the scheme.
WEB_ADDRESS = re.compile(r"https?:", re.IGNORECASE)
#: An address without a scheme, as in `//blog.example/x`.
_WITHOUT_SCHEME = re.compile(r"[/\\]{2}(?=[^/\\])")
NORMALIZED = re.compile(r"https?://[^./]")
#: Characters that URL parsers remove, and other control characters, which they keep in different ways.
REMOVED, _CONTROL = re.compile(r"[\t\r\n]"), re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: Percent-encoded characters with the letter that they may be marks of; a percent sign without digits; a character
#: that RFC 3986 does not allow in an address.
ENCODED = re.compile(r"[A-Za-z]?(?:%[0-9A-Fa-f]{2})+|%|[^!#$&-;=?-Z_a-z~]")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
#: Invisible characters, spaces and the like stay encoded where people read an address.
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zs", "Zl", "Zp"})
#: Longer texts are no thread that could be accepted, and would fill the cache.
MAX_THREAD_TEXT = 8_000


class AddressRules(NamedTuple):
    """Spellings that a site takes for the same page."""

    any_scheme: bool = False  # http and https
    any_www: bool = False  # with and without www.
    any_slash: bool = False  # with and without a slash at the end
    any_index: bool = False  # with and without index.html
    ignored_parameters: tuple[str, ...] = ()  # of the query, as well as TRACKING_PARAMETERS
    origins: tuple[str, ...] = ()  # an address without a scheme may be on one of these


def address_rules(site: Site) -> AddressRules:
    same = site.same_page
    choices = ("scheme" in same, "www" in same, "slash" in same, "index" in same)
    return AddressRules(*choices, site.ignored_parameters, site.origins)


def thread_key(text: str, site: Site) -> str:
    """Return the name of the thread that `text` means: the normalized address, or the trimmed key."""
    return _normalized(text, address_rules(site)) if len(text) <= MAX_THREAD_TEXT else text


def page_address(text: str, site: Site) -> str:
    """Return the normalized address with the scheme, host and path as the site spells them, for links."""
    rules = AddressRules(ignored_parameters=site.ignored_parameters, origins=site.origins)
    return _normalized(text, rules) if len(text) <= MAX_THREAD_TEXT else text


@lru_cache(4096)
def _normalized(text: str, rules: AddressRules) -> str:
    key = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    plain = REMOVED.sub("", key)
    if _WITHOUT_SCHEME.match(plain):
        plain = _with_scheme(plain, rules)
    if not WEB_ADDRESS.match(plain) or _CONTROL.search(plain):
        return key  # the check of the field reports control characters
    try:
        url = ada_url.URL(plain)
    except ValueError:
        return key
    return _joined(url, rules) if not url.hostname.endswith("..") and url.hostname != "." else key


def _with_scheme(text: str, rules: AddressRules) -> str:
    """Add https, or the scheme of the site's origin, to an address on one of its origins. Others stay keys."""
    for scheme in ("https:", "http:"):
        try:
            origin = ada_url.URL(scheme + text).origin
        except ValueError:
            return text
        hosts = rules._replace(origins=(), any_scheme=False)
        if any(_normalized(listed, hosts) == _normalized(origin, hosts) for listed in rules.origins):
            return scheme + text
    return text


def _joined(url: ada_url.URL, rules: AddressRules) -> str:
    host, port, scheme = url.hostname.removesuffix("."), url.port, url.protocol
    if rules.any_www:
        while host.startswith("www.") and host.count(".") > 1:
            host = host.removeprefix("www.")
    if rules.any_scheme and not port:
        scheme = "https:"
    query = _kept_query(_re_encoded(url.search.removeprefix("?")), rules.ignored_parameters)
    # Old single-page applications name their pages after "#!" or "#/"; any other fragment is a place on the page.
    fragment = _re_encoded(url.hash) if url.hash.startswith(("#!", "#/")) else ""
    return "".join(
        (scheme, "//", host, port and f":{port}", _path(url.pathname, rules), query and f"?{query}", fragment)
    )


def _path(path: str, rules: AddressRules) -> str:
    path = _re_encoded(path)
    while True:
        shorter = path
        if rules.any_index:
            shorter = INDEX_FILES.sub("/", shorter)
        if rules.any_slash:
            shorter = shorter.rstrip("/") or "/"
        if shorter == path:
            return path
        path = shorter


def _kept_query(query: str, ignored: tuple[str, ...]) -> str:
    """Leave out tracking parameters and empty ones; the others keep their order."""
    parts = [part for part in query.split("&") if part]
    return "&".join(part for part in parts if not _is_ignored(part.partition("=")[0], ignored))


@lru_cache(1024)
def _is_ignored(name: str, ignored: tuple[str, ...]) -> bool:
    name = unquote(name).lower()
    patterns = (pattern.lower() for pattern in (*TRACKING_PARAMETERS, *ignored))
    return any(name.startswith(p[:-1]) if p.endswith("*") else name == p for p in patterns)


def _re_encoded(text: str) -> str:
    """Write percent-encoding in one way: unreserved characters decoded, all others with capital digits."""
    return ENCODED.sub(_re_encode, text) if "%" in text or ENCODED.search(text) else text


def _re_encode(match: re.Match[str]) -> str:
    # Some systems send letters and their marks apart. A page has one name, in Unicode's composed form.
    text = unicodedata.normalize("NFC", _decoded(match))
    return "".join(
        chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode(errors="surrogateescape")
    )


def _decoded(match: re.Match[str]) -> str:
    """Decode as UTF-8. Bytes of other encodings become surrogates, one each."""
    found = match[0]
    return unquote_to_bytes(found).decode(errors="surrogateescape") if len(found) > 1 else found


def visible_length(thread: str) -> int:
    """Count the characters of a thread's name that a person sees, whatever their encoding in an address."""
    return len(ENCODED.sub(_decoded, thread)) if WEB_ADDRESS.match(thread) else len(thread)


def readable_address(thread: str) -> str:
    """Return a thread's name as people read it: letters of all scripts instead of percent-encoding and Punycode."""
    if not NORMALIZED.match(thread) or not ada_url.check_url(thread):
        return thread
    scheme, _, after = thread.partition("//")
    host, slash, rest = after.partition("/")
    return f"{scheme}//{_readable_host(host)}{slash}{ENCODED.sub(_decode_letters, rest)}"


def _readable_host(host: str) -> str:
    name, colon, port = host.partition(":")
    if "xn--" not in name:
        return host
    try:
        shown = idna.decode(name)
        is_same = ada_url.URL(f"https://{shown}").hostname == name and unicodedata.category(shown[0])[0] != "M"
    except ValueError:  # idna.IDNAError is one
        return host
    return f"{shown}{colon}{port}" if is_same else host


def _decode_letters(match: re.Match[str]) -> str:
    """Decode letters and symbols beyond ASCII. Everything else keeps its encoding, so that the address still works."""
    if len(match[0]) == 1:
        return match[0]
    shown = start = match[0].partition("%")[0]
    is_after_letter = bool(start)
    for c in unquote_to_bytes(match[0].removeprefix(start)).decode(errors="surrogateescape"):
        category = unicodedata.category(c)
        # A mark is shown on its letter only: elsewhere it would change the character before it.
        is_after_letter = c > "\x7f" and category not in _UNREADABLE and (is_after_letter or category[0] != "M")
        shown += c if is_after_letter else quote(c, safe="", errors="surrogateescape")
    return shown
