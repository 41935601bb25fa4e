"""A thread that is named by a key has a title and an address in feeds, emails and pages."""

from collections.abc import Iterator
from xml.etree.ElementTree import fromstring

import pytest

from comments.storage.interfaces import Storage
from service.reading.feeds import ATOM
from tests.support.builders import accepted, published
from tests.support.public_app import PublicApp, open_public_app
from tests.support.reply_emails import MailDeployment, open_deployment
from tests.support.web_app import WebApp, held, page

PAGE = "https://blog.example/2026/walks"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


@pytest.fixture
def deployment(storage: Storage) -> Iterator[MailDeployment]:
    with open_deployment(storage) as opened:
        yield opened


def feed_rows(web: PublicApp, path: str) -> list[tuple[str | None, str]]:
    feed, found = fromstring(web.client.get(f"/v1/sites/blog{path}").data), []
    for part in (feed, *feed.findall(f"{{{ATOM}}}entry")):
        link = part.find(f"{{{ATOM}}}link[@rel='alternate']")
        found.append((part.findtext(f"{{{ATOM}}}title"), "" if link is None else link.get("href", "")))
    return found


def test_feeds_show_the_title_and_link_to_the_address(web: PublicApp) -> None:
    comment = published(web.storage, thread="post-12", author="Ada")
    for path, title in (("/feed.atom", "A blog"), ("/threads/post-12/feed.atom", "A blog: post-12")):
        assert feed_rows(web, path) == [(title, ""), ("Ada: post-12", "")]
    web.storage.thread_details.put("blog", "post-12", "Walking in wind", PAGE)
    entry = ("Ada: Walking in wind", f"{PAGE}#comment-{comment.id}")
    assert feed_rows(web, "/feed.atom") == [("A blog", ""), entry], "a cached feed is out of date at once"
    assert feed_rows(web, "/threads/post-12/feed.atom") == [("A blog: Walking in wind", PAGE), entry]


def test_emails_link_to_the_address_and_name_the_article(deployment: MailDeployment) -> None:
    comment = deployment.subscribed(thread="post-12")
    deployment.storage.thread_details.put("blog", "post-12", "Walking in wind", PAGE)
    reply = deployment.replied(comment, thread="post-12")
    letter = deployment.deliver()[-1]
    assert letter.message["Subject"] == "Re: Your comment on Walking in wind"
    assert letter.message["From"].startswith("A blog <")
    assert "Bob replied to your comment on Walking in wind" in letter.text
    assert f"{PAGE}#comment-{reply.id}" in letter.text


def test_without_a_title_emails_name_the_site(deployment: MailDeployment) -> None:
    comment = deployment.subscribed(thread="post-12")
    deployment.replied(comment, thread="post-12")
    assert deployment.deliver()[-1].message["Subject"] == "Re: Your comment on A blog"


def test_emails_and_confirmation_links_work_after_a_move(deployment: MailDeployment) -> None:
    comment = deployment.subscribed(thread="post-12")
    deployment.storage.thread_details.put("blog", "post-12", "Walking in wind", None)
    deployment.storage.thread_moves.move("blog", "post-12", PAGE)
    reply = deployment.replied(comment, thread="post-12")
    letter = deployment.deliver()[-1]
    assert letter.message["Subject"] == "Re: Your comment on Walking in wind"
    assert f"{PAGE}#comment-{reply.id}" in letter.text


def test_the_pages_about_a_comment_link_back(web: PublicApp) -> None:
    comment = accepted(web.storage, thread="post-12")
    receipt = web.pseudonyms.receipt("blog", comment.id)
    web.storage.thread_details.put("blog", "post-12", None, PAGE)
    path = f"/v1/sites/blog/comments/{comment.id}"
    client = web.client
    client.get(path, query_string={"receipt": receipt}, headers={"Accept": "text/html"}, follow_redirects=True)
    shown = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert f'href="{PAGE}"' in shown.text


def test_review_shows_the_title_and_links_to_the_address(web_app: WebApp) -> None:
    comment = held(web_app.storage, thread="post-12")
    web_app.storage.thread_details.put("blog", "post-12", "Walking in <wind>", PAGE)
    mo = web_app.signed_in("mo", blog="moderator")
    for path in ("/review/blog", f"/review/blog/{comment.id}"):
        text = page(mo, path)
        assert f'href="{PAGE}"' in text
        assert "Walking in &lt;wind&gt;" in text
