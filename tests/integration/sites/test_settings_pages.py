"""The settings form: unchanged, changed, refused and outdated."""

from typing import Any

from comments.audit import AuditAction
from comments.setting_values import RemovalReason, Term
from service.sites.settings import describe_settings
from service.sites.settings_form import setting_groups, settings_of
from tests.support.builders import a_site
from tests.support.markup import parse
from tests.support.web_app import audit_log, page


def form_of(text: str) -> dict[str, Any]:
    """Return what a browser would send for the form unchanged."""
    root = parse(text).find(".//form[@class='settings']")
    fields = {i.get("name"): i.get("value", "") for i in root.iterfind(".//input") if i.get("type") != "checkbox"}
    for box in root.iterfind(".//input[@type='checkbox']"):
        if "checked" in box.attrib:
            fields.setdefault(box.get("name"), []).append(box.get("value"))
    fields |= {t.get("name"): t.text or "" for t in root.iterfind(".//textarea")}
    for select in root.iterfind(".//select"):
        fields[select.get("name")] = next(o.get("value") for o in select if "selected" in o.attrib)
    return fields


def address(group: str) -> str:
    return "/sites/blog/settings" if group == "site" else f"/sites/blog/settings/{group}"


def test_the_form_has_every_setting_once():
    assert sorted(s.name for group in setting_groups() for s in settings_of(group)) == sorted(describe_settings())


def test_the_form_shows_title_help_limits_unit_and_choices_of_a_setting(owner):
    root = parse(page(owner, "/sites/blog/settings/commenting"))
    field = root.find(".//input[@id='max_content']")
    assert [field.get(name) for name in ("type", "min", "max", "step")] == ["number", "1", "15000", "1"]
    assert root.find(".//label[@for='max_content']").text == "Longest comment"
    assert root.find(".//span[@id='max_content-hint']").text == "Longer ones are refused."
    assert [e.text for e in root.iterfind(".//span[@class='unit']")] == ["characters", "days", "per minute"]
    options = parse(page(owner, "/sites/blog/settings/words")).iterfind(".//select[@id='profanity']/option")
    assert [(o.get("value"), o.text) for o in options] == [
        ("hold", "Hold for review"),
        ("mask", "Publish with asterisks"),
        ("off", "Allow"),
    ]


def test_values_with_a_name_are_offered_by_it_and_others_can_be_typed(web_app, owner):
    at = address("commenting")
    options = parse(page(owner, at)).findall(".//select[@id='close_after_days']/option")
    assert [o.text for o in options] == [
        *("Never", "After 2 weeks", "After a month", "After 3 months", "After a year", "Other…"),
    ]
    fields = form_of(page(owner, at))
    assert owner.client.post(at, data=fields | {"close_after_days": "14"}).status_code == 303
    assert web_app.storage.sites.get("blog").close_after_days == 14
    fields = form_of(page(owner, at)) | {"close_after_days": "own", "close_after_days.own": "45"}
    assert owner.client.post(at, data=fields).status_code == 303
    assert web_app.storage.sites.get("blog").close_after_days == 45
    again = form_of(page(owner, at))
    assert (again["close_after_days"], again["close_after_days.own"]) == ("own", "45")


def test_lists_of_choices_are_boxes(web_app, owner):
    at = address("commenting")
    fields = form_of(page(owner, at))
    assert fields["required"] == ["author", "email", "content"]
    assert owner.client.post(at, data=fields | {"required": ["author", "content"]}).status_code == 303
    assert web_app.storage.sites.get("blog").required == ("author", "content")


def test_an_unknown_group_is_not_found(owner):
    assert owner.get("/sites/blog/settings/other").status_code == 404


def test_sending_the_form_unchanged_changes_nothing(web_app, owner):
    site = a_site(hold_words=(Term("a, b"), Term("casino", ("url",))), hide_emails=True, hold_at=2.5, name="A = b")
    web_app.storage.sites.put(site)
    for group in setting_groups():
        at = address(group)
        fields = form_of(page(owner, at))
        assert owner.client.post(at, data=fields).status_code == 303
    assert web_app.storage.sites.get("blog") == site
    assert audit_log(web_app) == []


def test_a_site_with_a_number_below_a_later_bound_can_save_its_settings(web_app, owner):
    """`max_checks` had no lower bound of 1,000 once."""
    site = a_site(max_checks=100)
    web_app.storage.sites.put(site)
    at = address("programs")
    fields = form_of(page(owner, at))
    assert fields["max_checks"] == "100"
    assert owner.client.post(at, data=fields).status_code == 303
    assert owner.client.post(at, data=fields | {"check_days": "30"}).status_code == 303
    saved = web_app.storage.sites.get("blog")
    assert (saved.max_checks, saved.check_days) == (100, 30)
    assert owner.client.post(at, data=form_of(page(owner, at)) | {"max_checks": "500"}).status_code == 422
    assert owner.client.post(at, data=form_of(page(owner, at)) | {"max_checks": "1000"}).status_code == 303
    assert web_app.storage.sites.get("blog").max_checks == 1000


def test_lists_in_the_form_are_split_at_line_ends_only(web_app, owner):
    changed = {
        "review": {"reasons": 'a: Anna: first, second, third\nb: Bea: "quoted", fourth'},
        "words": {"hold_words": '"one, two\n\n  author+url:cheap, legal  '},
        "site": {"origins": "https://a.example\nhttps://b.example"},
    }
    for group, typed in changed.items():
        fields = form_of(page(owner, address(group)))
        assert owner.client.post(address(group), data=fields | typed).status_code == 303
    site = web_app.storage.sites.get("blog")
    assert site.reasons == (
        RemovalReason("a", "Anna", "first, second, third"),
        RemovalReason("b", "Bea", '"quoted", fourth'),
    )
    assert site.hold_words == (Term('"one, two'), Term("cheap, legal", ("author", "url")))
    assert site.origins == ("https://a.example", "https://b.example")
    again = form_of(page(owner, address("review")))
    assert again["reasons"].split("\n") == changed["review"]["reasons"].split("\n")
    assert owner.client.post(address("review"), data=again).status_code == 303
    assert web_app.storage.sites.get("blog") == site


def test_a_setting_is_changed_and_audited(web_app, owner):
    fields = form_of(page(owner, address("review")))
    changed = fields | {"max_links": "own", "max_links.own": "5", "moderation": "all", "hide_emails": "yes"}
    answer = owner.client.post(address("review"), data=changed)
    assert "Settings saved" in page(owner, answer.location)
    site = web_app.storage.sites.get("blog")
    assert (site.max_links, site.moderation, site.hide_emails) == (5, "all", True)
    entries = {e.subject: (e.by, e.action, e.before, e.after) for e in web_app.storage.audit.all("blog")}
    assert entries == {
        "max_links": ("ow", AuditAction.SITE_SET, "4", "5"),
        "moderation": ("ow", AuditAction.SITE_SET, "unsure", "all"),
        "hide_emails": ("ow", AuditAction.SITE_SET, "no", "yes"),
    }


def test_wrong_settings_are_all_named_and_nothing_is_saved(web_app, owner):
    fields = form_of(page(owner, address("review")))
    wrong = fields | {"max_links.own": "many", "max_links": "own", "moderation": "none", "reasons": "none"}
    answer = owner.client.post(address("review"), data=wrong)
    assert answer.status_code == 422
    marked = [e.get("name") for e in parse(answer.text).iter() if e.get("aria-invalid") == "true"]
    assert sorted(marked) == ["max_links", "max_links.own", "moderation", "reasons"]
    assert parse(answer.text).find(".//input[@name='max_links.own']").get("value") == "many"
    assert web_app.storage.sites.get("blog") == a_site(name="The blog")


def test_an_outdated_form_does_not_undo_the_changes_of_another_owner(web_app, owner):
    fields = form_of(page(owner, address("review")))
    web_app.storage.sites.put(a_site(max_links=9))
    answer = owner.client.post(address("review"), data=fields | {"hide_emails": "yes"})
    assert answer.status_code == 409
    assert web_app.storage.sites.get("blog") == a_site(max_links=9)


def test_an_outdated_form_keeps_the_typed_values_and_can_be_saved_again(web_app, owner):
    fields = form_of(page(owner, address("words"))) | {"hold_words": "casino\nescort", "profanity": "mask"}
    web_app.storage.sites.put(a_site(hold_words=(Term("loans"),)))
    outdated = owner.client.post(address("words"), data=fields)
    shown = form_of(outdated.text)
    assert shown["hold_words"].split() == ["casino", "escort"]
    stored_now = [e.find("bdi").text for e in parse(outdated.text).iterfind(".//span[@class='hint now-stored']")]
    assert stored_now == ["loans", "Hold for review"]
    assert "discard your values" in outdated.text
    assert owner.client.post(address("words"), data=shown).status_code == 303
    assert [term.text for term in web_app.storage.sites.get("blog").hold_words] == ["casino", "escort"]


def test_the_first_wrong_field_gets_the_focus_and_the_summary_links_to_each(owner):
    fields = form_of(page(owner, address("advanced")))
    wrong = owner.client.post(address("advanced"), data=fields | {"hold_at": "9", "trap_field": "email"})
    root = parse(wrong.text)
    assert [e.get("name") for e in root.iter() if "autofocus" in e.attrib] == ["hold_at"]
    assert [a.get("href") for a in root.iterfind(".//div[@role='alert']//a")] == ["#hold_at", "#trap_field"]


def test_changes_of_another_group_do_not_make_a_form_outdated(web_app, owner):
    fields = form_of(page(owner, address("commenting")))
    web_app.storage.sites.put(a_site(max_links=9))
    assert owner.client.post(address("commenting"), data=fields | {"max_content": "500"}).status_code == 303
    site = web_app.storage.sites.get("blog")
    assert (site.max_links, site.max_content) == (9, 500)
