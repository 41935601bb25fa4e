"""Rules in a browser: a list with mistakes, a ban with a preview, the end of a rule, without JavaScript, and axe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import FOREVER, AuthorRule, RuleEffect, RuleTarget
from comments.lifecycle import Action
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import follow
from tests.browser.test_accessibility import admin_link, violations
from tests.support.builders import accepted, decided

LIST = "spam.example\nco.uk\nterm,cheap pills,hold,30d,Adverts\nexpression,/a(b/\nspam.example\n"


@pytest.fixture
def page(live: Live, desktop: Desktop) -> Page:
    """The page of a moderator, without JavaScript."""
    page = desktop.open(java_script_enabled=False)
    sign_in(page, live.link("mona", demo="moderator"))
    return page


def names(live: Live) -> set[str]:
    return {rule.name for rule in live.storage.author_rules.all("demo")}


def test_a_list_with_mistakes_is_previewed_corrected_and_imported(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/sites/demo/rules")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("List", exact=True).fill(LIST)
    page.get_by_role("button", name="Preview").click()
    mistakes = page.get_by_role("alert").get_by_role("listitem")
    expect(mistakes).to_have_text(
        [
            "Line 2: co.uk cannot be used: co.uk is a public suffix. Name one of the sites under it.",
            "Line 4: expression,/a(b/ is not a regular expression: missing ) at position 2.",
        ]
    )
    expect(page.get_by_text("1 repeated, the last one counts.")).to_be_visible()
    assert names(live) == set()
    page.get_by_label("List", exact=True).fill(LIST.replace("co.uk", "shop.co.uk").replace("a(b", "a(b)"))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Import 4 rules").click()
    expect(page.get_by_text("Imported 4 rules.")).to_be_visible()
    assert names(live) == {"domain:spam.example", "domain:shop.co.uk", "term:cheap pills", "expression:/a(b)/"}


def test_rules_are_searched_switched_off_and_deleted_together(live: Live, page: Page) -> None:
    entry = AuditEntry("mona", AuditAction.RULE_SET, site="demo")
    rule = AuthorRule(RuleTarget.DOMAIN, "", RuleEffect.BAN, "mona", datetime.now(UTC), FOREVER, "a shop")
    many = [replace(rule, value=f"shop{n}.example") for n in range(60)]
    live.storage.author_rules.put_many("demo", [*many, replace(rule, value="other.example", note="")], entry)
    page.goto(f"{live.url}/sites/demo/rules")
    expect(page.get_by_text("61 rules, page 1 of 2")).to_be_visible()
    page.get_by_role("link", name="Older rules").click()
    expect(page.locator(".rows li")).to_have_count(11)
    page.get_by_label("Value, reason or moderator").fill("shop5")
    follow(page.get_by_role("button", name="Search"))
    expect(page.locator(".rows li")).to_have_count(11)
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Switched off 3 rules.")).to_be_visible()
    page.get_by_label("State").select_option("Switched off")
    follow(page.get_by_role("button", name="Search"))
    expect(page.locator(".rows li")).to_have_count(3)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Delete chosen").click()
    expect(page.get_by_text("Deleted 3 rules.")).to_be_visible()
    assert live.storage.author_rules.count("demo") == 58


def test_a_wrong_rule_keeps_what_was_entered_and_marks_the_field(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/sites/demo/rules/new")
    page.get_by_label("Effect").select_option("Trust")
    page.get_by_label("Applies to").select_option("Word or phrase")
    page.get_by_label("Value").fill("welcome")
    page.get_by_role("button", name="Save rule").click()
    expect(page.locator("#value[aria-invalid=true]")).to_have_value("welcome")
    expect(page.get_by_text("cannot be trusted: anybody can write a word")).to_be_visible()


def test_an_authors_page_sums_up_what_they_wrote_and_bans_them(live: Live, page: Page) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    known = {"site": "demo", "identity": "gus", "origin": "harbour", "author": "Gus"}
    for n, action in enumerate((Action.APPROVE, Action.SPAM, Action.HOLD)):
        decided(live.storage, accepted(live.storage, received=now - timedelta(days=n), **known), action)
    decided(live.storage, accepted(live.storage, **known | {"identity": "ines", "author": "Ines"}), Action.HOLD)
    page.goto(f"{live.url}/sites/demo/authors/gus")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gus")
    expect(page.get_by_role("link", name="Ines")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)
    page.get_by_role("link", name="Ban…").click()
    expect(page.get_by_text("3 of the latest 4 comments")).to_be_visible()
    page.get_by_label("Duration").select_option("30 days")
    page.get_by_label("Reason").fill("Adverts in every comment")
    page.get_by_role("button", name="Save rule").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("banned")
    expect(page.get_by_text("Adverts in every comment")).to_be_visible()
    (rule,) = live.storage.author_rules.all("demo")
    assert (rule.effect, rule.value, rule.is_forever) == (RuleEffect.BAN, "gus", False)


def test_an_expired_rule_is_shown_as_expired_and_found(live: Live, page: Page) -> None:
    entry = AuditEntry("mona", AuditAction.RULE_SET, site="demo")
    over = datetime.now(UTC) - timedelta(minutes=1)
    rule = AuthorRule(RuleTarget.TERM, "old", RuleEffect.BAN, "mona", over, over)
    live.storage.author_rules.put_many("demo", [rule, replace(rule, value="new", until=FOREVER)], entry)
    page.goto(f"{live.url}/sites/demo/rules?state=expired")
    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.locator(".rows li")).to_contain_text("“old” expired")
    page.goto(f"{live.url}/sites/demo/rules?state=active")
    expect(page.locator(".rows li")).to_contain_text("“new”")


def test_ban_on_a_comments_page_leads_to_a_form_with_a_preview(live: Live, page: Page) -> None:
    comment = decided(live.storage, accepted(live.storage, site="demo", origin="harbour"), Action.HOLD)
    page.goto(f"{live.url}/review/demo/{comment.id}")
    page.get_by_role("link", name="Ban this network…").click()
    expect(page.get_by_label("Value")).to_have_value("harbour")
    expect(page.get_by_text("1 of the latest 1 comments")).to_be_visible()
    page.get_by_role("button", name="Save rule").click()
    expect(page).to_have_url(f"{live.url}/review/demo/{comment.id}")
    assert names(live) == {"origin:harbour"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_rules_are_accessible(live: Live, desktop: Desktop, scheme: str) -> None:
    page = desktop.open(color_scheme=scheme)
    decided(live.storage, accepted(live.storage, site="demo", author="Ada"), Action.SPAM)
    sign_in(page, admin_link(live))
    page.goto(f"{live.url}/ops")
    page.get_by_role("link", name="Rules for all sites").click()
    page.get_by_role("link", name="Import").click()
    page.get_by_label("List", exact=True).fill(LIST)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="2 rules to import")).to_be_visible()
    found = violations(page)
    page.get_by_role("button", name="Import 2 rules").click()
    expect(page.get_by_text("Imported 2 rules.")).to_be_visible()
    found += violations(page)
    paths = ("rules", "rules/new?kind=domain&value=spam.example", "authors/identity-of-ada", "origins/origin-of-ada")
    for path in paths:
        page.goto(f"{live.url}/sites/demo/{path}")
        found += violations(page)
    assert found == []
