"""Reply forms without scripts."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest

from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

SITE = a_site(trap_field="homepage")


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE)


def inputs(page: str) -> dict[str, str]:
    """Return the value of each field of the page's form."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    fields = {node.get("name"): node.get("value", "") for node in tree.iter("input")}
    return fields | {node.get("name"): node.text or "" for node in tree.iter("textarea")}


def test_success_leads_to_the_status_page(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, data=a_reply(), headers=HTML)
    assert answer.status_code == 303
    page = web.client.get(answer.headers["Location"], headers=HTML)
    assert "Your comment is awaiting moderation" in page.text


def test_a_second_click_leads_to_the_same_page(web: PublicApp) -> None:
    answers = [web.client.post(SUBMIT, data=a_reply(), headers=HTML) for _ in range(2)]
    assert len({urlsplit(answer.headers["Location"]).path for answer in answers}) == 1


def test_a_failed_form_is_shown_with_its_problems_and_values(web: PublicApp) -> None:
    sent = a_reply(author="", email="nobody", url="x", content='\nKept "as" <typed>\n  & all', thread="a&b")
    answer = web.client.post(SUBMIT, data=sent, headers=HTML)
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    kept = inputs(answer.text)
    assert kept["content"] == sent["content"]
    assert (kept["author"], kept["email"], kept["url"], kept["thread"]) == ("", "nobody", "x", "a&b")
    for name in ("author", "email", "url"):
        assert f'id="{name}-problem"' in answer.text
        assert f'aria-describedby="{name}-problem' in answer.text
    assert 'id="content-problem"' not in answer.text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"parent": "nobody"}, "The comment you are replying to does not exist."),
        ({"parent": "a" * 26}, "The comment you are replying to is not published."),
        ({"thread": "closed"}, "Comments are closed."),
        ({"thread": ""}, "Page is missing: send the key or address of the page."),
    ],
)
def test_hidden_fields_are_not_named(web: PublicApp, sent: dict[str, str], told: str) -> None:
    web.storage.threads.set_closed("blog", "closed", True)
    page = web.client.post(SUBMIT, data=a_reply(**sent), headers=HTML).text
    assert f"<li>{told}</li>" in page


def test_unknown_fields_are_named(web: PublicApp) -> None:
    """The message helps the developer of the form."""
    page = web.client.post(SUBMIT, data=a_reply(colour="red"), headers=HTML).text
    assert "<bdi>colour</bdi>: " in page


def test_wordpress_fields_survive_a_failure(web: PublicApp) -> None:
    sent = {"comment_post_ID": "12", "comment": "Hi", "author": "", "email": "ada@example.org", "submit": "Post"}
    kept = inputs(web.client.post(SUBMIT, data=sent, headers=HTML).text)
    assert (kept["thread"], kept["content"].strip()) == ("12", "Hi")


def test_required_fields_follow_the_sites_setting(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, required=("content",)))
    page = web.client.post(SUBMIT, data={"thread": "x"}, headers=HTML).text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    named = [*tree.iter("input"), *tree.iter("textarea")]
    assert [node.get("name") for node in named if node.get("required") is not None] == ["content"]
    assert "Your email address will not be published." in page


def test_the_honeypot_is_hidden_from_people(web: PublicApp) -> None:
    page = web.client.post(SUBMIT, data={"thread": ""}, headers=HTML).text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (trap,) = [node for node in tree.iter("div") if node.get("class") == "trap"]
    (field,) = trap.iter("input")
    assert (field.get("name"), field.get("tabindex"), field.get("autocomplete")) == ("homepage", "-1", "off")
    assert trap.get("aria-hidden") == "true"
    answer = web.client.post(SUBMIT, data=a_reply(homepage="spam"), headers=HTML)
    id = urlsplit(answer.headers["Location"]).path.rpartition("/")[2]
    assert web.comment(id).trap == "spam"


@pytest.mark.parametrize("back", ["https://blog.example/post?a=b&comment=old", "/demo/", "demo"])
def test_the_form_redirects_to_a_page_of_the_site_or_ours(web: PublicApp, back: str) -> None:
    answer = web.client.post(SUBMIT, data=a_reply(redirect_to=back), headers=HTML)
    target = urlsplit(answer.headers["Location"])
    assert target.netloc in ("blog.example", "localhost")
    assert target.fragment == "reply-sent"
    kept = {name: values for name, values in parse_qs(target.query).items() if name not in ("comment", "code")}
    assert kept == ({"a": ["b"]} if "?" in back else {})
    (id,) = parse_qs(target.query)["comment"]
    (code,) = parse_qs(target.query)["code"]
    answer = web.client.post("/v1/sites/blog/receipts", json={"comment": id, "code": code})
    assert answer.json == {"receipt": web.pseudonyms.receipt("blog", id)}


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https://blog.example.evil.example/",
        "https://blog.example@evil.example/",
        "https://blog.example:443@evil.example/",
        "https://evil.example#https://blog.example",
        "javascript:alert(1)//blog.example",
        "data:text/html,x",
        "https://blog.example\r\nX-Evil: 1",
        "https://blog.example\t.evil.example",
        "https://[",
    ],
)
def test_the_form_never_redirects_to_another_site(web: PublicApp, back: str) -> None:
    answer = web.client.post(SUBMIT, data=a_reply(redirect_to=back), headers=HTML)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert target.netloc in ("", "localhost", "blog.example")
    assert "X-Evil" not in answer.headers


def test_a_rate_limited_form_keeps_its_text(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, per_minute=1))
    web.client.post(SUBMIT, data=a_reply(), headers=HTML)
    answer = web.client.post(SUBMIT, data=a_reply(content="Another one"), headers=HTML)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert inputs(answer.text)["content"].strip() == "Another one"
    assert 'role="alert"' in answer.text


def test_programs_that_send_forms_get_json(web: PublicApp) -> None:
    assert web.client.post(SUBMIT, data=a_reply()).status_code == 202
    refused = web.client.post(SUBMIT, data={"thread": ""})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize("email", ["ada@example.org", "nobody"])
def test_only_pages_of_the_site_may_frame_the_answer(web: PublicApp, email: str) -> None:
    answer = web.client.post(SUBMIT, data=a_reply(email=email), headers=HTML, follow_redirects=True)
    policy = answer.headers["Content-Security-Policy"]
    assert f"; frame-ancestors {' '.join(SITE.origins)};" in policy
    assert "default-src 'none'" in policy


def test_a_form_that_is_shown_again_begins_with_the_comment(web: PublicApp) -> None:
    text = web.client.post(SUBMIT, data=a_reply(content=""), headers=HTML).text
    places = [text.index(f'name="{name}"') for name in ("content", "author", "email")]
    assert places == sorted(places)
