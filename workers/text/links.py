"""Find the links of a text, as a browser would follow them or a site would make them clickable."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, filterfalse
from urllib.parse import unquote

import idna

from comments.hosts import (
    COMMON_ENDINGS,
    SHORTENERS,
    is_bare_host,
    is_package_name,
    is_under_top_level_domain,
    with_plain_dots,
    without_glued_words,
)

from .code_words import is_in_code
from .normalization import DOTS, HIDDEN, fold, unusual
from .obfuscation import BETWEEN_SPACES, shows_addresses
from .tokens import VOWEL_MARKS, words

EQUALS = re.compile(r"\s*=\s*")
#: A dot with a space before it, which people accept.
LATE_DOT = re.compile(r"(?<=[a-z0-9])\s{1,3}\.\s?(?=(?:com|org|info|xyz|top|ru)(?![\w.-]))", re.IGNORECASE)
#: A sign that every link contains.
LINK_SIGN = re.compile(r"[.:/\\](?:(?<=\.)\S|(?<!\.))")
#: The same for ASCII: full stops, the other signs, white space, and other characters.
_LINK_CLASSES = bytes(
    ord("/" if chr(n) in ":/\\" else "." if chr(n) == "." else " " if chr(n).isspace() else "x") for n in range(128)
) + bytes(128)
_LABEL = rf"[\w{VOWEL_MARKS}-]"
#: Browsers take any number of slashes, of either kind, and none, after a scheme they know.
#: A word with dots may follow an ellipsis, but no single dot: that would be the middle of another word.
_LINK = re.compile(
    rf"""(?ix)
    (?<![a-z0-9]) (?: h(?:tt|xx)ps? | ftp ) : [/\\]* (?P<full> (?:\[[0-9a-f:.]+\])? [^\s<>"'`\[\]]+ | \[[0-9a-f:.]+\] )
    | (?: (?:href|src) = ["']? | \]\( ) [/\\]{{2}} (?P<relative> [^\s<>"'`)]+ )
    | (?<![\w@/\\-]) (?<!(?<!\.)\.) (?P<bare> {_LABEL}{{1,63}} (?: \.{_LABEL}{{1,63}} )+ )
      (?P<rest> (?: :\d+ )? (?: [/?#] [^\s<>"'`]* )? )
    """
)
#: Parts of which every match of the pattern above has one. Most texts with a colon or an ellipsis have none.
PART_OF_LINK = re.compile(rf"ps?:|[/\\]{{2}}|\.(?<={_LABEL}\.){_LABEL}", re.IGNORECASE)
TRAILING = ".,;:!?)]}>*_~|…”’»"
AUTHORITY = re.compile(r"[^/\\?#]*")
PORT = re.compile(r":\d*$")
#: Text between an address and the same address as its label, in HTML and in Markdown.
SAME_LINK = (">", "'>", '">', "](")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link. `host` is in lower case and ASCII; for a numeric address it is the dotted form.

    Links to the same host are equal, whatever their `path`.
    """

    host: str
    raw_address: bool = False
    international: bool = False
    path: str = field(default="", compare=False)
    #: True for a host without "http:", and for such a one that is a word of code ("user.name").
    is_bare: bool = field(default=False, compare=False)
    in_code: bool = field(default=False, compare=False)
    #: False for a link that the code did not find when the shipped weights were trained. They do not see it, so that
    #: training gives the same weights.
    in_training: bool = field(default=True, compare=False)

    @property
    def shortened(self) -> bool:
        return self.host.removeprefix("www.") in SHORTENERS


def _number(part: str) -> int:
    """Parse a part of a numeric host: decimal, octal after "0" or hexadecimal after "0x". Raise ValueError."""
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part.startswith("0") else 10)


def ipv4(host: str) -> str:
    """Return the dotted address of a numeric host, by the WHATWG URL standard; "" for a name."""
    parts = host.split(".")
    # Twelve characters are enough for any valid part, and keep int() cheap.
    if not parts[-1][:1].isdecimal() or len(parts) > 4 or not all(NUMBER.fullmatch(p) and len(p) <= 12 for p in parts):
        return ""
    try:
        numbers = [_number(p) for p in parts]
    except ValueError:
        return ""
    if any(n > 255 for n in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return ""
    address = numbers[-1] + sum(n << 8 * (3 - k) for k, n in enumerate(numbers[:-1]))
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def link(address: str) -> Link | None:
    """Return the link to an address without its scheme and slashes; None if it has no valid host."""
    end = AUTHORITY.match(address).end()  # type: ignore[union-attr]  # it matches everything
    authority, path = address[:end].rpartition("@")[2], address[end:].rstrip(TRAILING)
    if authority.startswith("["):
        return Link(authority.partition("]")[0] + "]", raw_address=True, path=path)
    named = PORT.sub("", authority) if ":" in authority else authority
    host = unquote(named).replace("。", ".").lower().strip(TRAILING)
    if not host or len(host) > 253:
        return None
    if numeric_address := ipv4(host):
        return Link(numeric_address, raw_address=True, path=path)
    plain = _ascii(host)
    return Link(plain, international="xn--" in plain or not plain.isascii(), path=path)


def _found(text: str) -> Iterator[Link]:
    """Yield each link. A link whose label is its address counts once."""
    end, last = 0, None
    for match in _LINK.finditer(text):
        found = _link(match)
        if found and not (found == last and text[end : match.start()] in SAME_LINK):
            yield found
        end, last = match.end(), found


def _link(match: re.Match[str], any_ending: bool = False) -> Link | None:
    """Return the link, or None if the word is none. With `any_ending`, "readme.md" and "it.Now" are links too."""
    if address := match["full"] or match["relative"]:
        return link(address)
    bare, rest = match["bare"].strip("-_"), match["rest"]
    if not rest and match.string[match.end() : match.end() + 1] == "@":
        return None  # the name in an e-mail address
    bare = bare if bare.isascii() else without_glued_words(bare)
    labels = bare.lower().split(".")
    if "" in labels:
        return None
    is_address = is_bare_host(labels, rest) and (rest or not is_package_name(labels))
    if not (is_address or (any_ending and is_under_top_level_domain(labels))):
        return None
    found = link(bare + rest)
    was_found = bare == match["bare"] and _is_found_in_training(match, labels)
    before = match.string[max(0, match.start() - 1) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    in_code = not rest and is_in_code(labels, before, after)
    return found and replace(found, is_bare=not rest, in_code=in_code, in_training=was_found and found.in_training)


def _is_found_in_training(match: re.Match[str], labels: list[str]) -> bool:
    """Decide if the training found this link. It knew few endings, and an ellipsis hid the host after it."""
    top = labels[-1]
    known_ending = top in COMMON_ENDINGS or len(top) == 2 or labels[0] == "www" or top.startswith("xn--")
    return known_ending and match.string[match.start() - 1 : match.start()] != "."


def _chunks(text: str) -> list[str]:
    """Return the parts of the text, split at spaces, that may contain a link. Ordinary prose has hardly any."""
    with_signs = filterfalse(str.isalnum, text.split())
    return [c for c in with_signs if ("." in c and "." in c[:-1]) or ":" in c or "/" in c or "\\" in c]


def may_link(text: str) -> bool:
    """Decide if the text has a sign that every link contains."""
    if not text.isascii():
        return LINK_SIGN.search(text) is not None
    classes = text.encode().translate(_LINK_CLASSES)
    return b"/" in classes or b".x" in classes or b".." in classes


@lru_cache(maxsize=512)
def candidates(text: str) -> str:
    """Return the parts of the text that may contain links, with all dots and signs in their plain form."""
    text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", HIDDEN.sub("", text) if HIDDEN.search(unusual(text)) else text)
    text = with_plain_dots(text)
    if not may_link(text):
        return ""
    if " ." in text:
        text = LATE_DOT.sub(".", text)
    if "=" in text:
        text = EQUALS.sub("=", text)
    searched = " ".join(_chunks(text))
    return searched if PART_OF_LINK.search(searched) else ""


@lru_cache(maxsize=512)
def links(text: str) -> tuple[Link, ...]:
    """Return all links in the text, in order, with repetitions. Words with dots inside are no links."""
    searched = candidates(text)
    found = tuple(_found(searched)) if searched else ()
    if found and DOTS in (folded := fold(text)).disguises:
        keep_all = shows_addresses(text)
        shown = [replace(link, in_training=link.in_training and link.host in folded.text) for link in found]
        return tuple(link for link in shown if keep_all or link.host in folded.text)
    return found


def number_of_links(found: Sequence[Link]) -> int:
    """Return the number of links as readers count them: a repeated bare host is one, and words of code are none."""
    bare = {link.host for link in found if link.is_bare and not link.in_code}
    return len(bare) + sum(not link.is_bare for link in found)


def hosts_named(text: str) -> tuple[str, ...]:
    """Return the hosts of all links, and all words with the form of a host under a top-level domain, each once.

    These are the names that a rule about a domain is compared with: "pills.it" is a link only if a rule names it.
    """
    searched = candidates(text)
    if not searched:
        return ()
    named = filter(None, [_link(match, any_ending=True) for match in _LINK.finditer(searched) if match["bare"]])
    return tuple(dict.fromkeys([link.host for link in chain(links(text), named)]))


def has_fewer_words_than(text: str, n: int) -> bool:
    """Decide if the text has fewer than `n` words besides its links."""
    count = 0
    for match in BETWEEN_SPACES.finditer(text):
        chunk = match[0]
        count += len(words(_LINK.sub(" ", chunk) if _chunks(chunk) else chunk))
        if count >= n:
            return False
    return True
