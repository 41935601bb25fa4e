"""Mail about replies as a commenter gets it: the tick, the page that confirms, the page that stops it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from comments.settings import Settings
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import open_website
from tests.browser.test_accessibility import violations
from tests.browser.widget import script_tag, write
from tests.support.builders import a_site, moderated, published
from tests.support.mail_server import Letter, MailServer
from tests.support.waiting import until
from workers import deps as workers
from workers.delivery.smtp import Mailer
from workers.jobs import deliver


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as listening:
        yield listening


@pytest.fixture
def valkey_settings(valkey_settings: Settings, server: MailServer) -> Settings:
    return replace(valkey_settings, smtp_url=server.settings, mail_from="replies@blog.example")


@pytest.fixture
def mailing(live: Live, valkey_settings: Settings, server: MailServer) -> Live:
    """A service whose deliveries reach the server."""
    workers.install(replace(workers.deps(), mailer=Mailer(server.settings, valkey_settings.mail_from)))
    return live


def newest(live: Live, server: MailServer, n: int) -> Letter:
    """The last of `n` letters."""

    def is_there() -> bool:
        deliver("demo", "")
        return len(server.letters) == n

    until(is_there)
    return server.letters[-1]


def link(letter: Letter, purpose: str) -> str:
    found = re.search(rf"http\S+/notices/demo/{purpose}/\S+", letter.text)
    assert found
    return found[0]


def looked_at(page: Page) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += violations(page)
    return found


def test_from_the_tick_in_the_widget_to_no_more_mail(desktop: Desktop, mailing: Live, server: MailServer) -> None:
    page = desktop.open()
    with open_website() as website:
        origins = (mailing.url, website.url)
        mailing.storage.sites.put(a_site(id="demo", origins=origins, per_minute=0, moderation="all"))
        thread = website.put(script_tag(mailing))
        page.goto(thread)
        page.get_by_role("checkbox", name="Notify me of replies by email").check()
        found = looked_at(page)
        write(page, "What do others think?")
        expect(page.get_by_role("status")).to_have_text("Thank you. Your comment is awaiting moderation.")
    comment = moderated(mailing.storage, mailing.one(Status.HELD), Action.APPROVE)

    page.goto(link(newest(mailing, server, 1), "confirm"))
    found += looked_at(page)
    assert not mailing.storage.subscriptions.wants_mail("demo", comment.identity, comment.id)
    page.get_by_role("button", name="Turn on notifications").click()
    expect(page.get_by_role("heading", name="Notifications are on")).to_be_visible()
    found += looked_at(page)

    published(mailing.storage, site="demo", thread=thread, parent=comment.id, author="Bo")
    page.goto(link(newest(mailing, server, 2), "stop"))
    found += looked_at(page)
    page.get_by_role("button", name="Unsubscribe from this comment").click()
    expect(page.get_by_role("heading", name="You are unsubscribed from this comment")).to_be_visible()
    assert not mailing.storage.subscriptions.wants_mail("demo", comment.identity, comment.id)
    page.go_back()
    page.get_by_role("button", name="Unsubscribe from all of A blog").click()
    expect(page.get_by_role("heading", name="You are unsubscribed", exact=True)).to_be_visible()
    assert found + looked_at(page) == []


def test_the_plain_form_has_the_tick_too(desktop: Desktop, mailing: Live) -> None:
    page = desktop.open(java_script_enabled=False)
    page.goto(f"{mailing.url}/demo/")
    page.get_by_label("Comment").fill("Without scripts")
    page.get_by_label("Name").fill("Uma")
    page.get_by_role("textbox", name="Email").fill("uma@example.org")
    page.get_by_label("Notify me of replies by email").check()
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_load_state()
    assert mailing.one(Status.HELD).notify == "replies"
