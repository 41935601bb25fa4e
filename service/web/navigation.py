"""Entries of the side bar, on pages of a site and on the others. These tables are the only place to add one."""

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
    role: str = "viewer"  # least role on the site that sees it; "operator" for pages of operators
    values: Mapping[str, str] = field(default_factory=dict)  # of the query
    count: Status | None = None  # the number of comments with this status is shown
    short: str = ""  # label in the bottom bar of phones; entries without one are below "More"


def _status_entry(key: str, label: str, icon: str, short: str) -> Entry:
    values = {} if key == Status.HELD else {"status": key}
    return Entry(key, label, icon, "queue_pages.queue", "viewer", values, Status(key), short)


#: Groups of entries on pages of a site, in the order of the side bar.
SITE_GROUPS: tuple[tuple[Entry, ...], ...] = (
    (
        _status_entry("held", "Needs review", "inbox", "Review"),
        _status_entry("approved", "Published", "circle-check", "Published"),
        _status_entry("spam", "Spam", "shield-alert", "Spam"),
        _status_entry("removed", "Removed", "trash-2", "Removed"),
    ),
    (
        Entry("number_pages", "Numbers", "chart-no-axes-column", "number_pages.numbers_page"),
        Entry("author_rules", "Rules", "list-filter", "author_rules.rules_page"),
        Entry("test_box", "Test a comment", "flask-conical", "test_box.test_page", "moderator"),
        Entry("thread_pages", "Threads", "messages-square", "thread_pages.threads_page", "owner"),
    ),
    (
        Entry("members", "Team", "users", "members.team_page", "owner"),
        Entry("audit_pages", "Audit log", "scroll-text", "audit_pages.site_audit_page", "moderator"),
        Entry("settings_pages", "Settings", "settings", "settings_pages.settings_page", "owner"),
    ),
)

#: Groups of entries on pages that belong to no site.
GENERAL_GROUPS: tuple[tuple[Entry, ...], ...] = (
    (
        Entry("sites", "Your sites", "layout-grid", "queue_pages.home", short="Sites"),
        Entry("all", "All sites", "inbox", "queue_pages.queue_of_all_sites", count=Status.HELD, short="Review"),
    ),
    (
        Entry("ops", "Operations", "activity", "ops.operations_page", "operator", short="Operations"),
        Entry("judging_pages", "Judging", "flask-conical", "judging_pages.judging_page", "operator"),
        Entry("all_numbers", "Numbers", "chart-no-axes-column", "number_pages.all_numbers_page", "operator"),
        Entry(
            "shared_rules", "Rules for all sites", "list-filter", "author_rules.rules_page", "operator", {"site": "~"}
        ),
        Entry("delivery_pages", "Deliveries", "send", "delivery_pages.deliveries_page", "operator"),
        Entry("deployment_audit", "Audit log", "scroll-text", "audit_pages.all_audit_page", "operator"),
    ),
)
GENERAL_KEYS = frozenset({"account_pages", *(entry.key for group in GENERAL_GROUPS for entry in group)})

HasRole = Callable[[Person, str, str], bool]


@dataclass(frozen=True, slots=True)
class EntryLink:
    """An entry with its address and number on one page."""

    entry: Entry
    href: str
    count: int | None


@dataclass(frozen=True, slots=True)
class PageNavigation:
    """The side bar of one page, as far as a person may see it. `site` is None for pages that belong to no site."""

    site: Site | None
    groups: Sequence[Sequence[EntryLink]]
    sites: Sequence[Site]  # every site of the person, for the switcher

    @property
    def links(self) -> list[EntryLink]:
        return [link for group in self.groups for link in group]


def register_navigation(app: Flask, has_role: HasRole) -> None:
    """Give templates the function `page_navigation`."""

    def page_navigation(person: Person, site: Site | None, current: str) -> PageNavigation:
        """`site` is None, or the site that the page is about; `current` is the key of its entry, or ""."""
        sites = [other for other in deps().storage.sites.all() if other.id in person.roles and not other.deleted]
        if site is None or site.id not in person.roles or current in GENERAL_KEYS:
            groups = _general_groups(person, sites, current)
            return PageNavigation(None, groups, sites)
        return PageNavigation(site, _site_groups(person, site, has_role), sites)

    app.jinja_env.globals["page_navigation"] = page_navigation


def _site_groups(person: Person, site: Site, has_role: HasRole) -> list[list[EntryLink]]:
    counts = deps().storage.comments.counters(site.id).current
    groups = [[entry for entry in group if has_role(person, site.id, entry.role)] for group in SITE_GROUPS]
    return [
        [EntryLink(entry, _address(entry, site=site.id), _count(entry, counts)) for entry in group]
        for group in groups
        if group
    ]


def _general_groups(person: Person, sites: Sequence[Site], current: str) -> list[list[EntryLink]]:
    """The queue of all sites is for people with more than one. Its number is read only for its own page."""
    hidden = {"all"} if len(sites) < 2 else set()
    held = sum(deps().storage.comments.counters(site.id).current.get("held", 0) for site in sites if current == "all")
    groups = [
        [entry for entry in group if entry.key not in hidden and (entry.role != "operator" or person.operator)]
        for group in GENERAL_GROUPS
    ]
    return [
        [EntryLink(entry, _address(entry), held if entry.count and current == "all" else None) for entry in group]
        for group in groups
        if group
    ]


def _address(entry: Entry, **values: str) -> str:
    return url_for(entry.endpoint, **values, **entry.values)  # type: ignore[arg-type]


def _count(entry: Entry, counts: Mapping[str, int]) -> int | None:
    return counts.get(entry.count, 0) if entry.count else None
