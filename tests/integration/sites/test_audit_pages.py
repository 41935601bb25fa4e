"""The pages of the audit log: entries, search, paging and export."""

import csv
import json
from io import StringIO

from comments.audit import ACTS, AUDIT_LABELS, AuditEntry
from comments.pseudonyms import Pseudonyms
from service.sites.audit_pages import KIND_LABELS
from tests.support.builders import SECRET
from tests.support.markup import parse
from tests.support.web_app import SignedInClient, held, page


def sentences(user: SignedInClient, address: str) -> list[str]:
    """Return the sentences of a page of the audit log."""
    rows = parse(page(user, address)).findall(".//ol[@class='rows audit']/li/p/span[@data-action]")
    return [" ".join("".join(row.itertext()).split()) for row in rows]


def test_a_decision_reads_as_a_sentence_with_links(web_app, mo, owner):
    comment = held(web_app.storage)
    mo.post_form(f"/review/blog/{comment.id}", version=comment.version, action="spam")
    assert sentences(owner, "/sites/blog/audit") == ["mo marked a comment by Ada on “first-post” as spam"]
    text = page(owner, "/sites/blog/audit")
    network = Pseudonyms(SECRET).origin("127.0.0.1")
    for target in (f"/{comment.id}", f"/authors/{comment.history_key}", "?by=mo", f"origin={network}"):
        assert target in text


def test_moderators_see_their_sites_log_and_viewers_do_not(web_app, mo):
    mo.post_form("/sites/blog/rules", kind="term", value="x", effect="mute")
    assert sentences(mo, "/sites/blog/audit")[0].startswith("mo added a rule about the text “x”")
    assert "/sites/blog/audit/export" not in page(mo, "/sites/blog/audit"), "only owners export"
    assert mo.get("/sites/shop/audit").status_code == 404
    assert web_app.signed_in("vi", blog="viewer").get("/sites/blog/audit").status_code == 403


def test_a_name_with_markup_is_shown_as_text(web_app, owner):
    comment = held(web_app.storage, author="<b>Gus</b>")
    owner.post_form(f"/review/blog/{comment.id}", version=comment.version, action="approve")
    assert "by <b>Gus</b> on" in sentences(owner, "/sites/blog/audit")[0]
    assert "<b>Gus" not in page(owner, "/sites/blog/audit")


def test_operators_see_all_sites_and_none_in_one_list_with_every_entry_once(web_app, owner):
    operator = web_app.signed_in("op", operator=True)
    for n in range(60):
        for site in ("blog", "shop", ""):
            web_app.storage.audit.append(AuditEntry("Ines", "thread.close", f"{site}-{n}", site=site))
    seen, address = [], "/ops/audit?by=Ines"
    while address:
        text = page(operator, address)
        found = sentences(operator, address)
        seen += found
        assert len(found) <= 50
        link = parse(text).find(".//a[@rel='next']")
        address = link.get("href") if link is not None else ""
    assert len(seen) == len(set(seen)) == 180
    assert seen[0].endswith("-59”")
    assert owner.get("/ops/audit").status_code == 404


def test_the_csv_has_the_sentences_and_runs_no_formula(web_app, owner):
    owner.post_form("/sites/blog/rules", kind="term", value="=1+1", effect="mute")
    web_app.storage.audit.append(AuditEntry("=cmd", "thread.close", "x", site="blog"))
    answer = owner.post_form("/sites/blog/audit/export", format="csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert rows[1]["person"] == "'=cmd"
    assert rows[1]["what"] == "'=cmd closed the thread “x”"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-blog.csv"'


def found(user: SignedInClient, query: str) -> int:
    return len(sentences(user, f"/sites/blog/audit?{query}"))


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
    assert "ow signed in" in sentences(op, "/audit?by=ow")
    assert [json.loads(line)["site"] for line in op.post_form("/audit/export").text.splitlines()] == [""] * 5
    assert owner.post_form("/audit/export").status_code == 404


def test_every_action_and_kind_has_a_label():
    assert set(ACTS) == set(AUDIT_LABELS)
    assert {action.partition(".")[0] for action in ACTS} == set(KIND_LABELS)
