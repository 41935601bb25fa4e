"""Changes of settings in words, from the text in which audit entries store them."""

import csv

from .settings import Setting, describe_settings

#: Longest text of one value, and number of list entries that are named.
LONGEST_SETTING, NAMED_ENTRIES = 80, 5


def setting_change(name: str, before: str, after: str) -> str:
    """Return the change of a setting, such as "changed ‘Longest comment’ from 10,000 to 5,000"."""
    setting = describe_settings().get(name)
    title = setting.title if setting else name
    if setting and setting.type == "boolean" and {before, after} == {"yes", "no"}:
        return f"turned {'on' if after == 'yes' else 'off'} ‘{title}’"
    if setting and setting.type in ("lines", "array"):
        return f"changed ‘{title}’: {_list_change(before, after)}"
    return f"changed ‘{title}’ from {value_text(setting, before)} to {value_text(setting, after)}"


def value_text(setting: Setting | None, value: str) -> str:
    """Return a stored value for people: the label of a choice, a number with commas, or quoted text."""
    if not value:
        return "nothing"
    if setting and value in setting.choices:
        return f"“{setting.choices[value]}”"
    if setting and setting.type == "integer" and value.lstrip("-").isdecimal():
        return f"{int(value):,}"
    if setting and setting.type in ("integer", "number"):
        return value
    return f"“{_cut(value)}”"


def _list_change(before: str, after: str) -> str:
    old, new = _entries(before), _entries(after)
    added, removed = [e for e in new if e not in old], [e for e in old if e not in new]
    changes = [f"{verb} {_named(entries)}" for verb, entries in (("added", added), ("removed", removed)) if entries]
    return ", ".join(changes) or "the order"


def _entries(text: str) -> list[str]:
    """Read a list as `as_text` writes it."""
    return next(csv.reader([text.replace("\n", " ")]), []) if text else []


def _named(entries: list[str]) -> str:
    named = ", ".join(f"“{_cut(entry)}”" for entry in entries[:NAMED_ENTRIES])
    rest = len(entries) - NAMED_ENTRIES
    return f"{named} and {rest} more" if rest > 0 else named


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SETTING else text[: LONGEST_SETTING - 1] + "…"
