"""The pages of a site owner: ban a network and remove its comments, invite a member, set up two-factor codes."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.author_rules import RuleEffect, RuleTarget
from comments.lifecycle import Action, Status
from comments.pseudonyms import Pseudonyms
from service.accounts import totp
from tests.browser.conftest import Desktop, Live, press_sign_in, sign_in
from tests.browser.pages import content_width
from tests.support.builders import SECRET, accepted, decided

FLOOD = "network-of-a-flood"


def create_flood(live: Live, n: int) -> list[str]:
    now = datetime.now(UTC)
    return [
        decided(
            live.storage,
            accepted(live.storage, site="demo", origin=FLOOD, received=now - timedelta(seconds=i), identity=f"i{i}"),
            Action.HOLD,
        ).id
        for i in range(n)
    ]


def statuses(live: Live, ids: list[str]) -> set[Status]:
    return {c.status for c in live.storage.comments.load("demo", ids) if c}


@pytest.fixture
def page(live: Live, desktop: Desktop) -> Page:
    page = desktop.open()
    sign_in(page, live.link("ow", demo="owner"))
    return page


def test_a_flood_is_banned_removed_in_steps_and_restored(live: Live, page: Page) -> None:
    ids = create_flood(live, 230)
    page.goto(f"{live.url}/review/demo/{ids[0]}")
    page.get_by_role("link", name=FLOOD).click()
    page.get_by_role("link", name="Ban…").click()
    expect(page.get_by_text("200 of the latest 200 comments")).to_be_visible()
    page.get_by_label("Duration").select_option("7 days")
    page.get_by_role("button", name="Save rule").press("Enter")
    expect(page.get_by_role("heading", name=f"Network {FLOOD} banned")).to_be_visible()
    (rule,) = live.storage.author_rules.all("demo")
    assert (rule.target, rule.value, rule.effect) == (RuleTarget.ORIGIN, FLOOD, RuleEffect.BAN)

    page.get_by_role("link", name="Remove all comments").press("Enter")
    expect(page.get_by_role("heading", name="Remove 230 comments?")).to_be_visible()
    page.get_by_role("button", name="Remove 230 comments").press("Enter")
    expect(page.get_by_role("heading", name="Removed 230 comments")).to_be_visible()
    assert statuses(live, ids) == {Status.REMOVED}
    page.get_by_role("button", name="Undo 230 decisions").press("Enter")
    expect(page.get_by_role("heading", name="Restored 230 comments")).to_be_visible()
    assert statuses(live, ids) == {Status.HELD}


def test_without_javascript_a_button_continues_the_removal(live: Live, desktop: Desktop) -> None:
    ids = create_flood(live, 320)
    page = desktop.open(java_script_enabled=False)
    sign_in(page, live.link("ow", demo="owner"))
    page.goto(f"{live.url}/sites/demo/origins/{FLOOD}/removal")
    page.get_by_role("button", name="Remove 320 comments").click()
    expect(page.get_by_text("200 done, 100 left")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Removed 320 comments")).to_be_visible()
    assert statuses(live, ids) == {Status.REMOVED}


def test_an_invited_member_signs_in_and_is_in_the_audit_log(live: Live, page: Page, desktop: Desktop) -> None:
    page.goto(f"{live.url}/review/demo")
    page.get_by_role("link", name="Team").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("Role", exact=True).select_option("viewer")
    page.get_by_role("button", name="Create sign-in link").click()
    link = page.get_by_label("Sign-in link").input_value()
    press_sign_in(desktop.open(), link)
    page.get_by_role("link", name="Audit log").click()
    page.get_by_label("Subject").fill("Grace")
    page.keyboard.press("Enter")
    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.locator(".rows li")).to_contain_text("ow invited Grace as viewer")


def test_an_invalid_setting_is_marked_and_a_valid_one_is_saved(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/sites/demo/settings/commenting")
    length = page.get_by_role("spinbutton", name="Longest comment")
    length.fill("0")
    page.locator("form.settings").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#max_content[aria-invalid=true]")).to_have_value("0")
    length.fill("4000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    assert live.storage.sites.get("demo").max_content == 4000


def test_two_factor_authentication_is_set_up_and_used(live: Live, page: Page, desktop: Desktop) -> None:
    page.goto(f"{live.url}/account")
    page.get_by_role("button", name="Set up").click()
    salt = page.locator("input[name=salt]").input_value()
    key = totp.secret(Pseudonyms(SECRET), "ow", salt)
    assert page.locator(".secret").inner_text() == totp.grouped(key)
    expect(page.locator("img.qr")).to_have_js_property("complete", True)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth > 0")
    page.get_by_label("Code").fill(totp.code_at_step(key, int(datetime.now(UTC).timestamp()) // totp.STEP_SECONDS))
    page.get_by_role("button", name="Turn on").click()
    recovery = page.locator(".codes li").first.inner_text()
    person = live.storage.people.get("ow")
    phone = desktop.open(width=390)
    phone.goto(live.link("ow", demo="owner"))
    live.storage.people.put(person)  # link() has stored the account without codes
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_label("Code from").fill(recovery)
    phone.get_by_role("button", name="Sign in").click()
    phone.wait_for_url("**/review")
    assert len(live.storage.people.get("ow").recovery_digests) == totp.RECOVERY_CODES - 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_on_a_phone(live: Live, desktop: Desktop, scheme: str) -> None:
    (id,) = create_flood(live, 1)
    page = desktop.open(width=390, color_scheme=scheme)
    sign_in(page, live.link("ow", demo="owner"))
    paths = ["rules", "team", "audit", "settings", f"origins/{FLOOD}", f"origins/{FLOOD}/removal", "authors/i0"]
    for path in ("/account", f"/review/demo/{id}", *(f"/sites/demo/{p}" for p in paths)):
        answer = page.goto(live.url + path)
        assert answer is not None
        assert answer.status == 200
        assert content_width(page) <= 390, path
