"""Entries of the side bar on pages of a site. This table is the only place to add one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, url_for

from comments.lifecycle import Status
from comments.person import Person
from comments.site import Site
from service.deps import deps


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the side bar. A page marks it with `{% set current = "key" %}`."""

    key: str
    label: str
    icon: str  # id in static/icons.svg
    endpoint: str
    role: str = "viewer"  # least role that sees it
    values: Mapping[str, str] = field(default_factory=dict)  # of the query
    count: Status | None = None  # the number of comments with this status is shown
    short: str = ""  # label in the bottom bar of phones; entries without one are below "More"


def _status_entry(key: str, label: str, icon: str, short: str) -> Entry:
    values = {} if key == Status.HELD else {"status": key}
    return Entry(key, label, icon, "queue_pages.queue", "viewer", values, Status(key), short)


#: Groups of entries, in the order of the side bar.
GROUPS: tuple[tuple[Entry, ...], ...] = (
    (
        _status_entry("held", "Needs review", "inbox", "Review"),
        _status_entry("approved", "Published", "circle-check", "Published"),
        _status_entry("spam", "Spam", "shield-alert", "Spam"),
        _status_entry("removed", "Removed", "trash-2", "Removed"),
    ),
    (
        Entry("author_rules", "Rules", "list-filter", "author_rules.rules_page"),
        Entry("thread_pages", "Threads", "messages-square", "thread_pages.threads_page", "owner"),
    ),
    (
        Entry("members", "Team", "users", "members.team_page", "owner"),
        Entry("audit_pages", "Audit log", "scroll-text", "audit_pages.site_audit_page", "owner"),
        Entry("settings_pages", "Settings", "settings", "settings_pages.settings_page", "owner"),
    ),
)


@dataclass(frozen=True, slots=True)
class EntryLink:
    """An entry with its address and number on one site."""

    entry: Entry
    href: str
    count: int | None


@dataclass(frozen=True, slots=True)
class SiteNavigation:
    """The side bar of one site, as far as a person may see it."""

    groups: Sequence[Sequence[EntryLink]]
    sites: Sequence[Site]  # every site of the person, for the switcher

    @property
    def links(self) -> list[EntryLink]:
        return [link for group in self.groups for link in group]


def register_navigation(app: Flask, has_role: Callable[[Person, str, str], bool]) -> None:
    """Give templates the function `site_navigation`. It counts only when a page draws the side bar."""

    def site_navigation(person: Person, site: Site) -> SiteNavigation:
        counts = deps().storage.comments.counters(site.id).current
        groups = [
            [
                EntryLink(entry, _address(entry, site), _count(entry, counts))
                for entry in group
                if has_role(person, site.id, entry.role)
            ]
            for group in GROUPS
        ]
        sites = [other for other in deps().storage.sites.all() if other.id in person.roles]
        return SiteNavigation([group for group in groups if group], sites)

    app.jinja_env.globals["site_navigation"] = site_navigation


def _address(entry: Entry, site: Site) -> str:
    values: dict[str, str] = {"site": site.id, **entry.values}
    return url_for(entry.endpoint, **values)  # type: ignore[arg-type]


def _count(entry: Entry, counts: Mapping[str, int]) -> int | None:
    return counts.get(entry.count, 0) if entry.count else None
