"""The team of a site: invitations, sign-in links and roles."""

import re

import pytest

from comments.audit import AuditAction, AuditQuery
from tests.support.markup import parse
from tests.support.web_app import SignedInClient, audit_log, page


def invite(user: SignedInClient, name: str, role: str = "moderator"):
    return user.post_form("/sites/blog/team", name=name, role=role)


def link_in(text: str) -> str:
    found = re.search(r'value="https?://[^/]+(/link/[^"]+)"', text)
    assert found
    return found[1]


@pytest.mark.parametrize(("old", "new"), [("standings", "rules"), ("people", "team")])
def test_a_bookmark_of_an_earlier_version_still_works(web_app, owner, old, new):
    answer = owner.get(f"/sites/blog/{old}")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"http://localhost/sites/blog/{new}")
    assert owner.get(f"/sites/blog/{new}").status_code == 200


def test_an_invitation_is_a_link_that_signs_in_once(web_app, owner):
    answer = invite(owner, "Grace Hopper")
    client = web_app.anonymous()
    assert client.post(link_in(answer.text)).status_code == 303
    assert client.get("/review/blog").status_code == 200
    assert client.get("/sites/blog/team").status_code == 403
    assert client.post(link_in(answer.text)).status_code == 404
    assert audit_log(web_app) == [("ow", AuditAction.PERSON_INVITE, "Grace Hopper")]


def test_an_owner_gets_no_link_for_an_account_with_more_access(web_app, owner):
    web_app.add_account("al", shop="owner")
    taken = invite(owner, "al", "viewer")
    assert taken.status_code == 422
    assert "/link/" not in taken.text
    assert owner.post_form("/sites/blog/team/link", name="al").status_code == 404
    web_app.add_account("both", shop="owner", blog="viewer")
    web_app.add_account("op", operator=True, blog="viewer")
    for name in ("both", "op"):
        assert owner.post_form("/sites/blog/team/link", name=name).status_code == 422
    assert web_app.storage.people.get("al").roles == {"shop": "owner"}


@pytest.mark.parametrize(("name", "role"), [("", "viewer"), ("x" * 61, "viewer"), ("a\nb", "viewer"), ("al", "king")])
def test_a_malformed_invitation_is_refused(web_app, owner, name, role):
    assert invite(owner, name, role).status_code == 422
    assert [p.name for p in web_app.storage.people.all()] == ["ow"]


def test_a_new_link_replaces_a_lost_one(web_app, owner):
    invite(owner, "al")
    again = owner.post_form("/sites/blog/team/link", name="al")
    assert web_app.anonymous().post(link_in(again.text)).status_code == 303
    assert audit_log(web_app)[-1] == ("ow", AuditAction.LINK_MAKE, "al")


def test_a_role_is_changed_and_removed(web_app, mo, owner):
    change = "/sites/blog/team/role"
    assert owner.post_form(change, name="mo", role="viewer").status_code == 303
    assert mo.post_form("/sites/blog/rules", kind="term", value="x", effect="mute").status_code == 403
    assert owner.post_form(change, name="mo", role="").status_code == 303
    assert mo.get("/sites/blog/rules").status_code == 404
    assert [(e.action, e.before, e.after) for e in web_app.storage.audit.page("blog", AuditQuery(), 9).rows] == [
        (AuditAction.PERSON_REMOVE, "viewer", ""),
        (AuditAction.PERSON_ROLE, "moderator", "viewer"),
    ]


def test_a_site_keeps_an_owner(web_app, owner):
    change = "/sites/blog/team/role"
    for role in ("", "moderator"):
        assert owner.post_form(change, name="ow", role=role).status_code == 422
    web_app.add_account("al", blog="owner")
    assert owner.post_form(change, name="ow", role="viewer").status_code == 303
    assert web_app.storage.people.get("ow").roles == {"blog": "viewer"}


def test_people_of_other_sites_are_not_found(web_app, owner):
    web_app.add_account("al", shop="owner")
    assert "al" not in [b.text for b in parse(page(owner, "/sites/blog/team")).iterfind(".//li//bdi")]
    for name in ("al", "nobody"):
        assert owner.post_form("/sites/blog/team/role", name=name, role="viewer").status_code == 404
