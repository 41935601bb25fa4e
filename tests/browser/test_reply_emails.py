"""Reply emails of a commenter: the option in the form, the confirmation page, the unsubscribe page."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from comments.settings import Settings
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import follow, open_website
from tests.browser.test_accessibility import violations
from tests.browser.widget import script_tag, write
from tests.support.builders import a_site, moderated, published
from tests.support.mail_server import Letter, MailServer
from tests.support.wait import wait_until
from workers.jobs import deliver


@pytest.fixture
def valkey_settings(valkey_settings: Settings, server: MailServer) -> Settings:
    return replace(valkey_settings, smtp_url=server.settings, mail_from="replies@blog.example")


def newest(live: Live, server: MailServer, n: int) -> Letter:
    """Wait for `n` messages and return the last."""

    def is_there() -> bool:
        deliver("demo", "")
        return len(server.letters) == n

    wait_until(is_there)
    return server.letters[-1]


def link(letter: Letter, purpose: str) -> str:
    found = re.search(rf"http\S+/notices/demo/{purpose}/\S+", letter.text)
    assert found
    return found[0]


def violations_in_both_schemes(page: Page) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += violations(page)
    return found


def test_from_subscribing_in_the_widget_to_unsubscribing(desktop: Desktop, mailing: Live, server: MailServer) -> None:
    page = desktop.open()
    with open_website() as website:
        origins = (mailing.url, website.url)
        mailing.storage.sites.put(a_site(id="demo", origins=origins, per_minute=0, moderation="all"))
        thread = website.put(script_tag(mailing))
        page.goto(thread)
        page.get_by_role("textbox", name="Comment").focus()
        page.get_by_role("checkbox", name="Notify me of replies by email").check()
        found = violations_in_both_schemes(page)
        write(page, "What do others think?")
        expect(page.get_by_role("status")).to_have_text("Thank you. Your comment is awaiting moderation.")
    comment = moderated(mailing.storage, mailing.one(Status.HELD), Action.APPROVE)

    page.goto(link(newest(mailing, server, 1), "confirm"))
    found += violations_in_both_schemes(page)
    assert not mailing.storage.subscriptions.wants_mail("demo", comment.identity, comment.id)
    page.get_by_role("button", name="Turn on notifications").click()
    expect(page.get_by_role("heading", name="Notifications are on")).to_be_visible()
    found += violations_in_both_schemes(page)

    published(mailing.storage, site="demo", thread=thread, parent=comment.id, author="Bo")
    page.goto(link(newest(mailing, server, 2), "stop"))
    found += violations_in_both_schemes(page)
    page.get_by_role("button", name="Unsubscribe from this comment").click()
    expect(page.get_by_role("heading", name="You are unsubscribed from this comment")).to_be_visible()
    assert not mailing.storage.subscriptions.wants_mail("demo", comment.identity, comment.id)
    page.go_back()
    page.get_by_role("button", name="Unsubscribe from all of A blog").click()
    expect(page.get_by_role("heading", name="You are unsubscribed", exact=True)).to_be_visible()
    assert found + violations_in_both_schemes(page) == []


def test_the_plain_form_has_the_option(desktop: Desktop, mailing: Live) -> None:
    mailing.storage.sites.put(a_site(id="demo", origins=(mailing.url,), per_minute=0, moderation="all"))
    page = desktop.open(java_script_enabled=False)
    page.goto(f"{mailing.url}/demo/")
    page.get_by_label("Comment").fill("Without scripts")
    page.get_by_label("Name").fill("Uma")
    page.get_by_role("textbox", name="Email").fill("uma@example.org")
    page.get_by_label("Notify me of replies by email").check()
    follow(page.get_by_role("button", name="Post comment"))
    assert mailing.one(Status.HELD).notify == "replies"
