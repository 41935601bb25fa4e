"""Settings of a site: reports and edits."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import MAX_REPORTS, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class ReportSettings:
    group: ClassVar = SettingGroup("reports", "Reports and edits", "What readers report, and what authors change.")

    reports_hold: Annotated[
        int,
        setting(
            "Review a reported comment",
            "Counted are plausible reports of different networks. A comment that a moderator approved stays.",
            ge=0,
            le=MAX_REPORTS,
            presets={"0": "Never", "1": "After 1 report", "3": "After 3 reports", "5": "After 5 reports"},
            unit="reports",
        ),
    ] = 3
    removed_replies: Annotated[
        Literal["keep", "hide"],
        setting(
            "Replies to removed comments",
            "Kept replies stay below a note that the comment was removed.",
            labels=("Keep", "Hide"),
        ),
    ] = "keep"
    edit_seconds: Annotated[
        int,
        setting(
            "Authors may edit",
            "Edits are checked like new comments. Authors can always withdraw a comment.",
            ge=0,
            presets={
                "0": "Never",
                "300": "For 5 minutes",
                "900": "For 15 minutes",
                "3600": "For an hour",
                "86400": "For a day",
            },
            unit="seconds",
        ),
    ] = 900
