"""Rules for the fields of a comment. They run when it is submitted and again when it is judged."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlsplit

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from .errors import Problem
from .site import Site
from .text_cleaning import CLEANERS
from .thread_addresses import visible_length
from .visitor_fields import FIELDS_BY_NAME, VISITOR_FIELDS

#: Maximum length in characters; the limit of `content` is a site setting.
LENGTHS: Mapping[str, int] = {
    "thread": 500,
    **{field.name: field.max_length for field in FIELDS_BY_NAME.values() if field.max_length is not None},
}

#: Combining marks on one letter. No script needs more than four; "zalgo" text stacks dozens over its neighbours.
MAX_MARKS = 8

#: More characters in a row that may be marks than a letter can have.
MAY_BE_MARKS = re.compile(rf"[^\w\x00-\u02ff]{{{MAX_MARKS + 1}}}")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed
LINE_END = re.compile(r"\r\n?")
#: Characters that change the writing direction; in a name they would also reorder the words after it.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Characters that look blank although Unicode calls them letters or symbols.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})

#: Plain addresses skip the library, whose check takes 40 µs: a tenth of the time to accept a comment.
PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,63}", re.ASCII
)
SPECIAL_DOMAINS = frozenset(SPECIAL_USE_DOMAIN_NAMES)

#: Markdown that shows nothing: a link without text, and the fences of a code block.
EMPTY_MARKUP = re.compile(r"\[\s*\]\([^()\n]*\)|^[ \t]*(?:`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
#: Parts of it that every such markup has.
EMPTY_MARKUP_SIGNS = ("](", "```", "~~~")

ID = re.compile(r"[a-z2-7]{26}")
#: Characters that an address always escapes, and that could end an HTML attribute or a log field.
UNSAFE_IN_URL = re.compile(r"""[\s"<>\\`\x00-\x20\x7f-\xa0]""")

MISSING: Mapping[str, str] = {
    "thread": "Page is missing: send the key or address of the page.",
    **{field.name: field.missing for field in FIELDS_BY_NAME.values()},
}

#: Fields in the order of error messages.
CHECKED_FIELDS = ("thread", *VISITOR_FIELDS)
EMAILS = frozenset(field.name for field in FIELDS_BY_NAME.values() if field.kind == "email")
WEB_ADDRESSES = frozenset(field.name for field in FIELDS_BY_NAME.values() if field.kind == "url")
FIELD_LABELS: Mapping[str, str] = {
    field.name: "Email address" if field.kind == "email" else field.label for field in FIELDS_BY_NAME.values()
}


def tidied(fields: Mapping[str, str]) -> dict[str, str]:
    """Clean fields for storage, each by its kind (`text_cleaning`): Unicode NFC, trimmed, line feeds only."""
    kept = {name: _clean(name, text) for name, text in fields.items()}
    return kept


def _clean(name: str, text: str) -> str:
    if name not in FIELDS_BY_NAME:
        return _tidy(text)
    text = CLEANERS[FIELDS_BY_NAME[name].kind](text)
    return "" if is_blank(text) else text


def _tidy(text: str) -> str:
    if "\r" in text:
        text = LINE_END.sub("\n", text)
    text = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    return "" if is_blank(text) else text


def field_problems(fields: Mapping[str, str], site: Site) -> tuple[Problem, ...]:
    """List every problem of tidied `fields`, in table order. A missing field counts as empty."""
    return tuple(_field_problems(fields, site))


def _field_problems(fields: Mapping[str, str], site: Site) -> Iterator[Problem]:
    for name in CHECKED_FIELDS:
        text = fields.get(name, "")
        if not text or is_blank(_without_empty_markup(text) if name == "content" else text):
            if text or name == "thread" or name in site.required:
                yield Problem(name, "required", MISSING[name])
            continue
        yield from _text_problems(name, text, site.max_content) if name == "content" else _problems_of(name, text)
    if (parent := fields.get("parent", "")) and not ID.fullmatch(parent):
        yield Problem("parent", "parent", "The comment you are replying to does not exist.")


def _without_empty_markup(text: str) -> str:
    return EMPTY_MARKUP.sub("", text) if any(map(text.__contains__, EMPTY_MARKUP_SIGNS)) else text


@lru_cache(maxsize=512)
def _problems_of(name: str, text: str) -> tuple[Problem, ...]:
    """Return the problems of a short field. Cached, because comments of one thread and author repeat them."""
    return tuple(_text_problems(name, text, LENGTHS[name]))


def name_problems(name: str) -> tuple[Problem, ...]:
    """List every problem of a tidied name; none for an empty one."""
    return tuple(_text_problems("author", name, LENGTHS["author"])) if name else ()


def thread_problems(thread: str) -> tuple[Problem, ...]:
    """List every problem of the thread key in a request."""
    if is_blank(thread):
        return (Problem("thread", "required", MISSING["thread"]),)
    return tuple(_text_problems("thread", thread, LENGTHS["thread"]))


def _text_problems(name: str, text: str, limit: int) -> Iterator[Problem]:
    if name == "thread" and (n := visible_length(text)) > limit:
        yield Problem(name, "address-too-long", f"The address of the page has {n} characters; the limit is {limit}.")
        return
    if name != "thread" and len(text) > limit:
        yield Problem(name, "too-long", f"{_label(name)} has {len(text)} characters; the limit is {limit}.")
        return
    # Most texts are printable, which is quicker to see.
    may_have_control = not (text.replace("\n", " ") if name == "content" else text).isprintable()
    if may_have_control and (CONTROL_IN_TEXT if name == "content" else CONTROL).search(text):
        yield Problem(name, "control", f"{_label(name)} contains control characters. Remove them.")
    elif has_mark_flood(text):
        yield Problem(name, "marks", f"{_label(name)} has too many combining marks on one letter. Remove some.")
    elif name in EMAILS and not is_email(text):
        hint = "is not complete: use the form name@example.com" if "@" in text else "is missing an @"
        yield Problem(name, "email", f"{_label(name)} {hint}.")
    elif name in WEB_ADDRESSES and not (is_web_address(text) and _has_domain(text)):
        yield Problem(name, "url", f"{_label(name)} must be an address such as https://example.com.")


def _has_domain(address: str) -> bool:
    """Return True unless the host is a single name, such as "example" or "www."."""
    host = (urlsplit(address).hostname or "").strip(".")
    return "." in host or ":" in host


def _label(name: str) -> str:
    return FIELD_LABELS.get(name, "Page")


def is_blank(text: str) -> bool:
    """Return True if the text shows nothing to a reader."""
    if not text or text.isspace():
        return True
    return not text.isascii() and all(c in BLANK or unicodedata.category(c) in INVISIBLE for c in text)


def has_mark_flood(text: str) -> bool:
    if text.isascii() or not MAY_BE_MARKS.search(text):
        return False
    runs = groupby(text, key=lambda c: c > "\u02ff" and unicodedata.category(c) in ("Mn", "Me"))
    return any(marks and sum(1 for _ in run) > MAX_MARKS for marks, run in runs)


def is_email(text: str) -> bool:
    """Check the syntax only. Nothing is looked up, and ".test" domains are accepted."""
    if len(text) < 64 and PLAIN_EMAIL.fullmatch(text) and text.rpartition(".")[2].lower() not in SPECIAL_DOMAINS:
        return True
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def is_web_address(text: str) -> bool:
    """Return True for an http or https address with a host that is safe as an escaped link target."""
    if UNSAFE_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host = bool(parts.hostname) and parts.port != 0  # an invalid port raises ValueError
        return host and parts.scheme in ("http", "https") and "@" not in parts.netloc
    except ValueError:
        return False
