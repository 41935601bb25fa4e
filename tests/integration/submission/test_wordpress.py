"""WordPress's comment form, sent to Replygate."""

from urllib.parse import parse_qs, urlsplit

import pytest

from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.integration.submission.test_form_pages import inputs
from tests.support.builders import a_site, published
from tests.support.public_app import HTML, PublicApp, open_public_app
from tests.support.redirects import browsers_host, tricks

POST = "/v1/sites/blog/wp-comments-post.php"
#: As browsers write the form's names, with what a theme and two plug-ins add.
SENT = {
    "author": "Ada",
    "email": "ada@example.org",
    "url": "https://ada.example",
    "comment": "Well said.",
    "comment_post_ID": "12",
    "comment_parent": "0",
    "submit": "Post Comment",
    "wp-comment-cookies-consent": "yes",
    "_wp_unfiltered_html_comment": "0123456789",
    "akismet_comment_nonce": "abc",
    "ak_hp_textarea": "",
    "ak_js": "1795358325789",
    "theme_rating": "5",
}


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(per_minute=0))


def kept(web: PublicApp) -> Comment:
    (comment,) = web.storage.comments.load("blog", [web.jobs.jobs[-1][2]])
    assert comment is not None
    return comment


def test_an_unchanged_wordpress_form_is_accepted(web: PublicApp) -> None:
    answer = web.client.post(POST, data=SENT)
    assert answer.status_code == 303
    comment = kept(web)
    assert (comment.author, comment.email, comment.url) == ("Ada", "ada@example.org", "https://ada.example")
    assert (comment.content, comment.thread, comment.parent, comment.trap) == ("Well said.", "12", "", "")
    page = web.client.get(answer.headers["Location"], headers=HTML)
    assert "Your comment is awaiting moderation" in page.text


def test_it_redirects_to_the_article_with_a_code_for_the_receipt(web: PublicApp) -> None:
    answer = web.client.post(POST, data=SENT | {"redirect_to": "https://blog.example/post"})
    target = urlsplit(answer.headers["Location"])
    assert (target.scheme, target.netloc, target.path) == ("https", "blog.example", "/post")
    assert {"comment", "code"} == set(parse_qs(target.query))


def test_a_reply_has_its_parent(web: PublicApp) -> None:
    parent = published(web.storage, thread="12")
    assert web.client.post(POST, data=SENT | {"comment_parent": parent.id}).status_code == 303
    for missing in ("77", "a" * 26):
        again = web.client.post(POST, data=SENT | {"comment_parent": missing, "comment": f"To {missing}"})
        assert again.status_code == 422


def test_invalid_forms_are_shown_again_with_their_text(web: PublicApp) -> None:
    answer = web.client.post(POST, data=SENT | {"email": "", "author": ""})
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    again = inputs(answer.text)
    assert again["content"].strip() == "Well said."
    corrected = again | {"author": "Ada", "email": "ada@example.org"}
    assert web.client.post("/v1/sites/blog/comments", data=corrected, headers=HTML).status_code == 303


def test_akismets_honeypot_counts_as_the_sites_honeypot(web: PublicApp) -> None:
    web.client.post(POST, data=SENT | {"ak_hp_textarea": "buy"})
    assert kept(web).trap == "buy"


def test_programs_can_get_json(web: PublicApp) -> None:
    accept = {"Accept": "application/json"}
    assert web.client.post(POST, data=SENT, headers=accept).json["status"] == "pending"
    refused = web.client.post(POST, data=SENT | {"email": "x"}, headers=accept)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_only_pages_of_the_site_may_post(web: PublicApp) -> None:
    assert web.client.post(POST, data=SENT, headers={"Origin": "https://evil.example"}).status_code == 403
    assert web.client.post(POST, data=SENT, headers={"Origin": "https://blog.example"}).status_code == 303
    assert web.client.get(POST).status_code == 405
    assert web.client.post("/v1/sites/nobody/wp-comments-post.php", data=SENT).status_code == 404


def test_server_fields_are_ignored(web: PublicApp) -> None:
    web.client.post(POST, data=SENT | {"status": "approved", "form_seconds": "99", "ip": "192.0.2.1"})
    assert (kept(web).status, kept(web).form_seconds) == ("queued", -1)


def test_no_redirect_target_leads_to_another_site(web: PublicApp) -> None:
    base, client = "http://localhost/v1/sites/blog/wp-comments-post.php", web.client
    home = {("https", "blog.example"), ("http", "localhost")}
    tried = list(dict.fromkeys(tricks()))
    assert len(tried) > 325
    followed = 0
    for trick in tried:
        answer = client.post(POST, data=SENT | {"redirect_to": trick})
        assert answer.status_code in (303, 422), trick  # 422: characters that no field may contain, such as NUL
        location = answer.headers.get("Location", "/")
        assert browsers_host(location, base) in home, (trick, location)
        assert "X-Evil" not in answer.headers
        followed += answer.status_code == 303
    assert followed > 325


def test_hostile_addresses_pass_a_careless_check() -> None:
    """A check that only compares the beginning or the end of an address would accept many of them."""
    base = "http://localhost/"
    elsewhere = [t for t in tricks() if browsers_host(t, base)[1] not in ("blog.example", "localhost")]
    assert sum(t.startswith("https://blog.example") for t in elsewhere) > 15
    assert sum(t.startswith("/") for t in elsewhere) > 30
    assert sum("blog.example" in t for t in elsewhere) > 60
