"""Values of site settings: their types, how people write them, and their checks."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from .expressions import check_slashes, compile_expression, is_expression
from .translations import find_translation, translations
from .visitor_fields import VISITOR_FIELDS, VisitorFieldName

T = TypeVar("T")

#: Marks a field of a dataclass that leaves the server in no export.
SECRET: Mapping[str, object] = {"secret": True}

#: Networks whose reports of one comment are stored; more of them do not change a decision.
MAX_REPORTS = 100

#: Names of fields in our forms and in forms made for WordPress, which a honeypot field cannot have.
FORM_FIELDS = {
    *(*VISITOR_FIELDS, "thread", "parent", "return_to", "ip", "user_agent", "referrer", "trap", "comment", "submit"),
    *("form_token", "form_proof", "lang", "redirect_to", "user_token", "comment_post_ID", "comment_parent"),
}
TRAP_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")

REASON_CODE = re.compile(r"[a-z][a-z0-9-]{0,29}")
#: Moderators choose a reason with the keys 1 to 9.
MAX_REASONS = 9
#: More would not fit into the menu of a phone.
MAX_CANNED_REPLIES = 20


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to look for in the named fields."""

    text: str
    fields: tuple[str, ...] = VISITOR_FIELDS


@dataclass(frozen=True, slots=True)
class RemovalReason:
    """A reason to remove a comment: `label` is for moderators, `message` for the author of the comment."""

    code: str
    label: str
    message: str = field(metadata={"stored": "told"})


REMOVAL_REASONS = (
    RemovalReason("off-topic", "Off topic", "It is not about the topic of this page."),
    RemovalReason("tone", "Tone", "Its tone does not fit this site. You are welcome to rewrite it."),
    RemovalReason("private", "Private", "It contains private information about someone."),
    RemovalReason("advertising", "Advertising", "It contains advertising."),
    RemovalReason("repeated", "Repeated", "The same comment was posted before."),
)


def split_list(text: str) -> tuple[str, ...]:
    """Split text at commas and line ends. A part that contains a comma is in double quotes."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return tuple(part.strip() for row in rows for part in row if part.strip())


def parse_term(text: str) -> Term:
    """Parse a term. "author+url:casino" is searched for in these fields only."""
    names, colon, word = text.partition(":")
    where = tuple(name.strip() for name in names.split("+"))
    if colon and word.strip() and set(where) <= set(VISITOR_FIELDS):
        return Term(word.strip(), where)
    return Term(text)


def checked_term(text: str) -> Term:
    """Parse a term of a setting. A term between slashes is a regular expression. Raises ValueError."""
    term = parse_term(text)
    try:
        check_slashes(term.text)
        if is_expression(term.text):
            compile_expression(term.text[1:-1])
    except ValueError as error:
        raise ValueError(f"has {term.text}, which {error}") from error
    return term


def parse_reason(text: str) -> RemovalReason:
    """Parse a reason written as "code: label: text for the author". Raises ValueError."""
    code, label, message = (*(part.strip() for part in text.split(":", 2)), "", "")[:3]
    if not (REASON_CODE.fullmatch(code) and label and message):
        raise ValueError("must be written as code: label: text for the author")
    return RemovalReason(code, label, message)


def _check_reasons(reasons: tuple[RemovalReason, ...]) -> tuple[RemovalReason, ...]:
    if len(reasons) > MAX_REASONS or len({reason.code for reason in reasons}) < len(reasons):
        raise ValueError(f"must be at most {MAX_REASONS}, and no two may have the same code")
    return reasons


def split_canned_reply(line: str) -> tuple[str, str]:
    """Return title and text of a reply that is written as "title: text"."""
    title, _, text = line.partition(":")
    return title.strip(), text.strip()


def _check_canned_replies(lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(lines) > MAX_CANNED_REPLIES or not all(all(split_canned_reply(line)) for line in lines):
        raise ValueError(f"must be at most {MAX_CANNED_REPLIES}, each written as title: text")
    return lines


def _check_trap_field(name: str) -> str:
    if not TRAP_FIELD.fullmatch(name) or name in FORM_FIELDS:
        raise ValueError("must be a name of letters and digits that no other field has")
    return name


def _check_language(tag: str) -> str:
    found = find_translation(tag) if tag else None
    if tag and found is None:
        raise ValueError(f"must be empty or one of {', '.join(translations())}")
    return found.code if found else ""


def _check_printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable characters")
    return text


def _check_origin(text: str) -> str:
    if not is_origin(text):
        pattern = ", or a pattern: name each origin" if "*" in text else ""
        raise ValueError(f"must be an address like https://example.com, without a path{pattern}; {text!r} is not")
    return text


def is_origin(text: str) -> bool:
    """True for an origin as browsers send it: scheme and host in lower case, no default port, no path."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if "*" in parts.netloc:
        return False  # browsers send no patterns, and origins are compared exactly
    is_whole = text == f"{parts.scheme}://{parts.netloc}" and text.isascii() and text == text.lower()
    return is_whole and default is not None and bool(parts.hostname) and "@" not in parts.netloc and port != default


def _from_text(parse: Callable[[str], T]) -> BeforeValidator:
    """Parse a list from text, or from a list of texts."""

    def validate(value: Any) -> Any:
        parts = split_list(value) if isinstance(value, str) else value
        return tuple(parse(part) if isinstance(part, str) else part for part in parts)

    return BeforeValidator(validate)


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """A page of the settings form."""

    name: str
    title: str
    help: str = ""
    is_judged: bool = False  # the filters read these settings, so the form can show what a change would do


def setting(
    title: str,
    help: str,
    ge: float | None = None,
    le: float | None = None,
    labels: tuple[str, ...] = (),
    choices: Mapping[str, str] | None = None,
    presets: Mapping[str, str] | None = None,
    unit: str = "",
) -> FieldInfo:
    """Describe a setting for people: its title, help text and limits.

    `labels` names the choices of a Literal, or of a list of Literals, in their order. `choices` names values and labels
    where the type does not. `presets` are values that the form offers by name; people can type others, in `unit`.
    """
    extra: JsonDict = {"labels": [*labels], "presets": [[*preset] for preset in (presets or {}).items()], "unit": unit}
    if choices:
        extra |= {"enum": [*choices], "labels": [*choices.values()]}
    info: FieldInfo = Field(title=title, description=help, ge=ge, le=le, json_schema_extra=extra)
    return info


#: One line of text.
ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_check_printable)
]
#: Tag of a language that has a translation, or "" for each reader's own.
LanguageTag = Annotated[str, AfterValidator(_check_language)]
LANGUAGES = {"": "Each reader's own", **{tag: found.name for tag, found in translations().items()}}
TrapField = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_check_trap_field)]
WordList = Annotated[tuple[str, ...], _from_text(str)]
FieldNames = Annotated[tuple[VisitorFieldName, ...], _from_text(str)]
#: Differences between addresses that can be one page: http or https, www. or not, a slash or index.html at the end.
PageSpellings = Annotated[tuple[Literal["scheme", "www", "slash", "index"], ...], _from_text(str)]
Number = Annotated[float, AllowInfNan(False)]
Terms = Annotated[tuple[Term, ...], _from_text(checked_term)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_check_origin)], ...], _from_text(str)]
RemovalReasons = Annotated[tuple[RemovalReason, ...], _from_text(parse_reason), AfterValidator(_check_reasons)]
CannedReplies = Annotated[tuple[str, ...], _from_text(str), AfterValidator(_check_canned_replies)]
