"""The pages of the audit log: entries, search, paging and export."""

import json

from comments.audit import ACTS, AUDIT_LABELS
from comments.pseudonyms import Pseudonyms
from service.sites.audit_pages import KIND_LABELS
from tests.support.builders import SECRET
from tests.support.markup import parse
from tests.support.web_app import SignedInClient, held, page


def test_the_audit_log_shows_person_action_subject_and_network(web_app, mo, owner):
    comment = held(web_app.storage)
    mo.post_form(f"/review/blog/{comment.id}", version=comment.version, action="spam")
    text = page(owner, "/sites/blog/audit")
    for shown in ("mo", "Marked as spam", comment.id, "Needs review", Pseudonyms(SECRET).origin("127.0.0.1")):
        assert shown in text


def found(user: SignedInClient, query: str) -> int:
    return len(parse(page(user, f"/sites/blog/audit?{query}")).findall(".//ul[@class='rows audit']/li/p/time"))


def test_the_audit_log_is_searched_and_paged(web_app, mo, owner):
    for n in range(60):
        mo.post_form("/sites/blog/rules", kind="term", value=f"word {n}", effect="mute")
    owner.post_form("/sites/blog/rules", kind="term", value="mine", effect="mute")
    assert found(owner, "") == 50
    assert found(owner, "by=ow") == 1
    assert found(owner, "subject=term:word 7&action=standing") == 1
    assert found(owner, "action=comment") == found(owner, "since=2099-01-01") == found(owner, "until=2001-01-01") == 0
    assert found(owner, "by=&action=&subject=&origin=&since=&until=") == 50
    assert found(owner, f"origin={Pseudonyms(SECRET).origin('127.0.0.1')}&by=ow") == 1
    assert found(owner, "origin=elsewhere") == 0
    onward = parse(page(owner, "/sites/blog/audit?by=mo")).find(".//a[@rel='next']").get("href")
    assert found(owner, onward.partition("?")[2]) == 10
    assert owner.get("/sites/blog/audit?since=soon").status_code == 422
    assert owner.get("/sites/blog/audit?cursor=x").status_code == 422


def test_the_audit_log_is_exported_with_an_entry_about_the_export(web_app, mo, owner):
    mo.post_form("/sites/blog/rules", kind="term", value="x", effect="mute")
    answer = owner.post_form("/sites/blog/audit/export")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(r["by"], r["action"], r["subject"]) for r in rows] == [
        ("mo", "standing.set", "term:x"),
        ("ow", "export.audit", ""),
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-blog.jsonl"'


def test_only_operators_see_sign_ins(web_app, owner):
    assert owner.get("/audit").status_code == 404
    op = web_app.signed_in("op", operator=True)
    text = page(op, "/audit?by=ow")
    assert "Signed in" in text
    assert [json.loads(line)["site"] for line in op.post_form("/audit/export").text.splitlines()] == [""] * 5
    assert owner.post_form("/audit/export").status_code == 404


def test_every_action_and_kind_has_a_label():
    assert set(ACTS) == set(AUDIT_LABELS)
    assert {action.partition(".")[0] for action in ACTS} == set(KIND_LABELS)
