"""Settings as fields of a form: one page for each group, what a browser sends, and what changed since."""

from collections.abc import Iterable, Mapping
from functools import cache

from werkzeug.datastructures import MultiDict

from comments.pseudonyms import digest
from comments.setting_values import SettingGroup
from comments.site import Site

from .settings import Setting, as_lines, as_text, describe_settings

#: Choice of a preset field that stands for another value, which is in the field `name` + `OWN_FIELD`.
OWN = "own"
OWN_FIELD = ".own"


@cache
def setting_groups() -> Mapping[str, SettingGroup]:
    """Return the pages of the settings form by name, in their order."""
    groups: list[SettingGroup] = [vars(cls)["group"] for cls in Site.__mro__ if "group" in vars(cls)]
    return {group.name: group for group in groups}


@cache
def settings_of(group: str) -> tuple[Setting, ...]:
    """Return the settings of a group, in the order of their declaration."""
    return tuple(s for s in describe_settings().values() if s.group.name == group)


def stored_texts(site: Site, settings: Iterable[Setting]) -> dict[str, str]:
    """Return the values of a site as the form shows them."""
    return {s.name: _text(getattr(site, s.name), s) for s in settings}


def _text(value: object, setting: Setting) -> str:
    return as_lines(value) if setting.type == "lines" and isinstance(value, tuple) else as_text(value)


def typed_texts(form: MultiDict[str, str], settings: Iterable[Setting]) -> dict[str, str]:
    """Return the values that a browser sent. A box that is not checked is not sent."""
    return {s.name: _typed(form, s) for s in settings}


def _typed(form: MultiDict[str, str], setting: Setting) -> str:
    name = setting.name
    if setting.type == "boolean":
        return form.get(name, "no")
    if setting.type == "some":
        return ",".join(form.getlist(name))
    if setting.presets and form.get(name, OWN) == OWN:
        return form.get(name + OWN_FIELD, "")
    return form.get(name, "")


def differing_texts(
    stored: Mapping[str, str], typed: Mapping[str, str], settings: Iterable[Setting]
) -> Mapping[str, str]:
    """Return the stored values that differ from the typed ones, in the words of the form, by name."""
    changed = [s for s in settings if stored[s.name].splitlines() != typed[s.name].splitlines()]
    return {s.name: _in_words(stored[s.name], s) for s in changed}


def _in_words(text: str, setting: Setting) -> str:
    if setting.type == "boolean":
        return "Yes" if text == "yes" else "No"
    if setting.type == "some":
        return ", ".join(setting.choices[value] for value in text.split(",") if value) or "None"
    return setting.choices.get(text) or setting.presets.get(text) or ", ".join(text.splitlines()) or "Empty"


def group_version(site: Site, settings: Iterable[Setting]) -> str:
    """Return a digest of these settings; it differs as soon as one of them does."""
    return digest(*(as_text(getattr(site, s.name)) for s in settings))
