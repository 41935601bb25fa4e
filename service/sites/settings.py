"""Site settings as text, in the form and on the command line: descriptions, parsing and checks.

Everything comes from the declarations in `comments.site`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from comments.errors import Invalid, Problem
from comments.setting_values import RemovalReason, SettingGroup, Term
from comments.site import Site
from comments.visitor_fields import VISITOR_FIELDS
from service.web.site_cache import SITE_ID

#: In URLs it stands for all sites of a moderator together, so no site can have it as its id.
RESERVED_ID = "all"


@dataclass(frozen=True, slots=True)
class Setting:
    """Description of a setting for people."""

    name: str
    group: SettingGroup
    title: str
    help: str
    type: str  # of JSON Schema, but "enum" for a choice, "some" for a list of choices, "lines" for a list of texts
    choices: Mapping[str, str]  # value -> label
    minimum: float | None
    maximum: float | None
    default: str  # as text
    presets: Mapping[str, str]  # values with a name -> name
    unit: str

    @property
    def values(self) -> str:
        """Accepted values, for command-line users."""
        if self.choices:
            return ", ".join(self.choices)
        if self.type == "boolean":
            return "yes, no"
        return self.limits + (f"; 0: {self.presets['0'].lower()}" if "0" in self.presets else "")

    @property
    def limits(self) -> str:
        """Smallest and largest number; "" without."""
        low, high = (None if n is None else f"{n:g}" for n in (self.minimum, self.maximum))
        if low is None:
            return ""
        return f"{f'from {low} to {high}' if high else f'at least {low}'} {self.unit}".strip()


@cache
def describe_settings() -> Mapping[str, Setting]:
    """All settings by name, group after group."""
    return {name: _describe(name, adapter) for name, adapter in _adapters().items()}


@cache
def _adapters() -> Mapping[str, TypeAdapter[Any]]:
    hints = get_type_hints(Site, include_extras=True)
    names = [name for cls in Site.__mro__ for name in vars(cls).get("__annotations__", ())]
    return {name: TypeAdapter(hints[name]) for name in names if _is_setting(hints[name])}


def _is_setting(hint: Any) -> bool:
    return any(isinstance(part, FieldInfo) for part in getattr(hint, "__metadata__", ()))


def _describe(name: str, adapter: TypeAdapter[Any]) -> Setting:
    schema = adapter.json_schema()
    default = next(f.default for f in fields(Site) if f.name == name)
    choices = schema.get("enum") or schema.get("items", {}).get("enum", [])
    return Setting(
        name=name,
        group=_group(name),
        title=schema["title"],
        help=schema["description"],
        type=_form_type(schema),
        choices=dict(zip(choices, schema["labels"] or choices, strict=True)),
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        default="" if default is MISSING else as_text(default),
        presets=dict(schema["presets"]),
        unit=schema["unit"],
    )


def _group(name: str) -> SettingGroup:
    """Return the group of the class that declares a setting."""
    owner = next(cls for cls in Site.__mro__ if name in vars(cls)["__annotations__"])
    group: SettingGroup = vars(owner)["group"]
    return group


def _form_type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "enum"
    if schema["type"] == "array":
        return "some" if "enum" in schema["items"] else "lines"
    return str(schema["type"])


def with_settings(site: Site, assignments: Iterable[str]) -> Site:
    """The site after applying each "name=value", as on the command line.

    Raises Invalid with every problem at once.
    """
    pairs = [assignment.partition("=") for assignment in assignments]
    malformed = [
        Problem(name, "malformed", "must be written as setting=value") for name, equals, _ in pairs if not equals
    ]
    return _with_values(site, {name: text for name, equals, text in pairs if equals}, malformed)


def with_form(site: Site, texts: Mapping[str, str]) -> Site:
    """The site after applying the fields of the settings form. A list has one value per line, commas included.

    Raises Invalid with every problem at once.
    """
    return _with_values(
        site,
        {name: _lines(text) if describe_settings()[name].type == "lines" else text for name, text in texts.items()},
        [],
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _with_values(site: Site, given: Mapping[str, str | list[str]], problems: list[Problem]) -> Site:
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _adapters():
            problems.append(Problem(name, "unknown", f"is not a setting; {_suggestion(name)}"))
            continue
        try:
            values[name] = _adapters()[name].validate_python(value)
        except ValidationError as error:
            if value != as_text(getattr(site, name)):  # a stored value stays, also below a bound of a later version
                problems.append(Problem(name, "malformed", _message(error, describe_settings()[name])))
    site = replace(site, **values)
    problems += _conflicts(site, {problem.field for problem in problems})
    if problems:
        raise Invalid(problems)
    return site


def _suggestion(name: str) -> str:
    nearest = get_close_matches(name, _adapters(), n=1)
    return f"did you mean {nearest[0]}?" if nearest else f"the settings are {', '.join(_adapters())}"


def _message(error: ValidationError, setting: Setting) -> str:
    """The first error of a value as a sentence without its subject."""
    first = error.errors()[0]
    match first["type"]:
        case "value_error":
            return str(first["ctx"]["error"])
        case "literal_error" if setting.type == "some":
            return f"must be one of {setting.values}; {first['input']!r} is not"
        case "literal_error" | "bool_parsing":
            return f"must be one of {setting.values}"
        case "string_too_short" | "string_too_long":
            return "must be 1 to 100 characters long"
        case "greater_than_equal" | "less_than_equal":
            return f"must be {setting.limits}"
    return "must be a whole number" if setting.type == "integer" else "must be a number"


def _conflicts(site: Site, wrong: set[str]) -> Iterator[Problem]:
    """Problems of the id, and of settings that do not fit together."""
    if not SITE_ID.fullmatch(site.id):
        yield Problem("id", "malformed", "must be 1 to 40 of a-z, 0-9 and -")
    if site.id == RESERVED_ID:
        yield Problem("id", "reserved", f"must not be {RESERVED_ID}, which stands for all sites together")
    if site.hold_at > site.spam_at and not wrong & {"hold_at", "spam_at"}:
        yield Problem("hold_at", "range", "must not be above the spam threshold, spam_at")


def as_text(value: Any) -> str:
    """A value in the form that `with_settings` reads."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Term):
        return value.text if value.fields == VISITOR_FIELDS else f"{'+'.join(value.fields)}:{value.text}"
    if isinstance(value, RemovalReason):
        return f"{value.code}: {value.label}: {value.message}"
    if isinstance(value, tuple):
        return ",".join(_quoted(as_text(part)) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_lines(values: tuple[Any, ...]) -> str:
    """A list with one value per line, which `with_form` reads."""
    return "\n".join(as_text(value) for value in values)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or text.startswith('"') else text


def markdown_table() -> str:
    """The table of all settings for the docs."""
    rows = ["| Setting | Default | Values | Meaning |", "|---|---|---|---|"]
    for s in describe_settings().values():
        default = "five reasons" if s.name == "reasons" else f"`{s.default}`" if s.default else ""
        values = "a tag of [these languages](languages.md)" if s.name == "language" else s.values
        cells = (f"`{s.name}`", default, values, f"**{s.title}.** {s.help}")
        rows.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return "\n".join(rows) + "\n"
