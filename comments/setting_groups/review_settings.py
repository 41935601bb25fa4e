"""Settings of a site: review."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from comments.setting_values import REMOVAL_REASONS, CannedReplies, Number, RemovalReasons, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class ReviewSettings:
    group: ClassVar = SettingGroup(
        "review", "Review", "What is published at once, and what waits for you.", is_judged=True
    )

    moderation: Annotated[
        Literal["all", "first", "unsure", "suspicious"],
        setting(
            "Publish first-time commenters",
            "Suspicious comments wait for a moderator in any case.",
            labels=("Never, and review all other comments too", "Never", "When the filter is sure", "Always"),
        ),
    ] = field(default="unsure", metadata={"stored_default": "first"})  # "first" was the default before "unsure" existed
    toxicity: Annotated[
        Literal["blatant", "clear", "possible", "off"],
        setting(
            "Attacks on people",
            "Of 1,000 comments of a newspaper, 1 is a blatant attack at most, 14 are clear and 45 possible ones.",
            labels=("Hold blatant attacks", "Hold clear attacks", "Hold possible attacks", "Allow"),
        ),
    ] = "blatant"
    max_links: Annotated[
        int,
        setting(
            "Links",
            "From this number of links on, a comment looks like advertising.",
            ge=0,
            presets={"1": "1 link", "2": "2 links", "4": "4 links", "10": "10 links"},
            unit="links",
        ),
    ] = field(default=4, metadata={"stored_default": 2})
    refusals: Annotated[
        Literal["none", "1 in 3000", "1 in 1000", "1 in 100"],
        setting(
            "Learned spam",
            "Honest comments that the learned filter may mark as spam at most.",
            labels=("None: it only asks for a review", "1 in 3,000", "1 in 1,000", "1 in 100"),
        ),
    ] = "1 in 1000"
    audit_share: Annotated[
        Number,
        setting(
            "Spot checks",
            "Share of automatic decisions that moderators look at. 0.02 is 2 %.",
            ge=0,
            le=1,
            presets={"0": "None", "0.01": "1 %", "0.02": "2 %", "0.05": "5 %", "0.1": "10 %"},
            unit="of 1",
        ),
    ] = 0.02
    assistant_actions: Annotated[
        int,
        setting(
            "Decisions by assistants",
            "How many comments a program with the role assistant may decide in an hour. Each decision can be undone.",
            ge=0,
            le=1000,
            presets={"0": "None: it only proposes", "10": "10", "60": "60"},
            unit="in an hour",
        ),
    ] = 0
    hide_emails: Annotated[bool, setting("Hide email addresses from moderators", "Owners always see them.")] = False
    reasons: Annotated[
        RemovalReasons,
        setting("Removal reasons", "One per line, as code: label: text for the author. At most nine."),
    ] = REMOVAL_REASONS
    canned_replies: Annotated[
        CannedReplies,
        setting(
            "Canned replies",
            "Texts to choose from when a moderator replies. One per line, as title: text. "
            "{name}, {article} and {site} are replaced.",
        ),
    ] = ()
