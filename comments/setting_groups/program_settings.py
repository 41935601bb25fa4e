"""Settings of a site: other programs that ask about their comments."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class ProgramSettings:
    group: ClassVar = SettingGroup("programs", "Other programs", "Checks of comments that other programs keep.")

    check_days: Annotated[
        int,
        setting(
            "Time to keep checks",
            "Comments that other programs had checked are stored for so long, so that they can send feedback.",
            ge=1,
            le=90,
            unit="days",
        ),
    ] = 15
    checks_per_minute: Annotated[
        int,
        setting(
            "Checks",
            "Of all programs together, over all APIs. 0 means no limit.",
            ge=0,
            unit="a minute",
        ),
    ] = 6_000
    max_checks: Annotated[
        int,
        setting(
            "Stored checks",
            "Largest number. Beyond it the oldest answered ones are deleted. Checks that wait for a judge stay.",
            ge=1_000,
            unit="checks",
        ),
    ] = 100_000
    akismet_review: Annotated[
        Literal["spam", "ham"],
        setting(
            "Akismet API: comments that need review",
            "Akismet knows only spam and no spam. WordPress leaves these comments to a moderator in both cases. Most "
            "other programs keep spam for a moderator, and publish the rest.",
            labels=("Answer “spam”", "Answer “no spam”"),
        ),
    ] = "spam"
