"""Settings of a site: advanced."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from comments.setting_values import Number, PageSpellings, SettingGroup, TrapField, WordList, setting


@dataclass(frozen=True, kw_only=True)
class AdvancedSettings:
    group: ClassVar = SettingGroup("advanced", "Advanced", "Change these only with a reason.", is_judged=True)

    hold_at: Annotated[Number, setting("Review threshold", "From this score on, a comment is held.", unit="points")] = (
        3.0
    )
    spam_at: Annotated[
        Number, setting("Spam threshold", "From this score on, a comment is marked as spam.", unit="points")
    ] = 8.0
    max_pending: Annotated[
        int,
        setting(
            "Queued comments",
            "Largest number of comments that wait for the filters. More submissions get the answer 503.",
            ge=1,
            unit="comments",
        ),
    ] = 20_000
    megabytes_per_hour: Annotated[
        int,
        setting(
            "Text limit",
            "Comments from one network in an hour: 2 MB are 3,000 ordinary comments, or 66 of the longest.",
            ge=1,
            le=100_000,
            unit="MB per hour",
        ),
    ] = 2
    trap_field: Annotated[
        TrapField,
        setting("Honeypot field", "Name of the hidden field in the forms of this site. People leave it empty."),
    ] = "website"
    form_token: Annotated[
        Literal["off", "expected"],
        setting(
            "Form tokens",
            "Expect them if every form of this site sends one: a missing token then counts against a comment.",
            labels=("Optional", "Expected"),
        ),
    ] = "off"  # noqa: S105 -- no password
    same_page: Annotated[
        PageSpellings,
        setting(
            "Addresses of one page",
            "Two addresses are the same page if they differ only in this.",
            labels=("HTTP and HTTPS", "“www.” at the beginning", "A slash at the end", "“index.html” at the end"),
        ),
    ] = ("scheme", "www", "slash", "index")
    ignored_parameters: Annotated[
        WordList, setting("Ignored parameters", "In addresses of pages, one per line. ref_* is every name with ref_.")
    ] = ()
