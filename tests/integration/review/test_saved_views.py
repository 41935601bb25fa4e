"""Saved views: a person saves, renames and deletes addresses of the queue, for themselves or for the team."""

import pytest

from comments.audit import AuditAction, AuditQuery
from comments.saved_views import MAX_VIEWS
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, held, page

BLOG = "/review/blog"


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator", shop="viewer")


def post(user: SignedInClient, path: str, **fields):
    return user.client.post(path, data={"csrf": user.csrf, **fields}, headers=HTML)


def views(user: SignedInClient, path: str = BLOG) -> dict[str, str]:
    links = parse(page(user, path)).iterfind(".//nav[@aria-label='Saved views']//a")
    return {"".join(link.itertext()): link.get("href") for link in links}


def test_a_view_is_saved_with_the_form_of_the_page_and_listed_above_the_list(web_app, mo):
    held(web_app.storage, author="Ines")
    tree = parse(page(mo, f"{BLOG}?status=spam&q=casino&order=points"))
    form = tree.find(".//details[@class='save-view']/form")
    fields = {i.get("name"): i.get("value") for i in form.iterfind(".//input") if i.get("type") == "hidden"}
    answer = mo.client.post(form.get("action"), data={**fields, "name": "Casinos"}, headers=HTML)
    assert answer.status_code == 303
    assert views(mo) == {"Casinos": f"{BLOG}?status=spam&order=points&q=casino"}
    assert answer.location == views(mo)["Casinos"]


def test_views_belong_to_one_person_and_one_list(web_app, mo):
    post(mo, f"{BLOG}/views", name="Mine", status="spam")
    post(mo, "/review/all/views", name="Everywhere", site="shop")
    other = web_app.signed_in("bo", blog="moderator")
    assert (list(views(mo)), list(views(other))) == (["Mine"], [])
    assert views(mo, "/review/all") == {"Everywhere": "/review/all?site=shop"}


def test_a_moderator_shares_a_view_with_the_team_and_the_audit_records_it(web_app, mo):
    post(mo, f"{BLOG}/views", name="Casinos", status="spam", q="casino", shared="true")
    viewer = web_app.signed_in("vi", blog="viewer")
    assert views(viewer) == {"Casinos": f"{BLOG}?status=spam&q=casino"}
    for step, more in (("rename", {"new_name": "Gambling"}), ("delete", {})):
        name = "Casinos" if step == "rename" else "Gambling"
        assert post(viewer, f"{BLOG}/views/changes", step=step, name=name, shared="true", **more).status_code == 422
        assert post(mo, f"{BLOG}/views/changes", step=step, name=name, shared="true", **more).status_code == 303
    assert views(viewer) == {}
    entries = web_app.storage.audit.page("blog", AuditQuery(), 9).rows
    actions = [AuditAction.VIEW_DELETE, AuditAction.VIEW_RENAME, AuditAction.VIEW_SHARE]
    assert [(e.action, e.by) for e in entries] == [(action, "mo") for action in actions]


def test_a_view_of_ones_own_is_renamed_and_deleted_by_a_viewer_too(web_app):
    viewer = web_app.signed_in("vi", blog="viewer")
    post(viewer, f"{BLOG}/views", name="One", status="spam")
    post(viewer, f"{BLOG}/views/changes", step="rename", name="One", new_name="Two")
    assert list(views(viewer)) == ["Two"]
    post(viewer, f"{BLOG}/views/changes", step="delete", name="Two")
    assert views(viewer) == {}
    assert post(viewer, f"{BLOG}/views", name="Three", shared="true").status_code == 422


def test_a_view_with_the_same_name_is_replaced_and_the_number_is_limited(web_app, mo):
    for n in range(MAX_VIEWS):
        assert post(mo, f"{BLOG}/views", name=f"View {n}", status="spam").status_code == 303
    assert post(mo, f"{BLOG}/views", name="View 0", status="removed").status_code == 303
    assert post(mo, f"{BLOG}/views", name="One more", status="spam").status_code == 422
    assert len(views(mo)) == MAX_VIEWS


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": " x"}, {"name": "x" * 41}, {"name": "x", "status": "spam", "order": "useful"},
     {"name": "x", "color": "red"}, {"name": "x", "received_from": "soon"}],
)  # fmt: skip
def test_an_impossible_view_is_not_saved(web_app, mo, fields):
    assert post(mo, f"{BLOG}/views", **fields).status_code == 422
    assert views(mo) == {}


def test_a_missing_view_cannot_be_changed_and_a_taken_name_not_used(web_app, mo):
    post(mo, f"{BLOG}/views", name="One", status="spam")
    post(mo, f"{BLOG}/views", name="Two", status="spam")
    assert post(mo, f"{BLOG}/views/changes", step="delete", name="Three").status_code == 404
    assert post(mo, f"{BLOG}/views/changes", step="rename", name="One", new_name="Two").status_code == 422


def test_a_request_without_the_persons_token_and_a_stranger_change_nothing(web_app, mo):
    stranger = web_app.signed_in("st", shop="moderator")
    assert mo.client.post(f"{BLOG}/views", data={"name": "x", "csrf": "no"}, headers=HTML).status_code == 403
    assert post(stranger, f"{BLOG}/views", name="x").status_code == 404
    assert views(mo) == {}


def test_views_are_erased_with_their_person(web_app, mo):
    post(mo, f"{BLOG}/views", name="One", status="spam")
    web_app.storage.people.delete("mo")
    assert views(web_app.signed_in("mo", blog="moderator")) == {}


def test_a_view_that_was_changed_in_between_is_not_overwritten(web_app, mo):
    shared = web_app.storage.shared_views
    post(mo, f"{BLOG}/views", name="One", status="spam", shared="true")
    before = shared.all("blog")
    post(mo, f"{BLOG}/views", name="Two", status="spam", shared="true")
    entry = web_app.storage.audit.page("blog", AuditQuery(), 1).rows[0]
    assert not shared.replace("blog", before, (), entry)
    assert [view.name for view in shared.all("blog")] == ["One", "Two"]
