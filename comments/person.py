"""The people who moderate sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from .moderator_notices import NoticeChoice, SiteNotices
from .saved_views import SavedView


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key with which a program uses the API as this person; only its SHA-256 is stored."""

    id: str
    digest: str
    name: str = ""  # chosen by the person


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in. `roles` maps the id of a site to the person's role there."""

    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    password: str = ""  # argon2id hash; "" until the person chooses one
    operator: bool = False  # may see the operations pages
    totp_salt: str = field(default="", metadata={"stored": "codes"})  # "" without two-factor authentication
    last_totp_step: int = field(default=0, metadata={"stored": "code_used"})  # no code works twice
    recovery_digests: tuple[str, ...] = field(default=(), metadata={"stored": "recovery"})  # of the unused codes
    setup: str = ""  # site and step of the set-up that the person is at; "done" after it; "" before
    display_name: str = ""  # name that readers see on the person's replies; "" until the person chooses one
    email: str = ""  # address for notices; nothing but the request to confirm it is sent before it is confirmed
    email_confirmed: bool = False
    notices: tuple[SiteNotices, ...] = ()  # choices, one for each site that the person changed
    chat_users: tuple[str, ...] = ()  # linked accounts, such as "telegram:123" or "slack:T1:U2"

    views: tuple[SavedView, ...] = ()  # of lists of comments, on all sites
    api_keys: tuple[PersonKey, ...] = ()

    def moderates(self, site: str) -> bool:
        return self.roles.get(site) in ("moderator", "owner")

    def owns(self, site: str) -> bool:
        return self.roles.get(site) == "owner"

    def without_site(self, site: str) -> Self:
        """The person without what belongs to a site: role, notices, saved views and its set-up."""
        return replace(
            self,
            setup="" if self.setup.startswith(f"{site}/") else self.setup,
            roles={id: role for id, role in self.roles.items() if id != site},
            notices=tuple(each for each in self.notices if each.site != site),
            views=tuple(view for view in self.views if view.site != site),
        )

    def notice_choice(self, site: str) -> NoticeChoice:
        """Return the person's choices for a site. By default nothing is sent."""
        return next((each.choice for each in self.notices if each.site == site), NoticeChoice())
