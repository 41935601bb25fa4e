"""The genuine Akismet plugin in a real WordPress, redirected by the drop-in alone."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from comments.pseudonyms import Pseudonyms
from comments.setting_values import Term
from comments.settings import Settings
from tests.browser.conftest import Desktop, Live
from tests.browser.wordpress_admin import open_signed_in
from tests.support.builders import a_site
from tests.support.wordpress import WordPress

DROP_IN = Path(__file__).parents[2] / "packages" / "wordpress-akismet" / "replygate-akismet.php"
HAM = 'I walked the pier path last Sunday, and the harbour\'s "old" lights were lovely.'
SPAM = "Buy watches online, visit http://pills-casino.example/buy today!"
REVIEW = "Does anybody know the harbour times?"
CONFIGURATION = "/wp-admin/options-general.php?page=akismet-key-config"
#: Asked about updates of plugins, of which Akismet is one.
OTHER_HOSTS = {"api.wordpress.org"}
#: Records the address of every request that WordPress sends, and lets a test send comments quickly.
RECORDER = """<?php
add_filter( 'wp_is_comment_flood', '__return_false', 99 );
add_action( 'http_api_debug', function ( $answer, $context, $class, $args, $url ) {
    file_put_contents( __DIR__ . '/sent.txt', "$url\\n", FILE_APPEND );
}, 10, 5 );
"""


@dataclass(frozen=True)
class Blog:
    """WordPress with Akismet's plugin and the drop-in, which asks the site "demo"."""

    wordpress: WordPress
    live: Live
    key: str

    @property
    def asked_hosts(self) -> set[str]:
        """Hosts that WordPress asked about comments and keys. It asks others about updates."""
        recorded = self.wordpress.folder / "wp-content" / "mu-plugins" / "sent.txt"
        sent = recorded.read_text().splitlines() if recorded.exists() else []
        return {urlsplit(url).netloc for url in sent if "akismet" in url or "/1.1/" in urlsplit(url).path} - OTHER_HOSTS

    def statuses(self) -> list[tuple[str, str]]:
        """Return text and status of each comment, the oldest first."""
        rows = self.wordpress.run(
            "foreach (get_comments(array('status' => 'any', 'order' => 'ASC', 'orderby' => 'comment_ID')) as $c)"
            ' { echo json_encode(array($c->comment_content, $c->comment_approved)) . "\\n"; }'
        )
        return [tuple(json.loads(row)) for row in rows.splitlines()]


@pytest.fixture(scope="module")
def installed(wordpress_server: WordPress) -> Iterator[WordPress]:
    folder = wordpress_server.folder / "wp-content" / "mu-plugins"
    folder.mkdir()
    shutil.copy(DROP_IN, folder)
    (folder / "recorder.php").write_text(RECORDER)
    wordpress_server.activate("akismet")
    wordpress_server.run("switch_theme('twentytwentyone');")
    yield wordpress_server
    wordpress_server.deactivate("akismet")
    shutil.rmtree(folder)


@pytest.fixture
def blog(live: Live, installed: WordPress, valkey_settings: Settings) -> Iterator[Blog]:
    """Name this test's server in wp-config.php. Comments of people who never commented are published too."""
    words = {"reject_words": (Term("pills-casino"),), "hold_words": (Term("harbour times"),)}
    live.storage.sites.put(a_site(id="demo", per_minute=0, akismet_keys=("k1",), **words))
    config = installed.folder / "wp-config.php"
    before = config.read_text()
    config.write_text(before.replace("<?php", f"<?php define('REPLYGATE_AKISMET_SERVER', '{live.url}/');", 1))
    key = Pseudonyms(valkey_settings.secret_key).akismet_key("demo", "k1")
    installed.run(
        f"update_option('wordpress_api_key', '{key}'); update_option('comment_previously_approved', '0');"
        "update_option('akismet_strictness', '0'); delete_option('akismet_alert_code');"
        "foreach (get_comments(array('status' => 'any')) as $c) { wp_delete_comment($c, true); }"
        "foreach (get_comments(array('status' => 'spam')) as $c) { wp_delete_comment($c, true); }"
    )
    blog = Blog(installed, live, key)
    yield blog
    config.write_text(before)
    assert not any("akismet" in host for host in blog.asked_hosts)
    (installed.folder / "wp-content" / "mu-plugins" / "sent.txt").unlink(missing_ok=True)


@pytest.fixture
def page(desktop: Desktop) -> Iterator[Page]:
    """A page that must not ask Akismet's servers either."""
    page, asked = desktop.open(), []
    page.on("request", lambda request: asked.append(urlsplit(request.url).hostname or ""))
    yield page
    assert [host for host in asked if "akismet" in host] == []


def send_comment(page: Page, blog: Blog, text: str, author: str = "Ines") -> None:
    page.goto(blog.wordpress.run("echo get_permalink(1);"))
    page.get_by_label("Comment *").fill(text)
    page.get_by_label("Name *").fill(author)
    page.get_by_label("Email *").fill("ines@mail.example")
    with page.expect_navigation(wait_until="domcontentloaded"):  # avatars of another host may take long
        page.get_by_role("button", name="Post Comment").click()


def test_the_plugin_accepts_the_key_and_shows_an_active_account(page: Page, blog: Blog) -> None:
    blog.wordpress.run("delete_option('wordpress_api_key');")
    open_signed_in(page, blog.wordpress)
    page.goto(f"{blog.wordpress.url}{CONFIGURATION}")
    page.get_by_role("link", name="Manually enter an API key").click()
    page.get_by_placeholder("Enter your API key").fill(blog.key)
    page.get_by_role("button", name="Connect with API key").click()
    expect(page.get_by_text("Akismet is now protecting your site")).to_be_visible()
    expect(page.get_by_label("API Key")).to_have_value(blog.key)
    expect(page.get_by_text("Replygate, A blog")).to_be_visible()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    assert page.get_by_text("Akismet could not reach").count() == 0


def test_the_plugin_refuses_a_wrong_key(page: Page, blog: Blog) -> None:
    blog.wordpress.run("delete_option('wordpress_api_key');")
    open_signed_in(page, blog.wordpress)
    page.goto(f"{blog.wordpress.url}{CONFIGURATION}")
    page.get_by_role("link", name="Manually enter an API key").click()
    page.get_by_placeholder("Enter your API key").fill("0123456789ab")
    page.get_by_role("button", name="Connect with API key").click()
    expect(page.get_by_text("The key you entered is invalid")).to_be_visible()


def test_comments_sent_in_a_browser_get_our_verdict(page: Page, blog: Blog) -> None:
    for text in (HAM, SPAM, REVIEW):
        send_comment(page, blog, text)
    assert blog.statuses() == [(HAM, "1"), (SPAM, "spam"), (REVIEW, "0")]
    assert blog.live.storage.check_records.counts("demo").popitem()[1] == {"ham": 1, "spam": 2}
    assert blog.asked_hosts == {urlsplit(blog.live.url).netloc}


def test_marking_comments_in_wordpress_teaches_here(page: Page, blog: Blog) -> None:
    for text in (HAM, SPAM):
        send_comment(page, blog, text)
    open_signed_in(page, blog.wordpress)
    press(page, blog, "approved", "Spam", "walked the pier path")
    press(page, blog, "spam", "Not Spam", "pills-casino")
    assert blog.statuses() == [(HAM, "spam"), (SPAM, "0")]
    assert blog.live.storage.corpus.totals("demo") == (1, 1)
    assert blog.live.storage.check_records.counts("demo").popitem()[1] == {
        "ham": 1, "spam": 1, "missed_spam": 1, "false_positives": 1,
    }  # fmt: skip


def press(page: Page, blog: Blog, status: str, action: str, words: str) -> None:
    """Press a link of the comment with these words in WordPress's list of comments."""
    page.goto(f"{blog.wordpress.url}/wp-admin/edit-comments.php?comment_status={status}")
    row = page.locator("#the-comment-list tr", has_text=words)
    row.hover()
    # WordPress also sends a heartbeat to this address.
    with page.expect_response(lambda answer: "action=delete-comment" in (answer.request.post_data or "")):
        row.locator(".row-actions").get_by_text(action, exact=True).click()


def test_statistics_are_ours_and_no_frame_shows_the_key(page: Page, blog: Blog) -> None:
    send_comment(page, blog, SPAM)
    open_signed_in(page, blog.wordpress)
    page.goto(f"{blog.wordpress.url}{CONFIGURATION}")
    expect(page.get_by_text("Spam blocked").first).to_be_visible()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("cell", name="1", exact=True)).to_be_visible()
    source = page.locator("iframe").get_attribute("src") or ""
    assert blog.key not in source


def test_comments_wait_while_the_server_is_away(page: Page, blog: Blog) -> None:
    config = blog.wordpress.folder / "wp-config.php"
    config.write_text(config.read_text().replace(f"{blog.live.url}/", "http://127.0.0.1:9"))
    send_comment(page, blog, HAM)
    assert blog.statuses() == [(HAM, "0")]
    config.write_text(config.read_text().replace("http://127.0.0.1:9", blog.live.url))
    blog.wordpress.run("Akismet::cron_recheck();")
    assert blog.statuses() == [(HAM, "1")]


def test_without_a_server_comments_wait_and_nobody_is_asked(page: Page, blog: Blog) -> None:
    config = blog.wordpress.folder / "wp-config.php"
    config.write_text(config.read_text().replace(f"{blog.live.url}/", ""))
    send_comment(page, blog, HAM)
    assert blog.statuses() == [(HAM, "0")]
    assert blog.asked_hosts == set()
