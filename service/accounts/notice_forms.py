"""Read the choices of a receiver of notices from a form, and prepare them for the template."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from comments.errors import Invalid, Problem
from comments.moderator_notices import (
    FREQUENCY_LABELS,
    MAX_PER_HOUR,
    TOPIC_LABELS,
    NoticeChoice,
    NoticeFrequency,
    NoticeTopic,
    time_zone_names,
)

HOURS = range(24)


def choice_options(topics: Sequence[NoticeTopic]) -> Mapping[str, Any]:
    """Return what the fields of the form can be, for the template."""
    return {
        "frequencies": [(each.value, label) for each, label in FREQUENCY_LABELS.items()],
        "topics": [(each.value, TOPIC_LABELS[each]) for each in topics],
        "hours": [(str(hour), f"{hour:02d}:00") for hour in HOURS],
        "zones": [(name, name.replace("_", " ")) for name in time_zone_names()],
        "max_per_hour": MAX_PER_HOUR,
    }


def choice_from_form(allowed: Sequence[NoticeTopic]) -> NoticeChoice:
    """Return the choices in the current request's form. Raises Invalid with every problem."""
    form, problems = request.form, list[Problem]()
    frequency = form.get("frequency", NoticeFrequency.OFF.value)
    if frequency not in set(NoticeFrequency):
        problems.append(Problem("frequency", "unknown", "is unknown"))
    topics = tuple(topic for topic in allowed if topic.value in form.getlist("topics"))
    if not topics and frequency != NoticeFrequency.OFF:
        problems.append(Problem("topics", "required", "needs at least one topic"))
    zone = form.get("time_zone", "UTC")
    if zone not in time_zone_names():
        problems.append(Problem("time_zone", "unknown", "is unknown"))
    hours = {name: _number(name, 0, 23, problems) for name in ("hour", "quiet_from", "quiet_to")}
    per_hour = _number("per_hour", 1, MAX_PER_HOUR, problems)
    if problems:
        raise Invalid(problems)
    return NoticeChoice(
        NoticeFrequency(frequency),
        topics,
        hours["hour"],
        zone,
        hours["quiet_from"],
        hours["quiet_to"],
        per_hour,
        "with_text" in form,
        "with_links" in form,
    )


def _number(name: str, least: int, most: int, problems: list[Problem]) -> int:
    text = request.form.get(name, "")
    if text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= most:
        return int(text)
    problems.append(Problem(name, "malformed", f"must be from {least} to {most}"))
    return least
