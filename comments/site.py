"""Sites with their settings, and the people who moderate them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

#: What a visitor fills in, in the order a form shows it.
VISITOR_FIELDS = ("author", "email", "url", "content")

SITE_CHOICES: Mapping[str, tuple[str, ...]] = {
    "moderation": ("all", "first", "suspicious"),
    "refusals": ("none", "1 in 3000", "1 in 1000", "1 in 100"),
    "profanity": ("hold", "mask", "off"),
    "profanity_tier": ("slur", "strong", "mild"),
    "toxicity": ("blatant", "clear", "possible", "off"),
    "form_token": ("off", "expected"),
    "proof_of_work": ("off", "auto"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a moderator removes a comment: `label` for moderators, `told` for its author, in words that hurt nobody."""

    code: str
    label: str
    told: str


REASONS = (
    Reason("off-topic", "Off topic", "It is not about what the page is about."),
    Reason("tone", "Tone", "Its tone is not what we want here. You are welcome to say it in other words."),
    Reason("private", "Private", "It tells something private about somebody."),
    Reason("advertising", "Advertising", "It advertises something."),
    Reason("repeated", "Repeated", "It was said here before."),
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase a site watches for, in the fields it names."""

    text: str
    fields: tuple[str, ...] = VISITOR_FIELDS


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A key with which the site's own server authenticates; only its SHA-256 is kept."""

    id: str
    digest: str


#: What a webhook may be told of: a comment that readers see from now on, and every other decision.
WEBHOOK_EVENTS = ("published", "decision")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A web address that is told of events. Its secrets follow from its keys (`Pseudonyms.webhook_secret`)."""

    id: str
    url: str
    created: datetime
    keys: tuple[str, ...]  # the newest first; each of them signs
    events: tuple[str, ...] = WEBHOOK_EVENTS
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A website and its own choices. Every choice has a default that suits a small blog."""

    id: str  # 1 to 40 of a-z, 0-9 and "-"
    name: str
    created: datetime
    origins: tuple[str, ...] = ()  # "https://example.com"; pages of these may post and be linked back to
    keys: tuple[SiteKey, ...] = ()
    required: tuple[str, ...] = ("author", "email", "content")
    moderation: str = "first"  # hold "all", the "first" comment of an author, or only the "suspicious"
    max_content: int = 10_000  # characters
    max_links: int = 2  # links from which on a comment looks like advertising
    close_after_days: int = 0  # threads close this long after their first comment; 0: never
    per_minute: int = 10  # submissions and reports of one origin; 0: no limit
    reports_hold: int = 3  # networks that reported a comment, from which on a person looks; 0: never
    edit_seconds: int = 900  # in which an author may change a comment; 0: never
    max_pending: int = 20_000  # undecided comments
    hold_words: tuple[Term, ...] = ()
    reject_words: tuple[Term, ...] = ()
    match_inside_words: bool = False  # WordPress's way: "cialis" is then found in "specialist"
    profanity: str = "hold"  # "hold", "mask" (published with asterisks) or "off"
    profanity_tier: str = "strong"  # the mildest words that are profane: "slur", "strong" or "mild"
    profanity_also: tuple[str, ...] = ()
    profanity_allow: tuple[str, ...] = ()
    toxicity: str = "blatant"  # attacks to hold: the "blatant", the "clear", the "possible", or none ("off")
    trap_field: str = "website"  # name of the honeypot field in this site's forms
    form_token: str = "off"  # "expected": every form of the site sends one  # noqa: S105 -- no secret
    proof_of_work: str = "off"  # "auto": forms ask for it while the site is flooded
    hold_at: float = 3.0  # points
    spam_at: float = 8.0  # points
    refusals: str = "1 in 1000"  # honest replies that what was learned may refuse, at most; "none": it only holds
    audit_share: float = 0.02  # of what the filters would settle alone, shown to a person; 0: none
    hide_emails: bool = False  # from moderators; owners see them
    webhooks: tuple[Webhook, ...] = ()
    reasons: tuple[Reason, ...] = REASONS  # nine at most: each has a key


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. `roles` maps a site's id to what they may do there."""

    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    password: str = ""  # argon2id hash; "" until one is chosen
    operator: bool = False  # sees the ops page
    codes: str = ""  # salt of the authenticator's secret; "" while signing in takes no code
    code_used: int = 0  # step of the last code that was taken: none works twice
    recovery: tuple[str, ...] = ()  # digests of the codes for when the authenticator is lost
