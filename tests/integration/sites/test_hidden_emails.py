"""A site that hides email addresses from moderators shows no page by which they can find an address."""

import pytest

from comments.author_rules import RuleTarget
from comments.pseudonyms import Pseudonyms
from comments.visitor_fields import VISITOR_FIELDS
from tests.support.builders import SECRET, a_site
from tests.support.web_app import SignedInClient, WebApp, held, page

#: Guesses about ada@example.org: by letter, by domain, by the whole address, and by a field that the value names.
GUESSES = [
    {"kind": "expression", "value": "/^ada@/", "fields": "email"},
    {"kind": "expression", "value": "/^ada@/"},
    {"kind": "term", "value": "email:ada"},
    {"kind": "term", "value": "content+email:/^ada@/"},
    {"kind": "term", "value": "author+email+url+content:/^ada@/"},
    {"kind": "term", "value": "example.org", "inside": "yes"},
    {"kind": "email-domain", "value": "example.org"},
    {"kind": "email", "value": "ada@example.org"},
]


@pytest.fixture
def hiding(web_app: WebApp) -> WebApp:
    web_app.storage.sites.put(a_site(hide_emails=True))
    held(web_app.storage, identity=Pseudonyms(SECRET).author("ada@example.org"))
    return web_app


def preview(person: SignedInClient, guess: dict[str, str]) -> str:
    return person.post_form("/sites/blog/rules", step="preview", effect="hold", **guess).text


@pytest.mark.parametrize("guess", GUESSES)
def test_a_preview_finds_no_comment_by_its_hidden_email(hiding: WebApp, mo: SignedInClient, owner, guess) -> None:
    assert "/review/blog/" not in preview(mo, guess)
    assert "1 of the latest" not in preview(mo, guess)
    link = mo.client.get("/sites/blog/rules/new", query_string={"effect": "hold", **guess})
    assert "1 of the latest" not in link.text
    assert "1 of the latest" in preview(owner, guess)


@pytest.mark.parametrize("guess", GUESSES)
def test_no_saved_rule_is_compared_with_hidden_emails(hiding: WebApp, mo: SignedInClient, guess) -> None:
    mo.post_form("/sites/blog/rules", effect="hold", **guess)
    kind = "term" if guess["kind"] == "expression" else guess["kind"]
    mo.post_form("/sites/blog/rules/import", text=f"{kind},{guess['value']},hold", step="import")
    mo.post_form("/sites/blog/rules/import", text=guess["value"], step="import")
    for rule in hiding.storage.author_rules.all("blog"):
        assert "email" not in rule.fields or rule.target is RuleTarget.DOMAIN, rule


def test_pages_of_rules_say_that_addresses_are_not_compared(hiding: WebApp, mo: SignedInClient) -> None:
    for path in ("/sites/blog/rules/new", "/sites/blog/rules/import"):
        assert "shows email addresses to owners only" in page(mo, path)
    assert "ask an owner to add the rule" in preview(mo, {"kind": "email", "value": "ada@example.org"})


def test_rules_of_owners_are_compared_with_addresses(hiding: WebApp, owner: SignedInClient) -> None:
    owner.post_form("/sites/blog/rules", effect="hold", kind="term", value="casino")
    assert [rule.fields for rule in hiding.storage.author_rules.all("blog")] == [VISITOR_FIELDS]


def test_the_test_box_ignores_an_address_of_a_moderator(hiding: WebApp, mo: SignedInClient) -> None:
    assert 'name="email"' not in page(mo, "/sites/blog/test")
    answer = mo.post_form("/sites/blog/test", content="Hello there", email="ada@example.org")
    asked = hiding.storage.checks.answer("blog", answer.location.removesuffix("#verdict").rpartition("/")[2])
    assert asked is not None
    assert (asked.request.comments[0].email, asked.request.comments[0].identity) == ("", "")


@pytest.mark.parametrize("text", ["ada@example.org", "@example.org"])
def test_searches_lists_and_facets_find_no_hidden_email(hiding: WebApp, mo: SignedInClient, text: str) -> None:
    query = {"q": text, "status": "all", "facets": "true"}
    listed = mo.client.get("/v1/sites/blog/review/comments", query_string=query)
    assert listed.status_code == 200
    assert not listed.json["comments"]
    assert "on the second page" not in page(mo, f"/review/blog?q={text}&status=all")
