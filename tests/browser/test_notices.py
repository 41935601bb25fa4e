"""Moderators in a browser: choose notices, add a channel, and decide on the page behind a link."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from comments.chat_receivers import ChatKind
from comments.lifecycle import Action, Status
from comments.moderator_notices import NoticeChoice, NoticeFrequency, SiteNotices
from comments.person import Person
from comments.settings import Settings
from tests.browser.conftest import Desktop, Live
from tests.browser.test_accessibility import violations
from tests.support.mail_server import MailServer
from tests.support.wait import wait_until
from tests.support.web_app import judged
from workers.jobs import deliver


@pytest.fixture
def valkey_settings(valkey_settings: Settings, server: MailServer) -> Settings:
    return replace(valkey_settings, smtp_url=server.settings, mail_from="notices@blog.example")


def newest_text(server: MailServer, n: int) -> str:
    def is_there() -> bool:
        deliver("demo", "")
        return len(server.letters) == n

    wait_until(is_there)
    return server.letters[-1].text


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/review**")


def test_a_moderator_confirms_an_address_and_chooses_a_daily_digest(
    mailing: Live, server: MailServer, desktop: Desktop
) -> None:
    page = desktop.open()
    sign_in(page, mailing.link("Ines", demo="moderator"))
    page.goto(f"{mailing.url}/account/notices")
    assert violations(page) == []
    page.get_by_label("Address for notices").fill("ines@staff.example")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("We sent you an email")).to_be_visible()
    found = re.search(r"http\S+/account/notices/confirm/\S+", newest_text(server, 1))
    assert found
    reader = desktop.open()
    reader.goto(found[0])
    assert violations(reader) == []
    assert not mailing.storage.people.get("Ines").email_confirmed
    reader.get_by_role("button", name="Confirm").click()
    expect(reader.get_by_role("heading", name="Address confirmed")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    page.get_by_label("Send", exact=True).select_option("Once a day")
    page.get_by_text("Time, limits and content").click()
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    choice = mailing.storage.people.get("Ines").notice_choice("demo")
    assert (choice.frequency, choice.time_zone) == (NoticeFrequency.DAILY, "Europe/Berlin")
    assert desktop.errors == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_in_an_email_decides_by_one_button(
    mailing: Live, server: MailServer, desktop: Desktop, width: int
) -> None:
    choice = SiteNotices("demo", NoticeChoice(NoticeFrequency.INSTANT))
    mailing.storage.people.put(
        Person("Ines", {"demo": "moderator"}, email="ines@staff.example", email_confirmed=True, notices=(choice,))
    )
    comment = judged(mailing.storage, Action.HOLD, site="demo", content="Is the pier open in winter?")
    found = re.search(r"^Approve: (http\S+)", newest_text(server, 1), re.MULTILINE)
    assert found
    page = desktop.open(width)
    page.goto(found[1])
    assert violations(page) == []
    expect(page.get_by_text("Is the pier open in winter?")).to_be_visible()
    assert mailing.status(comment) is Status.HELD
    assert page.get_by_role("button").count() == 1
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved by Ines")).to_be_visible()
    assert mailing.status(comment) is Status.APPROVED
    page.goto(found[1])
    expect(page.get_by_role("heading", name="Already decided")).to_be_visible()
    assert desktop.errors == []


def test_an_owner_adds_a_channel(live: Live, desktop: Desktop) -> None:
    page = desktop.open()
    sign_in(page, live.link("ow", demo="owner"))
    page.goto(f"{live.url}/sites/demo/notices")
    assert violations(page) == []
    page.get_by_label("Service").select_option("Discord")
    page.get_by_label("Name").fill("#moderation")
    page.get_by_label("Address").fill("https://discord.com/api/webhooks/1/secret")
    page.get_by_role("button", name="Add channel").click()
    expect(page.get_by_role("heading", name="#moderation")).to_be_visible()
    assert violations(page) == []
    (channel,) = live.storage.sites.get("demo").chat_receivers
    assert channel.kind is ChatKind.DISCORD
    assert "secret" not in page.content().replace('type="password"', "")
    assert desktop.errors == []
