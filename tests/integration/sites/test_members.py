"""The team of a site: invitations, sign-in links and roles."""

import re

import pytest

from comments.audit import AuditAction, AuditQuery
from tests.support.markup import parse
from tests.support.web_app import PASSWORD, SignedInClient, audit_log, page


def invite(user: SignedInClient, name: str, role: str = "moderator"):
    return user.submit("/sites/blog/team", name=name, role=role)


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
    again = owner.submit("/sites/blog/team/link", name="al")
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


def key_in(text: str) -> str:
    found = re.search(r'value="(rgp_[0-9a-f_]+)"', text)
    assert found
    return found[1]


def queue_status(web_app, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return web_app.anonymous().get("/v1/sites/blog/review/comments", headers=headers).status_code


def test_an_owner_adds_an_assistant_with_a_key_and_revokes_it(web_app, owner):
    key = key_in(owner.submit("/sites/blog/team/assistants", assistant="helper", password=PASSWORD).text)
    assert "rgp_" not in page(owner, "/sites/blog/team")
    helper = web_app.storage.people.get("helper")
    assert (helper.roles, helper.password, queue_status(web_app, key)) == ({"blog": "assistant"}, "", 200)
    other = key_in(owner.submit("/sites/blog/team/keys", name="helper").text)
    assert [queue_status(web_app, each) for each in (key, other)] == [200, 200]
    owner.submit("/sites/blog/team/keys/revoke", name="helper", key=helper.api_keys[0].id)
    assert [queue_status(web_app, each) for each in (key, other)] == [401, 200]
    actions = [AuditAction.PERSON_INVITE, *[AuditAction.PERSON_KEY_MAKE] * 2, AuditAction.PERSON_KEY_REVOKE]
    assert audit_log(web_app) == [("ow", action, "helper") for action in actions]
    assert "created an API key for helper" in re.sub(r"<[^>]+>", "", page(owner, "/sites/blog/audit"))


def test_an_assistant_gets_no_sign_in_link(web_app, owner):
    owner.submit("/sites/blog/team/assistants", assistant="helper", password=PASSWORD)
    text = page(owner, "/sites/blog/team")
    assert ("New sign-in link" in text, "New key" in text, "1 key" in text) == (False, True, True)
    assert owner.post_form("/sites/blog/team/link", name="helper").status_code == 422
    assert invite(owner, "other", "assistant").status_code == 422
    assert [p.name for p in web_app.storage.people.all()] == ["helper", "ow"]


@pytest.mark.parametrize(
    "change", [{"assistant": ""}, {"assistant": "ow"}, {"assistant": "x" * 61}, {"password": "wrong"}]
)
def test_a_malformed_assistant_is_refused(web_app, owner, change):
    fields = {"assistant": "helper", "password": PASSWORD} | change
    refused = owner.post_form("/sites/blog/team/assistants", **fields)
    assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
    assert [p.name for p in web_app.storage.people.all()] == ["ow"]


def test_an_owner_makes_no_key_for_a_person_or_for_an_assistant_of_other_sites(web_app, owner):
    """A key has all roles of its person."""
    web_app.add_account("mo", blog="moderator")
    web_app.add_account("both", blog="assistant", shop="owner")
    for name, status in (("mo", 422), ("both", 422), ("none", 404)):
        assert owner.post_form("/sites/blog/team/keys", name=name).status_code == status
    assert not any(person.api_keys for person in web_app.storage.people.all())
