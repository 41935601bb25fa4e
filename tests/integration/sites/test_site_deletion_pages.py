"""Owners delete a site by typing its name, restore it for a week, and export its comments."""

import io
import json
from datetime import timedelta

from comments.archive.site_import import check_export
from comments.audit import AuditAction
from comments.pseudonyms import Pseudonyms
from comments.site_deletion import GRACE_PERIOD
from tests.support.builders import SECRET, published
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, audit_log, open_web_app, page


def test_only_the_name_of_the_site_deletes_it(web_app, owner):
    refused = owner.post_form("/sites/blog/delete", name="blog")
    assert refused.status_code == 422
    field = parse(refused.text).find(".//input[@name='name']")
    assert (field.get("value"), field.get("aria-invalid")) == ("blog", "true")
    assert web_app.storage.sites.get("blog").deleted is None
    assert owner.post_form("/sites/blog/delete", name="The blog").location.endswith("/sites/blog/deleted")
    assert web_app.storage.sites.get("blog").deleted == web_app.clock()


def test_moderators_cannot_delete_or_export(web_app, mo):
    for path in ("/sites/blog/delete", "/sites/blog/export"):
        assert mo.get(path).status_code == 403
    assert mo.post_form("/sites/blog/delete", name="The blog").status_code == 403


def test_a_deleted_site_is_gone_for_moderators_and_restorable_for_owners(web_app, owner, mo):
    owner.post_form("/sites/blog/delete", name="The blog")
    assert owner.get("/review/blog", headers=HTML).location.endswith("/sites/blog/deleted")
    assert owner.get("/sites/blog/settings").status_code == 410
    assert mo.get("/review/blog", headers=HTML).status_code == 410
    assert "The blog" not in page(mo, "/review")
    assert "The blog</bdi></a> was deleted" in page(owner, "/review")
    web_app.clock.advance(GRACE_PERIOD - timedelta(minutes=1))
    assert "Deleted on" in page(web_app.signed_in("ann", blog="owner"), "/sites/blog/deleted")


def test_a_restored_site_is_as_before(web_app, owner):
    before = web_app.storage.sites.get("blog")
    owner.post_form("/sites/blog/delete", name="The blog")
    assert owner.post_form("/sites/blog/restore").location.endswith("/review/blog")
    assert web_app.storage.sites.get("blog") == before
    acts = [act for _, act, _ in audit_log(web_app)]
    assert acts == [AuditAction.SITE_DELETE, AuditAction.SITE_RESTORE]


def test_only_a_deleted_site_is_restored(web_app, owner):
    owner.post_form("/sites/blog/delete", name="The blog")
    assert [owner.post_form("/sites/blog/restore").status_code for _ in range(3)] == [303, 409, 409]
    acts = [act for _, act, _ in audit_log(web_app)]
    assert acts == [AuditAction.SITE_DELETE, AuditAction.SITE_RESTORE]


def test_a_second_deletion_is_no_entry_of_the_audit_log(web_app, owner):
    other_process = open_web_app(web_app.storage, sites=()).anonymous()
    other_process.set_cookie("replygate", owner.client.get_cookie("replygate").value)
    second = SignedInClient(other_process, owner.csrf)
    page(second, "/sites/blog/settings")  # caches the site
    owner.post_form("/sites/blog/delete", name="The blog")
    assert second.post_form("/sites/blog/delete", name="The blog").status_code == 303
    assert [act for _, act, _ in audit_log(web_app)] == [AuditAction.SITE_DELETE]


def test_another_process_serves_a_restored_site_at_once(web_app, owner, mo):
    other_process = open_web_app(web_app.storage, sites=()).anonymous()
    owner.post_form("/sites/blog/delete", name="The blog")
    assert other_process.get("/v1/sites/blog/threads/page/comments").status_code == 410
    owner.post_form("/sites/blog/restore")
    assert other_process.get("/v1/sites/blog/threads/page/comments").status_code == 200


def test_a_site_cannot_be_restored_after_the_grace_period(web_app, owner):
    owner.post_form("/sites/blog/delete", name="The blog")
    web_app.clock.advance(GRACE_PERIOD)
    later = web_app.signed_in("ann", blog="owner")
    assert later.post_form("/sites/blog/restore").status_code == 409


def test_owners_download_all_comments_with_their_history(web_app, owner):
    comment = published(web_app.storage)
    answer = owner.get("/sites/blog/export")
    assert "blog-comments.jsonl" in answer.headers["Content-Disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    first, (second,) = lines[1], [line for line in lines if line["kind"] == "comment"]
    assert (first["kind"], first["id"]) == ("site", "blog")
    assert (second["kind"], second["id"], second["status"]) == ("comment", comment.id, "approved")
    assert ("ow", AuditAction.EXPORT, "") in audit_log(web_app)


def test_owners_export_a_site_by_api_and_can_import_the_answer(web_app, owner):
    published(web_app.storage)
    answer = owner.get("/v1/sites/blog/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    assert answer.headers["Cache-Control"] == "no-store"
    lines = [json.loads(line) for line in answer.text.split("\n")[:-1]]
    assert (lines[0]["kind"], lines[0]["secrets"], lines[-1]["kind"]) == ("replygate", False, "end")
    assert ("ow", AuditAction.EXPORT, "") in audit_log(web_app)
    assert check_export(io.BytesIO(answer.data), Pseudonyms(SECRET)).comments == 1


def test_an_export_is_streamed(web_app, owner):
    """Its first lines are there before the comments are read."""
    answer = owner.get("/v1/sites/blog/export")
    assert answer.is_streamed
    parts = answer.iter_encoded()
    assert json.loads(next(parts))["kind"] == "replygate"
    later = published(web_app.storage)
    assert later.id in b"".join(parts).decode()


def test_only_owners_export_a_site_by_api(web_app, mo):
    assert mo.get("/v1/sites/blog/export").status_code == 403
    assert web_app.anonymous().get("/v1/sites/blog/export").status_code == 401
    assert not [action for _, action, _ in audit_log(web_app) if action == AuditAction.EXPORT]
