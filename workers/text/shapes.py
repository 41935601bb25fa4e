"""Shape of an author's name, website and text: plain traits without words, each of which says little.

The names are features of the shipped model: a changed name is another feature. Honest people have such names and
websites too, so `training.shapes` fits a small weight for each.
"""

import re
from collections.abc import Iterator, Sequence, Set

from .links import Link
from .reference_works import are_documentation
from .tokens import without_addresses

_DEEP_PATH = re.compile(r"\.(?:html?|php|aspx?|cfm)\b|/[^/]+/[^/]+", re.IGNORECASE)
_PROFILE_PATH = re.compile(
    r"(?:^|[/?&=._-])(?:profiles?|users?|userinfo|members?|memberlist|viewprofile|redir(?:ect)?|jump|url|goto|author"
    r"|people|accounts?|entry|forums?|viewtopic|activity|groups)(?:[/?&=._-]|$)",
    re.IGNORECASE,
)
#: Endings of hosts that cost next to nothing, and those of shops.
_CHEAP = (
    "info biz xyz top online shop site store club win tk ml ga cf gq icu vip pw click loan bid men work review trade "
    "date stream download racing bet casino space website"
)
_CHEAP_ENDINGS = frozenset(_CHEAP.split())
_BLOG_PLATFORM = re.compile(
    r"\.(?:blogspot|wordpress|livejournal|tumblr|weebly|wix|wixsite|jimdo|webs|over-blog|typepad|posterous|xanga"
    r"|webnode|tripod|altervista)\."
)
_DIGIT = re.compile(r"\d")
_NAME_SIGNS = re.compile(r"[|{}<>&/]|https?:")
_CAPITAL_INSIDE = re.compile(r"[A-Z][a-z]+[A-Z][a-z]*[A-Z]?[a-z]*")
_FIVE_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{5}")
_VOWEL = re.compile("[aeiouy]")
#: A line that ends within a sentence, as in a text that was copied from a narrow column.
_BROKEN_LINE = re.compile(r"[a-zа-яà-ÿ,]\n[a-zа-яà-ÿ]")
_LIST_OR_CODE = re.compile(r"^\s*(?:[-*+>]|\d+[.)]|http)|[{};=]\n", re.MULTILINE)
_NAMED, _QUOTED = re.compile(r"@[^\W\d_]"), re.compile(r"^\s*>", re.MULTILINE)
_GREETED = re.compile(r"[A-Z][a-z]+[,:]")
_HTML_LINK = re.compile(r"<a\s", re.IGNORECASE)
_BOARD_LINK = re.compile(r"\[/?url|\[link=", re.IGNORECASE)
#: Programs that are called by name, and that ordinary texts hardly mention.
_PROGRAMS = frozenset(
    ("sudo", "apt", "svn", "git", "npm", "pip", "curl", "wget", "chmod", "chown", "ssh", "grep", "systemctl", "kubectl")
)
#: Patterns begin with their rarest sign. Endings that are top-level domains too ("py", "sh", "md") are left out.
_FILE = re.compile(r"\.(?:js|cs|rb|php|cpp|java|conf|config|cfg|ini|json|ya?ml|xml|dll|exe|log|sql|css|html|txt|csv)\b")
#: The prompt of a shell ("root@host:~#"), and a setting such as "rate=44100". HTML has attributes of this form.
_PROMPT, _SETTING = re.compile(r"\w@[\w-]+:[~/]"), re.compile(r"(?:^|[\s,;])[a-z][\w.-]*=\w", re.MULTILINE)
_OPTION, _UNDERSCORE = re.compile(r"--(?<=\s--)[a-z]"), re.compile(r"(?<![@/.\w])[^\W_]+_\w")
#: A number with a point, such as "10.4". Prices are none.
_VERSION = re.compile(r"\.(?<=\d\.)(?<![$€£]\d\.)(?<![$€£]\d\d\.)(?<![$€£]\d\d\d\.)\d")
#: A text has few words for its links if it has fewer than this for each.
_WORDS_FOR_A_LINK = 12
_LONG_NAME, _LONG_HOST = 25, 15
SHORT_TEXT = 12


def name_shapes(author: str, linked: bool) -> Iterator[str]:
    """Yield shapes of an author's name. `linked` tells if it contains a link."""
    parts = author.split()
    if not parts:
        return
    if len(parts) > 1 and author == author.lower() != author.upper():
        yield "name of several words in small letters"
    if len(parts) > 2:
        yield "name of three words" if len(parts) == 3 else "name of four words or more"
    if _DIGIT.search(author):
        yield "digits in the name"
    if linked:
        yield "web address as the name"
    if len(author) >= _LONG_NAME:
        yield "long name"
    if author.isupper() and len(author) > 3:
        yield "name in capital letters"
    if _NAME_SIGNS.search(author):
        yield "signs in the name"
    if len(parts) == 1:
        yield from _one_word(author)


def _one_word(author: str) -> Iterator[str]:
    if author.islower() and author.isalpha():
        yield "one word in small letters as the name"
    if _CAPITAL_INSIDE.fullmatch(author):
        yield "capital letter inside the name"
    if 7 <= len(author) <= 14 and author.isascii() and author.isalpha():
        small = author.lower()
        if len(_VOWEL.findall(small)) < len(small) / 4 or _FIVE_CONSONANTS.search(small):
            yield "name that nobody can pronounce"


def website_shapes(website: Link, n_words: int) -> Iterator[str]:
    """Yield shapes of an author's website, below a text of `n_words` words."""
    yield from _path_shapes(website.path)
    yield from _host_shapes(website.host.removeprefix("www."))
    if website.shortened or website.raw_address or website.international:
        yield "hidden or foreign website"
    if n_words < SHORT_TEXT:
        yield "website below a short text"


def _path_shapes(path: str) -> Iterator[str]:
    if path.strip("/#"):
        yield "website with a path"
        if "?" in path:
            yield "website with a query"
        if _DEEP_PATH.search(path):
            yield "deep page as the website"
        if _PROFILE_PATH.search(path):
            yield "profile page as the website"


def _host_shapes(host: str) -> Iterator[str]:
    labels = host.split(".")
    own = ".".join(labels[:-1])
    if "-" in own:
        yield "hyphen in the website" if own.count("-") == 1 else "hyphens in the website"
    if _DIGIT.search(own):
        yield "digits in the website"
    if len(labels[0] if len(labels) < 3 else labels[-3 if len(labels[-2]) < 4 else -2]) >= _LONG_HOST:
        yield "long name of the website"
    if labels[-1] in _CHEAP_ENDINGS:
        yield "cheap ending of the website"
    if _BLOG_PLATFORM.search(f".{host}"):
        yield "website on a blog platform"


def text_shapes(raw: str, n_words: int, found: Sequence[Link]) -> Iterator[str]:
    """Yield shapes of a text with `n_words` words. Oddly doubled letters ("thhe") were tried, and got no points."""
    if "\n" in raw and _BROKEN_LINE.search(raw) and not _LIST_OR_CODE.search(raw):
        yield "lines broken inside a sentence"
    if _is_reply(raw):
        yield "answer to somebody"
    if found:
        if are_documentation(found):
            yield "links to documentation only"
        if len(found) * _WORDS_FOR_A_LINK > n_words:
            yield "few words for its links"
        if _HTML_LINK.search(raw):
            yield "link in HTML"
        if _BOARD_LINK.search(raw):
            yield "link in the markup of forums"


def technical_shapes(raw: str, words: Set[str]) -> Iterator[str]:
    """Yield shapes of a text about programs that is not disguised. Addresses of links do not count."""
    text = without_addresses(raw)
    named = ("_" in text and _UNDERSCORE.search(text)) or ("--" in text and _OPTION.search(text))
    named = named or ("@" in raw and _PROMPT.search(raw)) or ("=" in text and "<" not in text and _SETTING.search(text))
    if named or not _PROGRAMS.isdisjoint(words) or _FILE.search(text):
        yield "names of files or commands"
    if _VERSION.search(text):
        yield "version number"


def _is_reply(raw: str) -> bool:
    """Decide if a text names, quotes or greets somebody. Each sign is looked for first: most texts have none."""
    if ("@" in raw and _NAMED.search(raw)) or (">" in raw and _QUOTED.search(raw)):
        return True
    return any(map(_GREETED.match, raw.split("\n"))) if "," in raw or ":" in raw else False
