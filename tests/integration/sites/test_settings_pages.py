"""The settings form: unchanged, changed, refused and outdated."""

from comments.audit import AuditAction
from comments.setting_values import RemovalReason, Term
from service.sites.settings import describe_settings
from service.sites.settings_pages import grouped_settings
from tests.support.builders import a_site
from tests.support.markup import parse
from tests.support.web_app import audit_log, page


def form_of(text: str) -> dict[str, str]:
    root = parse(text).find(".//form[@class='settings']")
    fields = {i.get("name"): i.get("value", "") for i in root.iterfind(".//input") if i.get("type") != "checkbox"}
    fields |= {i.get("name"): "yes" for i in root.iterfind(".//input[@type='checkbox']") if "checked" in i.attrib}
    fields |= {t.get("name"): t.text or "" for t in root.iterfind(".//textarea")}
    for select in root.iterfind(".//select"):
        fields[select.get("name")] = next(o.get("value") for o in select if "selected" in o.attrib)
    return fields


def test_the_form_has_every_setting_once():
    assert sorted(s.name for _, settings in grouped_settings() for s in settings) == sorted(describe_settings())


def test_the_form_shows_title_help_limits_and_choices_of_a_setting(owner):
    root = parse(page(owner, "/sites/blog/settings"))
    field = root.find(".//input[@id='max_content']")
    assert [field.get(name) for name in ("type", "min", "max", "step")] == ["number", "1", "15000", "1"]
    assert root.find(".//label[@for='max_content']").text == "Longest comment"
    assert root.find(".//span[@id='max_content-hint']").text == "In characters."
    options = root.iterfind(".//select[@id='profanity']/option")
    assert [(o.get("value"), o.text) for o in options] == [
        ("hold", "Hold for review"),
        ("mask", "Publish with asterisks"),
        ("off", "Allow"),
    ]


def test_sending_the_form_unchanged_changes_nothing(web_app, owner):
    site = a_site(hold_words=(Term("a, b"), Term("casino", ("url",))), hide_emails=True, hold_at=2.5, name="A = b")
    web_app.storage.sites.put(site)
    fields = form_of(page(owner, "/sites/blog/settings"))
    assert owner.client.post("/sites/blog/settings", data=fields).status_code == 303
    assert web_app.storage.sites.get("blog") == site
    assert audit_log(web_app) == []


def test_lists_in_the_form_are_split_at_line_ends_only(web_app, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    changed = fields | {
        "reasons": 'a: Anna: first, second, third\nb: Bea: "quoted", fourth',
        "hold_words": '"one, two\n\n  author+url:cheap, legal  ',
        "origins": "https://a.example\nhttps://b.example",
    }
    assert owner.client.post("/sites/blog/settings", data=changed).status_code == 303
    site = web_app.storage.sites.get("blog")
    assert site.reasons == (
        RemovalReason("a", "Anna", "first, second, third"),
        RemovalReason("b", "Bea", '"quoted", fourth'),
    )
    assert site.hold_words == (Term('"one, two'), Term("cheap, legal", ("author", "url")))
    assert site.origins == ("https://a.example", "https://b.example")
    again = form_of(page(owner, "/sites/blog/settings"))
    assert again["reasons"].split("\n") == changed["reasons"].split("\n")
    assert owner.client.post("/sites/blog/settings", data=again).status_code == 303
    assert web_app.storage.sites.get("blog") == site


def test_a_setting_is_changed_and_audited(web_app, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    changed = fields | {"max_links": "5", "moderation": "all", "match_inside_words": "yes"}
    answer = owner.client.post("/sites/blog/settings", data=changed)
    assert "Settings saved" in page(owner, answer.location)
    site = web_app.storage.sites.get("blog")
    assert (site.max_links, site.moderation, site.match_inside_words) == (5, "all", True)
    entries = {e.subject: (e.by, e.action, e.before, e.after) for e in web_app.storage.audit.all("blog")}
    assert entries == {
        "max_links": ("ow", AuditAction.SITE_SET, "4", "5"),
        "moderation": ("ow", AuditAction.SITE_SET, "unsure", "all"),
        "match_inside_words": ("ow", AuditAction.SITE_SET, "no", "yes"),
    }


def test_wrong_settings_are_all_named_and_nothing_is_saved(web_app, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    wrong = fields | {"max_links": "many", "hold_at": "9", "moderation": "none", "origins": "blog.example/x"}
    answer = owner.client.post("/sites/blog/settings", data=wrong)
    assert answer.status_code == 422
    marked = [e.get("name") for e in parse(answer.text).iter() if e.get("aria-invalid") == "true"]
    assert sorted(marked) == ["hold_at", "max_links", "moderation", "origins"]
    assert parse(answer.text).find(".//input[@id='max_links']").get("value") == "many"
    assert web_app.storage.sites.get("blog") == a_site(name="The blog")


def test_an_outdated_form_does_not_undo_the_changes_of_another_owner(web_app, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    web_app.storage.sites.put(a_site(max_links=9))
    answer = owner.client.post("/sites/blog/settings", data=fields | {"max_content": "500"})
    assert answer.status_code == 409
    assert web_app.storage.sites.get("blog") == a_site(max_links=9)
