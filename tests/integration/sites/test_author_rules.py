"""Trust, hold, mute and ban rules: their values, their forms and their end."""

from datetime import timedelta

import pytest

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.pseudonyms import Pseudonyms
from tests.support.builders import NOW, SECRET
from tests.support.markup import parse
from tests.support.web_app import WebApp, audit_log, held, page


def rules(web_app: WebApp) -> list[tuple[str, str, str]]:
    return [(s.target.value, s.value, s.effect.value) for s in web_app.storage.author_rules.all("blog")]


def rows_of(text: str) -> str:
    """Return the text of the list of rules."""
    found = parse(text).find(".//ul[@class='rows']")
    return "" if found is None else " ".join(found.itertext())


@pytest.mark.parametrize(
    ("target", "value", "kept"),
    [
        ("email", " Ada@Example.org ", ("author", Pseudonyms(SECRET).author("ada@example.org"))),
        ("author", "identity-of-ada", ("author", "identity-of-ada")),
        ("author", "identity-of-ada@origin-of-ada", ("author", "identity-of-ada@origin-of-ada")),
        ("network", "origin-of-ada", ("origin", "origin-of-ada")),
        ("email-domain", "@Mail.Example", ("email-domain", "mail.example")),
        ("expression", "ca[s5]ino", ("expression", "/ca[s5]ino/")),
        ("term", "/ca[s5]ino/", ("expression", "/ca[s5]ino/")),
        ("range", "203.0.113.7", ("origin", Pseudonyms(SECRET).origin("203.0.113.7"))),
        ("range", "2001:db8:1:2::5/64", ("origin", Pseudonyms(SECRET).origin("2001:db8:1:2::"))),
        ("range", "2001:db8:1::/48", ("origin", Pseudonyms(SECRET).wider_networks("2001:db8:1::")[1])),
        ("user", "17", ("author", Pseudonyms(SECRET).user("blog", "17"))),
        ("domain", "https://Spam.Example:8080/x?y", ("domain", "spam.example")),
        ("domain", "bücher.example", ("domain", "xn--bcher-kva.example")),
        ("domain", "https://www.casino.de/x", ("domain", "casino.de")),
        ("domain", "WWW.Casino.de", ("domain", "casino.de")),
        ("domain", "www.de", ("domain", "www.de")),
        ("domain", "www.github.io", ("domain", "www.github.io")),
        ("domain", "blogspot.com", ("domain", "blogspot.com")),
        ("domain", "github.io", ("domain", "github.io")),
        ("domain", "192.168.1.1", ("domain", "192.168.1.1")),
        ("term", "cheap pills", ("term", "cheap pills")),
    ],
)
def test_the_value_of_a_rule_is_stored_in_its_normal_form(web_app, mo, target, value, kept):
    answer = mo.post_form("/sites/blog/rules", kind=target, value=value, effect="ban", days="7", note="a flood")
    assert answer.status_code == 303
    (rule,) = web_app.storage.author_rules.all("blog")
    assert rule == AuthorRule(
        RuleTarget(kept[0]), kept[1], RuleEffect.BAN, "mo", NOW, NOW + timedelta(days=7), "a flood"
    )
    assert audit_log(web_app) == [("mo", AuditAction.RULE_SET, rule.name)]
    text = page(mo, answer.location)
    assert "a flood" in text
    assert "2026-11-29" in text


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("email", "no address"),
        ("email", "@"),
        ("author", "a b"),
        ("network", "<x>"),
        ("range", "0.0.0.0/0"),
        ("range", "300.1.1.1"),
        ("range", "10.0.0.1/8"),
        ("range", "2001:db8::1/48"),
        ("range", "fe80::1%eth0"),
        ("range", "fe80::1%eth0/64"),
        ("expression", "a(b"),
        ("expression", "/casino/i"),
        ("expression", "//"),
        ("term", "/casino/i"),
        ("email-domain", "localhost"),
        ("domain", "localhost"),
        ("domain", "a..b"),
        ("domain", "://"),
        ("term", ""),
        ("term", "a\x07b"),
        ("nobody", "x"),
    ],
)
def test_a_malformed_rule_is_refused_with_a_message(web_app, mo, target, value):
    answer = mo.post_form("/sites/blog/rules", kind=target, value=value, effect="ban")
    assert answer.status_code == 422
    assert rules(web_app) == []
    assert audit_log(web_app) == []


@pytest.mark.parametrize("effect", ["ban", "mute", "trust"])
@pytest.mark.parametrize("value", ["co.uk", "https://co.uk/", "com.au"])
def test_a_rule_about_a_public_suffix_is_refused(web_app, mo, value, effect):
    answer = mo.post_form("/sites/blog/rules", kind="domain", value=value, effect=effect)
    assert answer.status_code == 422
    assert "is a public suffix. Name one of the sites under it" in answer.text
    assert rules(web_app) == []


def test_a_rule_is_added_and_deleted_on_an_authors_page(web_app, mo):
    held(web_app.storage)
    at = "/sites/blog/authors/identity-of-ada"
    form = parse(page(mo, at)).find(".//form[@class='rule']")
    fields = {i.get("name"): i.get("value") for i in form.iterfind(".//input[@type='hidden']")}
    answer = mo.client.post(form.get("action"), data={**fields, "effect": "mute"})
    assert answer.location == at
    assert rules(web_app) == [("author", "identity-of-ada", "shadow")]
    text = page(mo, at)
    assert "muted" in text
    lifted = mo.post_form(f"/sites/blog/rules/delete?back={at}", name="author:identity-of-ada")
    assert lifted.location == at
    assert rules(web_app) == []
    assert [e[1] for e in audit_log(web_app)] == [AuditAction.RULE_SET, AuditAction.RULE_DELETE]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/review", "/sites/shop/rules"])
def test_a_form_redirects_to_pages_of_the_same_site_only(web_app, mo, back):
    answer = mo.client.post(
        "/sites/blog/rules",
        query_string={"back": back},
        data={"csrf": mo.csrf, "kind": "term", "value": "x", "effect": "mute"},
    )
    assert answer.location == "/sites/blog/rules?done=added&n=1"


def test_an_author_page_offers_no_rule_that_is_in_force(web_app, mo):
    held(web_app.storage)
    address = "/sites/blog/authors/identity-of-ada"
    form = {"kind": "author", "value": "identity-of-ada"}
    assert {"Trust", "Mute"} <= buttons_of(page(mo, address))
    mo.post_form("/sites/blog/rules", effect="trust", **form)
    text = page(mo, address)
    assert "Trust" not in buttons_of(text)
    assert "Mute" in buttons_of(text)
    assert "This author" in rows_of(text)
    assert "identity-of-ada" not in rows_of(text)


def buttons_of(text: str) -> set[str]:
    return {"".join(button.itertext()).strip() for button in parse(text).iterfind(".//button")}


@pytest.mark.parametrize("path", ["/sites/blog/authors/zzz", "/sites/blog/origins/zzz"])
def test_the_page_of_an_unknown_author_or_network_does_not_exist(web_app, mo, path):
    assert mo.get(path).status_code == 404


def test_viewers_have_no_page_to_import_rules(web_app):
    viewer = web_app.signed_in("vi", blog="viewer")
    assert viewer.get("/sites/blog/rules/import").status_code == 403
    assert "/rules/import" not in page(viewer, "/sites/blog/rules")


def test_deleting_an_unknown_rule_gets_404(web_app, mo):
    for name in ("", "x", "origin:nowhere"):
        assert mo.post_form("/sites/blog/rules/delete", name=name).status_code == 404
    assert audit_log(web_app) == []


def test_an_expired_rule_is_shown_as_ended(web_app, mo):
    mo.post_form("/sites/blog/rules", kind="term", value="x", effect="ban", days="1")
    web_app.clock.advance(timedelta(hours=11))
    assert "expired" not in rows_of(page(mo, "/sites/blog/rules"))
    old = AuthorRule(RuleTarget.TERM, "old", RuleEffect.BAN, "mo", NOW, NOW)
    web_app.storage.author_rules.put("blog", old, AuditEntry("mo", AuditAction.RULE_SET, old.name, site="blog"))
    assert "expired" in rows_of(page(mo, "/sites/blog/rules"))


def test_operators_read_the_rules_for_all_sites_and_owners_do_not(web_app):
    operator = web_app.signed_in("op", operator=True)
    assert operator.post_form("/ops/rules", kind="term", value="casino", effect="ban").status_code == 303
    assert "casino" in page(operator, "/ops/rules")
    assert web_app.signed_in("ow", blog="owner").get("/ops/rules").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"expiry": "sometime"}, "sometime"), ({"effect": "praise"}, "praise"), ({"expiry": "30d"}, "")],
)
def test_a_list_of_rules_with_a_wrong_default_is_explained_and_not_imported(
    web_app: WebApp, wrong: dict[str, str], message: str
) -> None:
    owner = web_app.signed_in("ow", blog="owner")
    answer = owner.post_form(
        "/sites/blog/rules/import", text="spam.example", kind="domain", step="import", **({"effect": "hold"} | wrong)
    )
    assert (answer.status_code == 422) == bool(message)
    assert len(web_app.storage.author_rules.all("blog")) == (0 if message else 1)
    if message:
        assert "error" in answer.text
