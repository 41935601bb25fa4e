"""A site's choices as words, on the command line and in the settings form: `max_links=3`, checked all at once."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from comments.errors import Invalid, Problem
from comments.pseudonyms import digest
from comments.site import SITE_CHOICES, VISITOR_FIELDS, Reason, Site, Term
from comments.storage.reports import MOST
from service.web.site_cache import SITE_ID

#: Set once, or by commands of their own.
FIXED = ("id", "created", "keys", "webhooks")

REASON_CODE = re.compile(r"[a-z][a-z0-9-]{0,29}")
#: Each has a key, from 1 on.
MOST_REASONS = 9

TRAP_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
#: Fields that a submission has, or that a form made for WordPress has, so that no trap can have their names.
TAKEN = {
    *(*VISITOR_FIELDS, "thread", "parent", "return_to", "ip", "user_agent", "referrer", "trap", "comment", "submit"),
    *("form_token", "form_proof", "redirect_to", "comment_post_ID", "comment_parent"),
}

#: Characters; four bytes each and the other fields still fit into the largest body that is taken by default.
MAX_CONTENT = 15_000


def whole(text: str) -> int:
    try:
        n = int(text)
    except ValueError:
        n = -1
    if n < 0:
        raise ValueError("must be a whole number from 0 on")
    return n


def points(text: str) -> float:
    try:
        n = float(text)
    except ValueError:
        n = math.nan
    if not math.isfinite(n):
        raise ValueError("must be a number of points, such as 3 or 7.5")
    return n


def yes_or_no(text: str) -> bool:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError("must be yes or no")
    return words[text.lower()]


def listed(text: str) -> tuple[str, ...]:
    """Parts between commas or line ends; one that holds a comma stands in double quotes."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return tuple(part.strip() for row in rows for part in row if part.strip())


def terms(text: str) -> tuple[Term, ...]:
    """Words to watch for; "author+url:casino" looks in those fields only."""
    return tuple(_term(part) for part in listed(text))


def _term(text: str) -> Term:
    names, colon, word = text.partition(":")
    where = tuple(name.strip() for name in names.split("+"))
    if colon and word.strip() and set(where) <= set(VISITOR_FIELDS):
        return Term(word.strip(), where)
    return Term(text)


def reasons(text: str) -> tuple[Reason, ...]:
    """Reasons to remove; each "code: label: what its author is told"."""
    return tuple(_reason(part) for part in listed(text))


def _reason(text: str) -> Reason:
    code, label, told = (*(part.strip() for part in text.split(":", 2)), "", "")[:3]
    if not (REASON_CODE.fullmatch(code) and label and told):
        raise ValueError("must be written as code: label: what the author is told")
    return Reason(code, label, told)


PARSERS: Mapping[Any, Callable[[str], Any]] = {
    str: str.strip,
    int: whole,
    float: points,
    bool: yes_or_no,
    tuple[str, ...]: listed,
    tuple[Term, ...]: terms,
    tuple[Reason, ...]: reasons,
}


def names() -> tuple[str, ...]:
    """The fields that may be chosen."""
    return tuple(f.name for f in fields(Site) if f.name not in FIXED)


def changed(site: Site, assignments: Iterable[str]) -> Site:
    """The site with each "field=value" applied. Raises Invalid with every problem there is."""
    hints = get_type_hints(Site)
    found: list[Problem] = []
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or name not in names():
            found.append(_unknown(assignment, name, equals))
            continue
        try:
            values[name] = PARSERS[hints[name]](text)
        except ValueError as error:
            found.append(Problem(name, "malformed", str(error)))
    site = replace(site, **values)
    found += [problem for problem in problems(site) if problem.field not in {p.field for p in found}]
    if found:
        raise Invalid(found)
    return site


def _unknown(assignment: str, name: str, equals: str) -> Problem:
    if not equals:
        return Problem(assignment, "malformed", "must be written as field=value")
    return Problem(name, "unknown", f"is not a choice; there are {', '.join(names())}")


def problems(site: Site) -> Iterator[Problem]:
    """What about the site's choices cannot be."""
    yield from _names(site)
    yield from _words(site)
    yield from _amounts(site)


#: Where the queue over all of a person's sites is, beside those of single sites.
EVERY_SITE = "all"


def _names(site: Site) -> Iterator[Problem]:
    if not SITE_ID.fullmatch(site.id):
        yield Problem("id", "malformed", "must be 1 to 40 of a-z, 0-9 and -")
    if site.id == EVERY_SITE:
        yield Problem("id", "reserved", f"cannot be {EVERY_SITE}: that is the queue of every site together")
    if not site.name or not site.name.isprintable() or len(site.name) > 100:
        yield Problem("name", "malformed", "must be 1 to 100 printable characters")
    if not TRAP_FIELD.fullmatch(site.trap_field) or site.trap_field in TAKEN:
        yield Problem("trap_field", "malformed", "must be a name of letters and digits that no other field has")


def _words(site: Site) -> Iterator[Problem]:
    for name, allowed in SITE_CHOICES.items():
        if getattr(site, name) not in allowed:
            yield Problem(name, "unknown", f"must be one of {', '.join(allowed)}")
    for origin in site.origins:
        if not is_origin(origin):
            yield Problem("origins", "malformed", f"{origin!r} is not like https://example.com, without a path")
    if unknown := set(site.required) - set(VISITOR_FIELDS):
        yield Problem("required", "unknown", f"{', '.join(sorted(unknown))}: only {', '.join(VISITOR_FIELDS)}")


def _amounts(site: Site) -> Iterator[Problem]:
    codes = {reason.code for reason in site.reasons}
    if len(site.reasons) > MOST_REASONS or len(codes) < len(site.reasons):
        yield Problem("reasons", "range", f"must be at most {MOST_REASONS}, each with a code of its own")
    if not 1 <= site.max_content <= MAX_CONTENT:
        yield Problem("max_content", "range", f"must be from 1 to {MAX_CONTENT} characters")
    if site.max_pending < 1:
        yield Problem("max_pending", "range", "must be at least 1, or nothing is accepted")
    if site.reports_hold > MOST:
        yield Problem("reports_hold", "range", f"must be at most {MOST}: reports of more networks are not kept")
    if not 0 <= site.audit_share <= 1:
        yield Problem("audit_share", "range", "must be from 0 to 1")
    if site.hold_at > site.spam_at:
        yield Problem("hold_at", "range", "must not be above spam_at")


def is_origin(text: str) -> bool:
    """Whether `text` is an origin as browsers send it: scheme and host in lower case, no default port, no path."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}.get(parts.scheme)
    whole = text == f"{parts.scheme}://{parts.netloc}" and text.isascii() and text == text.lower()
    return whole and default is not None and bool(parts.hostname) and "@" not in parts.netloc and port != default


def shown(value: Any) -> str:
    """A choice as `changed` takes it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Term):
        return value.text if value.fields == VISITOR_FIELDS else f"{'+'.join(value.fields)}:{value.text}"
    if isinstance(value, Reason):
        return f"{value.code}: {value.label}: {value.told}"
    if isinstance(value, tuple):
        return ",".join(_quoted(shown(part)) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def on_lines(value: tuple[Any, ...]) -> str:
    """A list as a larger field shows it, which `changed` takes back too."""
    return "\n".join(_quoted(shown(part)) for part in value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or text.startswith('"') else text


def mark(site: Site) -> str:
    """Names all choices as they stand; differs as soon as one does."""
    return digest(*(shown(getattr(site, name)) for name in names()))
