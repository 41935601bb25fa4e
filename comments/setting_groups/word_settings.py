"""Settings of a site: words and profanity."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import SettingGroup, Terms, WordList, setting


@dataclass(frozen=True, kw_only=True)
class WordSettings:
    group: ClassVar = SettingGroup("words", "Words", "Words that hold comments or mark spam.", is_judged=True)

    hold_words: Annotated[
        Terms,
        setting("Words to review", "One word or phrase per line. author+url:casino looks in these fields only."),
    ] = ()
    reject_words: Annotated[
        Terms, setting("Spam words", "One word or phrase per line. They mark a comment as spam.")
    ] = ()
    match_inside_words: Annotated[
        bool,
        setting("Find these words inside longer words", "As in WordPress: “cialis” is found in “specialist”."),
    ] = False
    profanity: Annotated[
        Literal["hold", "mask", "off"],
        setting(
            "Profanity",
            "Comments that contain profane words.",
            labels=("Hold for review", "Publish with asterisks", "Allow"),
        ),
    ] = "hold"
    profanity_tier: Annotated[
        Literal["slur", "strong", "mild"],
        setting(
            "Profanity level",
            "The mildest words that count as profane.",
            labels=("Slurs only", "Strong words", "Mild words, for example “damn”"),
        ),
    ] = "strong"
    profanity_also: Annotated[WordList, setting("More profane words", "One word or phrase per line.")] = ()
    profanity_allow: Annotated[
        WordList, setting("Allowed words", "Words that do not count as profane, one per line.")
    ] = ()
