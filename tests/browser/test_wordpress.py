"""The WordPress plugin in a real WordPress, with a block theme and with a classic one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.thread_addresses import thread_key
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import follow
from tests.browser.widget import reply, write
from tests.browser.wordpress_admin import open_signed_in
from tests.support.builders import a_site
from tests.support.wordpress import WordPress

PLUGIN = Path(__file__).parents[2] / "packages" / "wordpress" / "replygate"
THEMES = ("twentytwentythree", "twentytwentyone")


@pytest.fixture(scope="module")
def installed(wordpress_server: WordPress) -> Iterator[WordPress]:
    wordpress_server.add_plugin(PLUGIN)
    yield wordpress_server
    wordpress_server.deactivate(PLUGIN.name)


@pytest.fixture
def wordpress(live: Live, installed: WordPress) -> WordPress:
    """Point the plugin at this test's server, with nothing remembered."""
    live.storage.sites.put(a_site(id="demo", origins=(installed.url,), per_minute=0, moderation="suspicious"))
    installed.run(f"update_option('replygate', array('server' => '{live.url}', 'site' => 'demo', 'user_key' => ''));")
    installed.run("global $wpdb; $wpdb->query(\"DELETE FROM $wpdb->options WHERE option_name LIKE '%replygate_%'\");")
    return installed


def post_address(wordpress: WordPress) -> str:
    return wordpress.run("echo get_permalink(1);")


def thread_of(live: Live, wordpress: WordPress) -> str:
    """Return the name of the thread that the service gives to the post's address."""
    return thread_key(post_address(wordpress), live.storage.sites.get("demo"))


def published_texts(live: Live) -> list[Comment]:
    return list(live.storage.comments.by_status("demo", Status.APPROVED, 10).rows)


@pytest.mark.parametrize("theme", THEMES)
def test_the_widget_replaces_the_form_of_the_theme(
    desktop: Desktop, live: Live, wordpress: WordPress, theme: str
) -> None:
    wordpress.run(f"switch_theme('{theme}');")
    address = post_address(wordpress)
    reply(live, thread_of(live, wordpress), author="Ada", content="From Replygate.")
    page = desktop.open()
    page.goto(address)
    expect(page.get_by_role("article").get_by_text("From Replygate.")).to_be_visible()
    assert page.locator("#commentform").count() == 0
    assert page.locator("replygate-comments").count() == 1
    expect(page.locator("[part=comments]")).to_be_visible()  # the widget, and not the plain list and form it replaces
    write(page, "Written in WordPress")
    expect(page.get_by_text("Written in WordPress")).to_be_visible()
    assert {row.thread for row in published_texts(live)} == {thread_of(live, wordpress)}


@pytest.mark.parametrize("theme", THEMES)
def test_comments_and_form_work_without_javascript(
    desktop: Desktop, live: Live, wordpress: WordPress, theme: str
) -> None:
    wordpress.run(f"switch_theme('{theme}');")
    address = post_address(wordpress)
    reply(live, thread_of(live, wordpress), author="Ada", content="Read without a script.")
    page = desktop.open(java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_text("Read without a script.")).to_be_visible()
    page.get_by_label("Comment *").fill("Sent without a script")
    page.get_by_label("Name *").fill("Ines")
    page.get_by_label("Email *").fill("ines@example.org")
    follow(page.get_by_role("button", name="Post Comment"))
    assert "Sent without a script" in {row.content for row in published_texts(live)}


def test_a_post_with_closed_comments_shows_them_without_a_form(live: Live, wordpress: WordPress) -> None:
    address = post_address(wordpress)
    reply(live, thread_of(live, wordpress), content="Still readable.")
    wordpress.run("wp_update_post(array('ID' => 1, 'comment_status' => 'closed'));")
    page = httpx.get(address, timeout=60).text
    wordpress.run("wp_update_post(array('ID' => 1, 'comment_status' => 'open'));")
    assert "Still readable." in page
    assert "<replygate-comments" not in page


def test_comments_sent_past_the_form_are_refused(wordpress: WordPress) -> None:
    fields = {"comment": "x", "author": "Bot", "email": "bot@example.org", "comment_post_ID": "1"}
    answer = httpx.post(f"{wordpress.url}/wp-comments-post.php", data=fields, timeout=60)
    assert answer.status_code == 403
    assert wordpress.run("echo get_comments(array('count' => true, 'author_email' => 'bot@example.org'));") == "0"


def test_the_number_of_comments_is_replygates(live: Live, wordpress: WordPress) -> None:
    for n in range(3):
        reply(live, thread_of(live, wordpress), content=f"Number {n}")
    assert wordpress.run("echo get_comments_number(1);") == "3"


def test_pages_show_while_the_server_is_away(wordpress: WordPress) -> None:
    wordpress.run("update_option('replygate', array('server' => 'http://127.0.0.1:9', 'site' => 'demo'));")
    page = httpx.get(post_address(wordpress), timeout=60)
    assert page.status_code == 200
    assert "Leave a Reply" in page.text


def test_the_settings_page_reports_values_it_cannot_use(desktop: Desktop, wordpress: WordPress) -> None:
    page = desktop.open()
    open_signed_in(page, wordpress)
    page.goto(f"{wordpress.url}/wp-admin/options-general.php?page=replygate")
    page.get_by_label("Server").evaluate("input => input.type = 'text'")
    page.get_by_label("Server").fill("javascript:alert(1)")
    page.get_by_label("Site", exact=True).fill("my blog")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("The server must be an address that starts with https:// or http://.")).to_be_visible()
    expect(page.get_by_text("The site is an id of a-z, 0-9 and -.")).to_be_visible()
    assert "javascript" not in wordpress.run("echo json_encode(get_option('replygate'));")


def test_people_who_are_signed_in_comment_under_their_name(
    desktop: Desktop, live: Live, wordpress: WordPress, valkey_settings: Settings
) -> None:
    site = replace(live.storage.sites.get("demo"), user_keys=("first",), staff_tokens=True)
    live.storage.sites.put(site)
    secret = Pseudonyms(valkey_settings.secret_key).user_secret("demo", "first")
    settings = f"array('server' => '{live.url}', 'site' => 'demo', 'user_key' => '{secret}')"
    wordpress.run(f"update_option('replygate', {settings});")
    page = desktop.open(java_script_enabled=False)
    open_signed_in(page, wordpress)
    page.goto(post_address(wordpress))
    assert page.get_by_label("Email *").count() == 0
    page.get_by_label("Comment *").fill("From the author of this blog")
    follow(page.get_by_role("button", name="Post Comment"))
    (comment,) = published_texts(live)
    answer = httpx.get(f"{live.url}/v1/sites/demo/comments", params={"thread": comment.thread}).json()
    (shown,) = answer["comments"]
    assert (shown["author"], shown["verified"], shown["role"]) == ("admin", True, "staff")
