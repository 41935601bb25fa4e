"""The side bar leads each person to the pages of their role."""

from service.web.navigation import GENERAL_GROUPS, SITE_GROUPS

SITE = {entry.key: entry for group in SITE_GROUPS for entry in group}
GENERAL = {entry.key: entry for group in GENERAL_GROUPS for entry in group}


def test_each_list_of_comments_has_its_status_and_the_queue_needs_none() -> None:
    values = {key: dict(SITE[key].values) for key in ("held", "approved", "spam", "removed")}
    assert values.pop("held") == {}
    assert values == {key: {"status": key} for key in values}
    assert all(SITE[key].count == key for key in ("held", *values))


def test_pages_that_change_a_site_are_for_owners_and_those_of_the_installation_for_operators() -> None:
    owners = {"thread_pages", "members", "settings_pages"}
    assert {key for key, entry in SITE.items() if entry.role == "owner"} == owners
    assert {key for key, entry in SITE.items() if entry.role == "moderator"} == {"test_box", "audit_pages"}
    assert {key for key, entry in GENERAL.items() if entry.role != "operator"} == {"sites", "all"}
