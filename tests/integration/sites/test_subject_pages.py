"""Owners see what is deleted soon, and export or erase everything from one person."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from comments.audit import AuditAction, AuditEntry
from comments.job_queue import ERASE
from comments.lifecycle import Action
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.saved_views import SavedView
from comments.storage.notes_and_bulks import Note
from tests.support.builders import SECRET, accepted, decided, published, settings
from tests.support.markup import parse
from tests.support.web_app import audit_log, page
from workers.delivery.deps import DeliveryDeps
from workers.subject_erasure import erase_some

EMAIL = "zebulon@quagga.example"
PERSON = {"email": EMAIL, "id": "", "user": ""}
PATH = "/sites/blog/privacy"


def own_comment(web_app) -> Comment:
    identity = Pseudonyms(SECRET).author(EMAIL)
    return published(web_app.storage, author="Zebulon", email=EMAIL, identity=identity, content="the xylophage")


def erase_all(web_app) -> None:
    d, site = DeliveryDeps(settings(), web_app.storage, web_app.clock), web_app.storage.sites.get("blog")
    while web_app.storage.subjects.has_open("blog"):
        erase_some(d, site)


def test_the_schedule_counts_the_texts_of_the_next_days(web_app):
    web_app.clock.at = datetime.now(UTC)  # the server uses its own clock
    web_app.storage.sites.put(replace(web_app.storage.sites.get("blog"), refused_days=5))
    decided(web_app.storage, accepted(web_app.storage), Action.SPAM)
    shown = parse(page(web_app.signed_in("ow", blog="owner"), PATH)).itertext()
    assert "1 comment loses" in " ".join("".join(shown).split())


def test_moderators_see_no_personal_data_page(web_app, mo):
    assert mo.get(PATH).status_code == 403
    assert mo.post_form(f"{PATH}/person", **PERSON, step="export").status_code == 403


def test_a_person_is_shown_before_anything_is_done(web_app, owner):
    comment = own_comment(web_app)
    shown = owner.post_form(f"{PATH}/person", **PERSON, step="find")
    assert "the xylophage" in shown.text or "are not searchable yet" in shown.text
    assert web_app.storage.comments.get("blog", comment.id) == comment


def test_an_owner_exports_everything_from_one_person(web_app, owner):
    comment = own_comment(web_app)
    answer = owner.post_form(f"{PATH}/person", **PERSON, step="export")
    assert [found["id"] for found in json.loads(answer.text)["comments"]] == [comment.id]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert AuditAction.SUBJECT_EXPORT in [act for _, act, _ in audit_log(web_app)]


def test_only_the_typed_address_erases(web_app, owner):
    comment = own_comment(web_app)
    refused = owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed="yes")
    assert refused.status_code == 422
    assert not web_app.storage.subjects.has_open("blog")
    done = owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    assert done.status_code == 303
    assert (ERASE, "blog") in web_app.jobs.enqueued
    erase_all(web_app)
    assert not web_app.storage.comments.get("blog", comment.id).has_text
    assert "1 comment erased" in " ".join("".join(parse(page(owner, PATH)).itertext()).split())


def test_the_receipt_can_be_downloaded_once_the_erasure_is_done(web_app, owner):
    own_comment(web_app)
    owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    (erasure,) = web_app.storage.subjects.erasures("blog")
    assert owner.get(f"{PATH}/receipts/{erasure.id}").status_code == 404
    erase_all(web_app)
    text = owner.get(f"{PATH}/receipts/{erasure.id}").text
    assert json.loads(text)["erased"]["comments"] == 1
    assert "zebulon" not in text.casefold()


def test_the_audit_of_a_request_names_nobody(web_app, owner):
    own_comment(web_app)
    owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    erase_all(web_app)
    log = audit_log(web_app)
    assert {AuditAction.ERASURE_ASKED, AuditAction.ERASURE} <= {act for _, act, _ in log}
    assert EMAIL not in str(log)


def test_a_malformed_address_is_refused_in_its_field(owner):
    answer = owner.post_form(f"{PATH}/person", **{**PERSON, "email": "nobody"}, step="find")
    assert answer.status_code == 422
    assert parse(answer.text).find(".//input[@name='email']").get("aria-invalid") == "true"


def test_moderators_see_a_note_in_place_of_an_erased_text(web_app, owner, mo):
    comment = own_comment(web_app)
    owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    erase_all(web_app)
    shown = page(mo, f"/review/blog/{comment.id}")
    assert "Text deleted at the request of its author" in shown
    assert 'value="approve"' not in shown


def test_the_preview_shows_the_views_that_go_and_the_texts_that_stay(web_app, owner):
    own_comment(web_app)
    views = (SavedView("blog", "Him", "author=Zebulon"), SavedView("blog", "Zebulon and spam", "status=spam"))
    entry = AuditEntry("mo", AuditAction.VIEW_SHARE, site="blog")
    web_app.storage.shared_views.replace("blog", (), views, entry)
    shown = " ".join("".join(parse(owner.post_form(f"{PATH}/person", **PERSON, step="find").text).itertext()).split())
    assert "Saved views that go too Him" in shown
    assert "Saved view, shared 2: Zebulon and spam" in shown


def test_the_list_of_erasures_has_the_id_of_each_receipt(web_app, owner):
    own_comment(web_app)
    owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    (erasure,) = web_app.storage.subjects.erasures("blog")
    assert f">{erasure.id}</code>" in page(owner, PATH)


def test_the_page_erases_the_address_that_was_asked_for(web_app, owner):
    web_app.storage.notes.add("blog", "another", Note("mo", datetime.now(UTC), f"ask {EMAIL}"))
    owner.post_form(f"{PATH}/person", **PERSON, step="erase", typed=EMAIL)
    erase_all(web_app)
    assert [note.text for note in web_app.storage.notes.of("blog", ["another"])[0]] == ["ask (erased)"]
