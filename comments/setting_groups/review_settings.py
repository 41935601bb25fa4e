"""Settings of a site: review."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from comments.setting_values import REMOVAL_REASONS, Number, RemovalReasons, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class ReviewSettings:
    group: ClassVar = SettingGroup("review", "Review")

    moderation: Annotated[
        Literal["all", "first", "unsure", "suspicious"],
        setting(
            "Comments to review",
            "These comments wait for a moderator before they are published.",
            labels=("All", "Each author's first", "Each author's first, unless surely no spam", "Suspicious ones"),
        ),
    ] = field(default="unsure", metadata={"stored_default": "first"})  # "first" was the default before "unsure" existed
    toxicity: Annotated[
        Literal["blatant", "clear", "possible", "off"],
        setting(
            "Attacks on people",
            "Of 1,000 comments of a newspaper, blatant holds 2, clear 12 and possible 33.",
            labels=("Hold blatant attacks", "Hold clear attacks", "Hold possible attacks", "Allow"),
        ),
    ] = "blatant"
    max_links: Annotated[
        int,
        setting("Links", "From this number of links on, a comment looks like advertising.", ge=0),
    ] = field(default=4, metadata={"stored_default": 2})
    refusals: Annotated[
        Literal["none", "1 in 3000", "1 in 1000", "1 in 100"],
        setting(
            "Learned spam",
            "Largest share of legitimate comments that the learned filter may mark as spam.",
            labels=("None: it only holds comments", "1 in 3,000", "1 in 1,000", "1 in 100"),
        ),
    ] = "1 in 1000"
    audit_share: Annotated[
        Number,
        setting("Spot checks", "Share of automatic decisions that moderators check. 0.02 is 2 %.", ge=0, le=1),
    ] = 0.02
    hide_emails: Annotated[bool, setting("Hide email addresses from moderators", "Owners always see them.")] = False
    reasons: Annotated[
        RemovalReasons,
        setting("Removal reasons", "One per line, as code: label: text for the author. At most nine."),
    ] = REMOVAL_REASONS
