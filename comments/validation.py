"""What a submission must look like: one pure function, asked at the door and once more by the filters."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby
from urllib.parse import urlsplit, urlunsplit

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from .errors import Problem
from .model import DRAFT
from .site import Site

#: Characters. The first three are WordPress's limits, so that what was imported from there fits.
LENGTHS: Mapping[str, int] = {"author": 245, "email": 100, "url": 200, "thread": 500}

#: Marks stacked upon one letter. No script needs more than four; "zalgo" text uses dozens to cover its neighbours.
MAX_MARKS = 8

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed
LINE_END = re.compile(r"\r\n?")
#: They turn the direction of what follows, which in a name would be the words after it.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Blank though Unicode calls them letters or symbols.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})

#: Addresses that need no closer look. The library takes 40 µs, a tenth of what accepting a comment takes in all.
PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,63}", re.ASCII
)
SPECIAL_DOMAINS = frozenset(SPECIAL_USE_DOMAIN_NAMES)

ID = re.compile(r"[a-z2-7]{26}")
#: The same, or that of the draft beside it.
ANY_ID = re.compile(rf"{ID.pattern}(?:{DRAFT})?")
#: What no address needs unescaped and what, in an HTML attribute or a log, can end it.
UNSAFE_IN_URL = re.compile(r"""[\s"<>\\`\x00-\x20\x7f-\xa0]""")

MISSING: Mapping[str, str] = {
    "thread": "Name the page that the comment is about.",
    "author": "Please fill in your name.",
    "email": "Please fill in your email address.",
    "url": "Please fill in your website.",
    "content": "Please type your comment.",
}


def tidied(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields as they are kept: composed (NFC), without blanks around them, lines ending in one line feed.

    An author's name loses characters that turn the direction of writing; everything else stays as it was sent.
    """
    kept = {name: _tidy(text) for name, text in fields.items()}
    if not kept.get("author", "").isascii():
        kept["author"] = BIDI.sub("", kept["author"]).strip()
    if "thread" in kept:
        kept["thread"] = thread_key(fields["thread"])
    return kept


def _tidy(text: str) -> str:
    if "\r" in text:
        text = LINE_END.sub("\n", text)
    text = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    return "" if is_blank(text) else text


def thread_key(text: str) -> str:
    """A page's key as it is kept; an address with scheme and host in lower case and without a fragment."""
    text = _tidy(text)
    if not text[:8].lower().startswith(("http://", "https://")):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    # urlsplit itself drops tabs and line feeds; what is not kept whole is left for `problems` to find.
    return text if CONTROL.search(text) else urlunsplit(parts._replace(netloc=parts.netloc.lower(), fragment=""))


def problems(fields: Mapping[str, str], site: Site) -> tuple[Problem, ...]:
    """Everything wrong with tidied `fields`, in the order a form shows them; a field that is absent is empty."""
    return tuple(_problems(fields, site))


def _problems(fields: Mapping[str, str], site: Site) -> Iterator[Problem]:
    required = {*site.required, "thread"}
    for name in ("thread", "author", "email", "url", "content"):
        text = fields.get(name, "")
        if is_blank(text):
            if name in required:
                yield Problem(name, "required", MISSING[name])
            continue
        yield from _text_problems(name, text, site.max_content if name == "content" else LENGTHS[name])
    if (parent := fields.get("parent", "")) and not ID.fullmatch(parent):
        yield Problem("parent", "parent", "The comment you reply to does not exist.")


def thread_problems(thread: str) -> tuple[Problem, ...]:
    """Everything wrong with the key of a thread that somebody asks about."""
    if is_blank(thread):
        return (Problem("thread", "required", MISSING["thread"]),)
    return tuple(_text_problems("thread", thread, LENGTHS["thread"]))


def _text_problems(name: str, text: str, limit: int) -> Iterator[Problem]:
    if len(text) > limit:
        yield Problem(name, "too-long", f"Please use at most {limit} characters; these are {len(text)}.")
        return
    if (CONTROL_IN_TEXT if name == "content" else CONTROL).search(text):
        yield Problem(name, "control", "Please leave out control characters.")
    elif has_mark_flood(text):
        yield Problem(name, "marks", "Please put fewer marks on one letter.")
    elif name == "email" and not is_email(text):
        yield Problem(name, "email", "Please enter a valid email address.")
    elif name == "url" and not is_web_address(text):
        yield Problem(name, "url", "Please enter a web address that begins with http:// or https://.")


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing."""
    if not text or text.isspace():
        return True
    return not text.isascii() and all(c in BLANK or unicodedata.category(c) in INVISIBLE for c in text)


def has_mark_flood(text: str) -> bool:
    if text.isascii():
        return False
    runs = groupby(text, key=lambda c: c > "\u02ff" and unicodedata.category(c) in ("Mn", "Me"))
    return any(marks and sum(1 for _ in run) > MAX_MARKS for marks, run in runs)


def is_email(text: str) -> bool:
    """Syntax only: nothing is looked up, and ".test" is as good as any other domain."""
    if len(text) < 64 and PLAIN_EMAIL.fullmatch(text) and text.rpartition(".")[2].lower() not in SPECIAL_DOMAINS:
        return True
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def is_web_address(text: str) -> bool:
    """Whether `text` is an http or https address with a host, and safe to be a link's target once it is escaped."""
    if UNSAFE_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host = bool(parts.hostname) and parts.port != 0  # a port that is no port raises
        return host and parts.scheme in ("http", "https") and "@" not in parts.netloc
    except ValueError:
        return False
