"""Settings of a site: who may comment."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import FieldNames, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class CommentingSettings:
    group: ClassVar = SettingGroup("commenting", "Who may comment", "What a comment needs, and when threads close.")

    required: Annotated[
        FieldNames,
        setting(
            "Required fields",
            "Fields that a commenter must fill in.",
            labels=("Name", "Email address", "Website", "Comment"),
        ),
    ] = ("author", "email", "content")
    max_content: Annotated[
        int,
        # With 15,000 characters of up to four bytes a submission still fits into the largest request body.
        setting("Longest comment", "Longer ones are refused.", ge=1, le=15_000, unit="characters"),
    ] = 10_000
    close_after_days: Annotated[
        int,
        setting(
            "Close threads",
            "Counted in days from a thread's first comment.",
            ge=0,
            presets={
                "0": "Never",
                "14": "After 2 weeks",
                "30": "After a month",
                "90": "After 3 months",
                "365": "After a year",
            },
            unit="days",
        ),
    ] = 0
    per_minute: Annotated[
        int,
        setting(
            "Rate limit",
            "Comments and reports from one network.",
            ge=0,
            presets={"0": "No limit", "5": "5 per minute", "10": "10 per minute", "30": "30 per minute"},
            unit="per minute",
        ),
    ] = 10
    proof_of_work: Annotated[
        Literal["off", "auto"],
        setting(
            "Proof of work",
            "Browsers solve a small puzzle before they send a comment.",
            labels=("Never", "While the site is flooded"),
        ),
    ] = "off"
    staff_tokens: Annotated[
        bool,
        setting(
            "Accept the role staff from your site",
            "Signed users with the role staff get the staff badge, and need no approval. What else holds a comment "
            "holds theirs.",
        ),
    ] = False
