"""Members of a site in an export: people with their role there, and what they chose for it."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, cast

from pydantic import StringConstraints

from comments.moderator_notices import NoticeChoice, SiteNotices
from comments.person import Person, PersonKey
from comments.saved_views import SavedView
from comments.setting_values import SECRET


@dataclass(frozen=True, slots=True)
class Member:
    """A person as one site knows them. The secrets are those of their account."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    role: Literal["", "viewer", "assistant", "moderator", "owner"] = ""
    display_name: str = ""
    email: str = ""
    email_confirmed: bool = False
    chat_users: tuple[str, ...] = ()
    setup: str = ""
    notices: NoticeChoice | None = None
    views: tuple[SavedView, ...] = ()
    password: str = field(default="", metadata=SECRET)
    totp_salt: str = field(default="", metadata=SECRET)
    last_totp_step: int = field(default=0, metadata=SECRET)
    recovery_digests: tuple[str, ...] = field(default=(), metadata=SECRET)
    api_keys: tuple[PersonKey, ...] = field(default=(), metadata=SECRET)


#: Fields of an account, which an import never changes for a person who exists.
ACCOUNT = (
    *("display_name", "email", "email_confirmed", "chat_users", "setup"),
    *("password", "totp_salt", "last_totp_step", "recovery_digests", "api_keys"),
)


def member_of(person: Person, site: str) -> Member | None:
    """Return the person as a member of the site; None for a person who has nothing there."""
    if person == person.without_site(site):
        return None
    account: dict[str, Any] = {name: getattr(person, name) for name in ACCOUNT}
    if person.setup.partition("/")[0] not in (site, "done"):
        account["setup"] = ""
    return Member(
        name=person.name,
        role=cast(Any, person.roles.get(site, "")),
        notices=next((each.choice for each in person.notices if each.site == site), None),
        views=tuple(view for view in person.views if view.site == site),
        **account,
    )


def with_membership(person: Person | None, member: Member, site: str) -> Person:
    """Return the person as a member of the site. Of a person who exists, the account stays as it is."""
    account: dict[str, Any] = {name: getattr(member, name) for name in ACCOUNT}
    of_others = person.without_site(site) if person else Person(member.name, **account)
    return replace(
        of_others,
        roles={**of_others.roles, **({site: member.role} if member.role else {})},
        notices=(*of_others.notices, *([SiteNotices(site, member.notices)] if member.notices else [])),
        views=(*of_others.views, *member.views),
    )
