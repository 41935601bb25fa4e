"""Sites with their settings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar

from .chat_receivers import ChatReceiver
from .setting_groups.advanced_settings import AdvancedSettings
from .setting_groups.commenting_settings import CommentingSettings
from .setting_groups.notice_settings import NoticeSettings
from .setting_groups.privacy_settings import PrivacySettings
from .setting_groups.program_settings import ProgramSettings
from .setting_groups.report_settings import ReportSettings
from .setting_groups.review_settings import ReviewSettings
from .setting_groups.word_settings import WordSettings
from .setting_values import LANGUAGES, SECRET, LanguageTag, Origins, SettingGroup, ShortText, setting

#: Events that a webhook can subscribe to: a comment that readers now see, and every other decision.
WEBHOOK_EVENTS = ("published", "decision")


@dataclass(frozen=True, slots=True)
class SiteKey:
    """An API key of the site's own server; only its SHA-256 is stored."""

    id: str
    digest: str
    only_checks: bool = False  # it may check comments of other programs, and nothing else
    name: str = ""  # chosen by an owner


@dataclass(frozen=True, slots=True)
class Webhook:
    """A URL that receives events. Its secrets are derived from its keys (`Pseudonyms.webhook_secret`)."""

    id: str
    url: str = field(repr=False, metadata=SECRET)
    created: datetime
    keys: tuple[str, ...]  # the newest first; each one signs
    events: tuple[str, ...] = WEBHOOK_EVENTS
    enabled: bool = True


@dataclass(frozen=True)
class Site(
    CommentingSettings,
    ReviewSettings,
    WordSettings,
    ReportSettings,
    NoticeSettings,
    PrivacySettings,
    ProgramSettings,
    AdvancedSettings,
):
    """A website and its settings. The defaults suit a small blog.

    A field with `setting(...)` is a setting: the settings form, the command line, the checks and the docs are made
    from these lines. Most settings are in `setting_groups`, one module for each page of the form; this class has those
    of the first page. Give a new setting a default: it applies to sites stored before.
    """

    group: ClassVar = SettingGroup("site", "Site", "Name, addresses and language.")

    id: str
    name: Annotated[ShortText, setting("Name", "Readers and moderators see it.")]
    created: datetime
    origins: Annotated[
        Origins,
        setting(
            "Addresses",
            "One per line, for example https://blog.example. Only pages of these addresses may post comments.",
        ),
    ] = ()
    language: Annotated[
        LanguageTag,
        setting(
            "Language",
            "Of forms, status pages and emails, unless the page that links to them names one.",
            choices=LANGUAGES,
        ),
    ] = ""
    paused: Annotated[
        bool,
        setting("Pause new comments", "Readers see the comments, but can send no new ones. Moderators work as usual."),
    ] = False
    keys: tuple[SiteKey, ...] = ()
    user_keys: tuple[str, ...] = ()  # ids of the keys that sign users, the newest first
    akismet_keys: tuple[str, ...] = ()  # ids of the keys of the Akismet API, the newest first
    #: Signing keys of Coral's moderation phase, the newest first. An import without secrets has "" in their place.
    coral_keys: tuple[str, ...] = field(repr=False, default=(), metadata=SECRET)
    webhooks: tuple[Webhook, ...] = ()
    chat_receivers: tuple[ChatReceiver, ...] = ()
    deleted: datetime | None = None  # from then on only owners see the site; see `site_deletion`
