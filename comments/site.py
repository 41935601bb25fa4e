"""Sites with their settings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from .setting_values import (
    LANGUAGES,
    MAX_REPORTS,
    REMOVAL_REASONS,
    FieldNames,
    LanguageTag,
    Number,
    Origins,
    PageSpellings,
    RemovalReasons,
    ShortText,
    Terms,
    TrapField,
    WordList,
    setting,
)

#: Headings of the settings form, in its order.
COMMENTING, REVIEW, MODERATORS = "Commenting", "Review and spam", "Moderators"

#: Events that a webhook can subscribe to: a comment that readers now see, and every other decision.
WEBHOOK_EVENTS = ("published", "decision")


@dataclass(frozen=True, slots=True)
class SiteKey:
    """An API key of the site's own server; only its SHA-256 is stored."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A URL that receives events. Its secrets are derived from its keys (`Pseudonyms.webhook_secret`)."""

    id: str
    url: str
    created: datetime
    keys: tuple[str, ...]  # the newest first; each one signs
    events: tuple[str, ...] = WEBHOOK_EVENTS
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A website and its settings. The defaults suit a small blog.

    A field with `setting(...)` is a setting: the settings form, the command line, the checks and the docs are made
    from these lines. Give a new setting a default: it applies to sites stored before.
    """

    id: str
    name: Annotated[ShortText, setting(COMMENTING, "Name", "Readers and moderators see it.")]
    created: datetime
    origins: Annotated[
        Origins,
        setting(
            COMMENTING,
            "Origins",
            "Addresses of your pages, one per line, for example https://blog.example. Only these pages may post.",
        ),
    ] = ()
    keys: tuple[SiteKey, ...] = ()
    language: Annotated[
        LanguageTag,
        setting(
            COMMENTING,
            "Language",
            "Of forms, status pages and emails, unless the page that links to them names one.",
            choices=LANGUAGES,
        ),
    ] = ""
    required: Annotated[
        FieldNames,
        setting(
            COMMENTING,
            "Required fields",
            "Fields that a commenter must fill in, separated by commas: author, email, url, content.",
        ),
    ] = ("author", "email", "content")
    moderation: Annotated[
        Literal["all", "first", "unsure", "suspicious"],
        setting(
            REVIEW,
            "Comments to review",
            "These comments wait for a moderator before they are published.",
            labels=("All", "Each author's first", "Each author's first, unless surely no spam", "Suspicious ones"),
        ),
    ] = field(default="unsure", metadata={"stored_default": "first"})  # "first" was the default before "unsure" existed
    max_content: Annotated[
        int,
        # With 15,000 characters of up to four bytes a submission still fits into the largest request body.
        setting(COMMENTING, "Longest comment", "In characters.", ge=1, le=15_000),
    ] = 10_000
    max_links: Annotated[
        int,
        setting(REVIEW, "Links", "From this number of links on, a comment looks like advertising.", ge=0),
    ] = field(default=4, metadata={"stored_default": 2})
    close_after_days: Annotated[
        int, setting(COMMENTING, "Close threads after", "Days after a thread's first comment. 0 never closes it.", ge=0)
    ] = 0
    per_minute: Annotated[
        int,
        setting(COMMENTING, "Rate limit", "Comments and reports per minute from one network. 0 is no limit.", ge=0),
    ] = 10
    reports_hold: Annotated[
        int,
        setting(
            REVIEW,
            "Reports",
            "Hold a comment after plausible reports from this many networks, unless a moderator approved it. "
            "0 never does.",
            ge=0,
            le=MAX_REPORTS,
        ),
    ] = 3
    removed_replies: Annotated[
        Literal["keep", "hide"],
        setting(
            REVIEW, "Replies to removed comments", "Keep them below a note, or hide them.", labels=("Keep", "Hide")
        ),
    ] = "keep"
    edit_seconds: Annotated[
        int, setting(COMMENTING, "Time to edit", "Seconds in which authors may edit a comment. 0 turns it off.", ge=0)
    ] = 900
    max_pending: Annotated[
        int,
        setting(
            COMMENTING,
            "Queued comments",
            "Largest number of comments that wait for the filters. More submissions get the answer 503.",
            ge=1,
        ),
    ] = 20_000
    hold_words: Annotated[
        Terms,
        setting(
            REVIEW, "Words to review", "One word or phrase per line. author+url:casino looks in these fields only."
        ),
    ] = ()
    reject_words: Annotated[
        Terms, setting(REVIEW, "Spam words", "One word or phrase per line. They mark a comment as spam.")
    ] = ()
    match_inside_words: Annotated[
        bool,
        setting(REVIEW, "Find these words inside longer words", "As in WordPress: “cialis” is found in “specialist”."),
    ] = False
    profanity: Annotated[
        Literal["hold", "mask", "off"],
        setting(
            REVIEW,
            "Profanity",
            "Comments that contain profane words.",
            labels=("Hold for review", "Publish with asterisks", "Allow"),
        ),
    ] = "hold"
    profanity_tier: Annotated[
        Literal["slur", "strong", "mild"],
        setting(
            REVIEW,
            "Profanity level",
            "The mildest words that count as profane.",
            labels=("Slurs only", "Strong words", "Mild words, for example “damn”"),
        ),
    ] = "strong"
    profanity_also: Annotated[WordList, setting(REVIEW, "More profane words", "One word or phrase per line.")] = ()
    profanity_allow: Annotated[
        WordList, setting(REVIEW, "Allowed words", "Words that do not count as profane, one per line.")
    ] = ()
    toxicity: Annotated[
        Literal["blatant", "clear", "possible", "off"],
        setting(
            REVIEW,
            "Attacks on people",
            "Of 1,000 comments of a newspaper, blatant holds 2, clear 12 and possible 33.",
            labels=("Hold blatant attacks", "Hold clear attacks", "Hold possible attacks", "Allow"),
        ),
    ] = "blatant"
    trap_field: Annotated[
        TrapField,
        setting(
            COMMENTING, "Honeypot field", "Name of the hidden field in the forms of this site. People leave it empty."
        ),
    ] = "website"
    form_token: Annotated[
        Literal["off", "expected"],
        setting(
            COMMENTING,
            "Form tokens",
            "Expect them if every form of this site sends one: a missing token then counts against a comment.",
            labels=("Optional", "Expected"),
        ),
    ] = "off"  # noqa: S105 -- no password
    proof_of_work: Annotated[
        Literal["off", "auto"],
        setting(
            COMMENTING,
            "Proof of work",
            "Automatic: forms ask for it while the site is flooded.",
            labels=("Off", "Automatic"),
        ),
    ] = "off"
    hold_at: Annotated[Number, setting(REVIEW, "Review threshold", "Points from which a comment is held.")] = 3.0
    spam_at: Annotated[Number, setting(REVIEW, "Spam threshold", "Points from which a comment is marked as spam.")] = (
        8.0
    )
    refusals: Annotated[
        Literal["none", "1 in 3000", "1 in 1000", "1 in 100"],
        setting(
            REVIEW,
            "Learned spam",
            "Largest share of legitimate comments that the learned filter may mark as spam.",
            labels=("None: it only holds comments", "1 in 3,000", "1 in 1,000", "1 in 100"),
        ),
    ] = "1 in 1000"
    audit_share: Annotated[
        Number,
        setting(REVIEW, "Spot checks", "Share of automatic decisions that moderators check. 0.02 is 2 %.", ge=0, le=1),
    ] = 0.02
    hide_emails: Annotated[
        bool, setting(MODERATORS, "Hide email addresses from moderators", "Owners always see them.")
    ] = False
    staff_tokens: Annotated[
        bool,
        setting(
            COMMENTING,
            "Accept the role staff from your site",
            "Signed users with the role staff get the staff badge, and their comments are not held.",
        ),
    ] = False
    user_keys: tuple[str, ...] = ()  # ids of the keys that sign users, the newest first
    webhooks: tuple[Webhook, ...] = ()
    reasons: Annotated[
        RemovalReasons,
        setting(MODERATORS, "Removal reasons", "One per line, as code: label: text for the author. At most nine."),
    ] = REMOVAL_REASONS
    same_page: Annotated[
        PageSpellings,
        setting(COMMENTING, "Same page", "What may differ: scheme (http), www, slash (at the end), index (.html)."),
    ] = ("scheme", "www", "slash", "index")
    ignored_parameters: Annotated[
        WordList, setting(COMMENTING, "Ignored parameters", "Of addresses, one per line. ref_* is all with ref_.")
    ] = ()
