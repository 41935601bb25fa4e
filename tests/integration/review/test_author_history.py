"""Pages of an author or network, and bulk actions on everything by them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.values import HistoryQuery
from service.review.bulk_actions import COMMENTS_PER_CLICK, Selection, run_bulk, start_bulk
from tests.support.builders import NOW, a_site
from tests.support.markup import parse
from tests.support.web_app import SignedInClient, WebApp, audit_log, held, judged, open_web_app, page


def test_an_author_page_shows_all_their_comments_and_counts(web_app, mo):
    judged(web_app.storage, Action.APPROVE, author="Ada L", content="the first of mine")
    judged(web_app.storage, Action.SPAM, origin="elsewhere", content="the second of mine")
    held(web_app.storage, identity="other", content="somebody else's")
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    for shown in (
        "the first of mine",
        "the second of mine",
        "1 approved, 1 spam, first seen 20",
        "Ada L",
        "ada@example.org",
    ):
        assert shown in text
    assert "somebody else" not in text
    assert "/sites/blog/origins/elsewhere" in text


def test_a_signed_user_has_a_page_with_comments_under_every_name(web_app, mo):
    user = {"user": "user-of-grace", "identity": "", "email": ""}
    judged(web_app.storage, Action.APPROVE, author="Grace", content="the first of hers", **user)
    waiting = held(web_app.storage, author="Grace H.", content="the second of hers", **user)
    held(web_app.storage, author="Grace", content="by somebody who typed the name")
    card = page(mo, f"/review/blog/{waiting.id}")
    assert '<span class="badge good">Verified</span>' in card
    assert "/sites/blog/authors/user-of-grace" in card
    text = page(mo, "/sites/blog/authors/user-of-grace")
    assert all(shown in text for shown in ("the first of hers", "the second of hers", "1 approved, 0 spam"))
    assert "somebody who typed" not in text
    assert "the second of hers" in page(mo, "/review/blog?identity=user-of-grace")


def test_a_network_page_shows_all_its_comments(web_app, mo):
    held(web_app.storage, author="One", identity="one", origin="there")
    held(web_app.storage, author="Two", identity="two", origin="there")
    text = page(mo, "/sites/blog/origins/there")
    for shown in ("One", "Two", "/sites/blog/authors/one", "/sites/blog/authors/two"):
        assert shown in text


def test_an_author_page_names_the_other_authors_of_the_same_networks(web_app, mo):
    held(web_app.storage, author="One", identity="one", origin="there")
    held(web_app.storage, author="Two", identity="two", origin="there")
    held(web_app.storage, author="Three", identity="three", origin="elsewhere")
    found = parse(page(mo, "/sites/blog/authors/one")).iter("a")
    links = {link.get("href", "") for link in found}
    assert [name for name in ("one", "two", "three") if f"/sites/blog/authors/{name}" in links] == ["two"]


def test_a_long_list_has_pages(web_app, mo):
    for n in range(23):
        held(web_app.storage, content=f"reply number {n}.", received=NOW + timedelta(seconds=n))
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    onward = parse(text).find(".//a[@rel='next']").get("href")
    rest = page(mo, onward)
    seen = [int(n) for n in re.findall(r"reply number (\d+)\.", text + rest)]
    assert seen == list(reversed(range(23)))
    assert "End of the list" in rest


def test_a_setting_hides_emails_from_moderators_but_not_from_owners(web_app, mo, owner):
    comment = held(web_app.storage)
    web_app.storage.sites.put(a_site(hide_emails=True))
    for path in ("/sites/blog/authors/identity-of-ada", f"/review/blog/{comment.id}", "/review/blog"):
        fresh = open_web_app(web_app.storage, sites=())
        for user, sees in ((mo, False), (owner, True)):
            client = fresh.anonymous()
            client.set_cookie("replygate", user.client.get_cookie("replygate").value)
            assert ("ada@example.org" in page(SignedInClient(client, ""), path)) is sees, path


def test_viewers_see_no_email(web_app):
    held(web_app.storage)
    assert "ada@example.org" not in page(web_app.signed_in("vi", blog="viewer"), "/sites/blog/authors/identity-of-ada")


# Bulk actions on all comments of an author or network


def fields(text: str, form: str) -> dict[str, str]:
    found = parse(text).find(f".//form[@class='{form}']")
    return {i.get("name"): i.get("value") for i in found.iterfind(".//input")}


PREVIEW = "/review/blog/bulk?action=remove&identity=identity-of-ada&scope=everything"


def remove_everything(user: SignedInClient, preview: str = PREVIEW) -> str:
    """Confirm the preview. Return the address of the bulk action."""
    answer = user.client.post("/review/blog/bulk", data=fields(page(user, preview), "panel begin"))
    assert answer.status_code == 303
    return answer.location


def resume(user: SignedInClient, path: str, step: str = "continue") -> str:
    """Press a button of the bulk action's page. Return the address of the next page."""
    return user.client.post(path, data=fields(page(user, path), "bulk-buttons") | {"step": step}).location


def many(web_app: WebApp, n: int) -> list[Comment]:
    return [held(web_app.storage, received=NOW + timedelta(seconds=i)) for i in range(n)]


@pytest.fixture(autouse=True)
def _later(web_app: WebApp) -> None:
    """The action starts after the comments arrived."""
    web_app.clock.at = datetime.now(UTC) + timedelta(hours=1)


def statuses(web_app: WebApp, comments: list[Comment]) -> set[Status]:
    return {c.status for c in web_app.storage.comments.load("blog", [c.id for c in comments])}


def test_everything_by_an_author_is_removed_and_restored(web_app, mo):
    mine = [*many(web_app, 3), judged(web_app.storage, Action.APPROVE)]
    spam, other = judged(web_app.storage, Action.SPAM), held(web_app.storage, identity="other")
    link = parse(page(mo, "/sites/blog/authors/identity-of-ada")).find(".//a[@class='button']")
    preview = page(mo, link.get("href"))
    assert "Remove 4 comments?" in preview
    assert "Spam and removed comments stay as they are" in preview
    assert statuses(web_app, mine) == {Status.HELD, Status.APPROVED}
    path = remove_everything(mo)
    assert "Removed 4 comments" in page(mo, path)
    assert statuses(web_app, mine) == {Status.REMOVED}
    assert statuses(web_app, [spam, other]) == {Status.SPAM, Status.HELD}
    assert "Restored 4 comments" in page(mo, resume(mo, path, "undo"))
    assert [c.status for c in web_app.storage.comments.load("blog", [c.id for c in mine])] == [c.status for c in mine]
    assert statuses(web_app, [spam, other]) == {Status.SPAM, Status.HELD}
    assert [e[1] for e in audit_log(web_app)] == [Action.REMOVE.row.audit] * 4 + [Action.UNDO.row.audit] * 4


def test_the_preview_names_the_author_by_the_latest_name(web_app, mo):
    held(web_app.storage, author="Ada", received=NOW)
    held(web_app.storage, author="Ada L.", received=NOW + timedelta(seconds=5))
    chosen = parse(page(mo, PREVIEW)).find(".//main//strong/bdi")
    assert chosen.text == "author Ada L."
    assert "author Ada L." in page(mo, remove_everything(mo))


def test_everything_from_a_network_can_be_marked_as_spam(web_app, mo):
    here, there = held(web_app.storage, origin="here"), held(web_app.storage, origin="there")
    remove_everything(mo, "/review/blog/bulk?action=spam&origin=here&scope=everything")
    assert statuses(web_app, [here]) == {Status.SPAM}
    assert statuses(web_app, [there]) == {Status.HELD}


def test_a_long_search_continues_step_by_step_and_shows_its_progress(web_app, mo):
    mine = many(web_app, COMMENTS_PER_CLICK + 20)
    path = remove_everything(mo)
    text = page(mo, path)
    assert "searching older comments" in text
    assert ">Continue</button>" in text
    web_app.clock.advance(timedelta(seconds=9))
    while "data-running" in page(mo, path):
        path = resume(mo, path)
    assert f"Removed {COMMENTS_PER_CLICK + 20} comments" in page(mo, path)
    assert statuses(web_app, mine) == {Status.REMOVED}


def test_comments_that_arrive_during_a_removal_are_not_removed(web_app, mo):
    mine = many(web_app, COMMENTS_PER_CLICK)
    path = remove_everything(mo)
    late = held(web_app.storage, received=web_app.clock.at + timedelta(seconds=1))
    while "data-running" in page(mo, path):
        path = resume(mo, path)
    assert statuses(web_app, mine) == {Status.REMOVED}
    assert statuses(web_app, [late]) == {Status.HELD}


def test_a_removal_ends_at_the_limit_and_another_one_continues(web_app, mo):
    mine = many(web_app, 40)
    deps = web_app.app.extensions["replygate"]
    everything = Selection("author", everything=HistoryQuery(identity="identity-of-ada"))
    for done, finished in ((30, True), (10, True)):
        with web_app.app.test_request_context():
            bulk = start_bulk(deps, "blog", everything, Action.REMOVE, "mo")
            run_bulk(deps, "blog", bulk, "mo", limit=30)
        progress = web_app.storage.bulks.progress("blog", bulk.id)
        assert (progress.done, progress.finished) == (done, finished)
    assert statuses(web_app, mine) == {Status.REMOVED}


def test_undo_restores_only_what_the_removal_removed(web_app, mo):
    before, mine = held(web_app.storage, received=NOW - timedelta(days=1)), many(web_app, 2)
    mo.post_form(f"/review/blog/{before.id}", version=before.version, action="remove")
    path = remove_everything(mo)
    assert "Removed 2 comments" in page(mo, path)
    resume(mo, path, "undo")
    assert statuses(web_app, mine) == {Status.HELD}
    assert statuses(web_app, [before]) == {Status.REMOVED}


def test_undo_ends_a_running_search(web_app, mo):
    mine = many(web_app, COMMENTS_PER_CLICK + 20)
    path = remove_everything(mo)
    resume(mo, path, "undo")
    assert statuses(web_app, mine) == {Status.HELD}
    assert "data-running" not in page(mo, path)


def test_a_preview_removes_nothing(web_app, mo):
    mine = many(web_app, 2)
    page(mo, PREVIEW)
    assert statuses(web_app, mine) == {Status.HELD}


def test_addresses_of_earlier_versions_lead_to_the_preview_or_explain_how_to_undo(web_app, mo):
    old = "/sites/blog/authors/identity-of-ada/removal"
    assert mo.get(old).location == PREVIEW
    for answer in (mo.get(f"{old}?began=1&n=3&undo=0"), mo.post_form(old, began=1, undo=1)):
        assert "This removal was started by an earlier version" in page(mo, answer.location)
