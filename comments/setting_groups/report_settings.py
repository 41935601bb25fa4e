"""Settings of a site: reports and edits."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import MAX_REPORTS, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class ReportSettings:
    group: ClassVar = SettingGroup("report", "Reports and edits")

    reports_hold: Annotated[
        int,
        setting(
            "Reports",
            "Hold a comment after plausible reports from this many networks, unless a moderator approved it. "
            "0 never does.",
            ge=0,
            le=MAX_REPORTS,
        ),
    ] = 3
    removed_replies: Annotated[
        Literal["keep", "hide"],
        setting("Replies to removed comments", "Keep them below a note, or hide them.", labels=("Keep", "Hide")),
    ] = "keep"
    edit_seconds: Annotated[
        int, setting("Time to edit", "Seconds in which authors may edit a comment. 0 turns it off.", ge=0)
    ] = 900
