"""Settings of a site: who may comment."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import FieldNames, SettingGroup, setting


@dataclass(frozen=True, kw_only=True)
class CommentingSettings:
    group: ClassVar = SettingGroup("commenting", "Who may comment")

    required: Annotated[
        FieldNames,
        setting(
            "Required fields",
            "Fields that a commenter must fill in, separated by commas: author, email, url, content.",
        ),
    ] = ("author", "email", "content")
    max_content: Annotated[
        int,
        # With 15,000 characters of up to four bytes a submission still fits into the largest request body.
        setting("Longest comment", "In characters.", ge=1, le=15_000),
    ] = 10_000
    close_after_days: Annotated[
        int, setting("Close threads after", "Days after a thread's first comment. 0 never closes it.", ge=0)
    ] = 0
    per_minute: Annotated[
        int,
        setting("Rate limit", "Comments and reports per minute from one network. 0 is no limit.", ge=0),
    ] = 10
    proof_of_work: Annotated[
        Literal["off", "auto"],
        setting(
            "Proof of work",
            "Automatic: forms ask for it while the site is flooded.",
            labels=("Off", "Automatic"),
        ),
    ] = "off"
    staff_tokens: Annotated[
        bool,
        setting(
            "Accept the role staff from your site",
            "Signed users with the role staff get the staff badge, and their comments are not held.",
        ),
    ] = False
