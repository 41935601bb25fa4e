"""Settings of a site: personal data, and the times for which it is kept."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import SettingGroup, setting

#: Ten years.
MAX_DAYS = 3650
_PRESETS = {"0": "For ever", "7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"}


@dataclass(frozen=True, kw_only=True)
class PrivacySettings:
    group: ClassVar = SettingGroup("privacy", "Personal data", "How long the data of commenters is kept.")

    published_days: Annotated[
        int,
        setting(
            "Published comments",
            "Counted from the last comment of their page. After that, all published comments of the page are taken "
            "down, and name, addresses and text are deleted for good. The page Personal data counts them first.",
            ge=0,
            le=MAX_DAYS,
            presets={"0": "For ever", "365": "A year", "1095": "3 years", "1825": "5 years", "3650": "10 years"},
            unit="days",
        ),
    ] = 0
    refused_days: Annotated[
        int,
        setting(
            "Text of spam and removed comments",
            "Counted from the decision. After that, name, addresses and text are deleted, and nobody can undo the "
            "decision. What the filter learned stays.",
            ge=0,
            le=MAX_DAYS,
            presets=_PRESETS,
            unit="days",
        ),
    ] = 30
    withdrawn_days: Annotated[
        int,
        setting(
            "Text of withdrawn comments",
            "Counted from the withdrawal.",
            ge=0,
            le=MAX_DAYS,
            presets=_PRESETS,
            unit="days",
        ),
    ] = 7
    details_days: Annotated[
        int,
        setting(
            "Browsers and networks",
            "Of comments of every status, from the day they were sent: user agent, referrer and keyed network.",
            ge=0,
            le=MAX_DAYS,
            presets=_PRESETS,
            unit="days",
        ),
    ] = 30
    erased_lessons: Annotated[
        Literal["unlearn", "keep"],
        setting(
            "Lessons of erased people",
            "When a person's data is erased, the filter can forget what it learned from their comments.",
            labels=("Forget them", "Keep the words that other comments also taught"),
        ),
    ] = "unlearn"
