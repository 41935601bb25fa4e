"""Replies to a comment that is taken down: what readers, their authors and moderators see."""

from comments.lifecycle import Action, Status
from comments.model import Comment
from tests.integration.sites.test_settings_pages import form_of
from tests.support.builders import a_site, published
from tests.support.web_app import SignedInClient, WebApp, audit_log, page

READ = "/v1/sites/blog/comments?thread=first-post"


def hiding(web_app: WebApp) -> None:
    web_app.storage.sites.put(a_site(removed_replies="hide"))


def conversation(web_app: WebApp) -> tuple[Comment, Comment]:
    above = published(web_app.storage, author="Vanished", content="Gone words.")
    return above, published(web_app.storage, parent=above.id, content="An answer.", identity="b", origin="b")


def decide(user: SignedInClient, comment: Comment, action: str, version: int) -> dict[str, object]:
    address = f"/v1/sites/blog/review/comments/{comment.id}/decisions"
    answer = user.post_json(address, {"action": action, "version": version})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json["comment"]
    return found


def read(web_app: WebApp) -> list[tuple[str, bool]]:
    return [(c["content"], c["removed"]) for c in web_app.anonymous().get(READ).json["comments"]]


def status(web_app: WebApp, comment: Comment) -> dict[str, object]:
    receipt = web_app.app.extensions["replygate"].pseudonyms.receipt("blog", comment.id)
    address = f"/v1/sites/blog/comments/{comment.id}"
    found: dict[str, object] = web_app.anonymous().get(address, headers={"Replygate-Receipt": receipt}).json
    return found


def test_removing_a_comment_leaves_the_replies_below_a_stub(web_app: WebApp, mo: SignedInClient) -> None:
    above, below = conversation(web_app)
    assert "1 published reply below it. If you take the comment down, readers keep them" in page(
        mo, f"/review/blog/{above.id}"
    )
    decide(mo, above, "remove", 1)
    assert read(web_app) == [("", True), ("An answer.", False)]
    answer = web_app.anonymous().get(READ)
    assert answer.json["total"] == 1
    assert "Vanished" not in answer.text
    assert "Gone words." not in answer.text
    (stub, _) = answer.json["comments"]
    assert (stub["id"], stub["author"], stub["received"], stub["replies"]) == (above.id, "", None, 1)
    assert (status(web_app, below)["status"], status(web_app, below)["hidden"]) == ("published", False)
    assert "Readers see 1 published reply below" in page(mo, f"/review/blog/{above.id}")


def test_a_stub_goes_with_the_last_reply_and_comes_back(web_app: WebApp, mo: SignedInClient) -> None:
    above, below = conversation(web_app)
    decide(mo, above, "spam", 1)
    decide(mo, below, "remove", 1)
    assert read(web_app) == []
    decide(mo, below, "approve", 2)
    assert read(web_app) == [("", True), ("An answer.", False)]
    decide(mo, above, "approve", 2)
    assert read(web_app) == [("Gone words.", False), ("An answer.", False)]


def test_replies_are_hidden_too_where_the_owner_wants_that_and_their_authors_can_see_it(
    web_app: WebApp, mo: SignedInClient
) -> None:
    hiding(web_app)
    above, below = conversation(web_app)
    assert "If you take the comment down, they are hidden too" in page(mo, f"/review/blog/{above.id}")
    assert decide(mo, above, "remove", 1)["hides_replies"] is True
    assert read(web_app) == []
    assert (status(web_app, below)["status"], status(web_app, below)["hidden"]) == ("published", True)
    assert "Readers do not see this comment" in page(mo, f"/review/blog/{below.id}")
    receipt = web_app.app.extensions["replygate"].pseudonyms.receipt("blog", below.id)
    address = f"/v1/sites/blog/comments/{below.id}?receipt={receipt}"
    text = web_app.anonymous().get(address, headers={"Accept": "text/html"}, follow_redirects=True).text
    assert "Your comment is hidden" in text


def test_a_moderator_shows_hidden_replies_again(web_app: WebApp, mo: SignedInClient) -> None:
    hiding(web_app)
    above, _ = conversation(web_app)
    decide(mo, above, "spam", 1)
    assert read(web_app) == []
    card = page(mo, f"/review/blog/{above.id}")
    assert "1 published reply below it is hidden." in card
    assert 'value="show-replies">Show the replies</button>' in card
    answer = mo.post_form(f"/review/blog/{above.id}", version=2, action="show-replies", alone="true")
    assert answer.status_code == 303
    assert read(web_app) == [("", True), ("An answer.", False)]
    after = web_app.storage.comments.get("blog", above.id)
    assert (after.status, after.lesson) == (Status.SPAM, "spam")
    assert audit_log(web_app)[-1] == ("mo", "comment.show_replies", above.id)
    answer = mo.post_json(f"/v1/sites/blog/review/comments/{above.id}/undo", {"version": 3})
    assert answer.status_code == 200
    assert read(web_app) == []


def test_replies_that_are_not_hidden_cannot_be_shown_again(web_app: WebApp, mo: SignedInClient) -> None:
    above, _ = conversation(web_app)
    address = f"/v1/sites/blog/review/comments/{above.id}/decisions"
    answer = mo.post_json(address, {"action": "show-replies", "version": 1})
    assert (answer.status_code, answer.json["type"]) == (422, "urn:replygate:action-not-allowed")


def test_undoing_an_approval_hides_the_replies_as_before(web_app: WebApp, mo: SignedInClient) -> None:
    hiding(web_app)
    above, _ = conversation(web_app)
    decide(mo, above, "remove", 1)
    decide(mo, above, Action.APPROVE.value, 2)
    assert read(web_app) == [("Gone words.", False), ("An answer.", False)]
    web_app.storage.sites.put(a_site(removed_replies="keep"))
    mo.post_json(f"/v1/sites/blog/review/comments/{above.id}/undo", {"version": 3})
    assert web_app.storage.comments.get("blog", above.id).hides_replies
    assert not web_app.storage.threads.page("blog", "first-post", 9).rows


def test_replies_to_a_withdrawn_comment_can_be_shown_again(web_app: WebApp, mo: SignedInClient) -> None:
    hiding(web_app)
    above, _ = conversation(web_app)
    receipt = web_app.app.extensions["replygate"].pseudonyms.receipt("blog", above.id)
    address = f"/v1/sites/blog/comments/{above.id}"
    assert web_app.anonymous().delete(address, headers={"Replygate-Receipt": receipt}).status_code == 200
    assert read(web_app) == []
    assert "Show the replies" in page(mo, f"/review/blog/{above.id}")
    decide(mo, above, "show-replies", 2)
    assert read(web_app) == [("", True), ("An answer.", False)]


def withdraw(web_app: WebApp, comment: Comment) -> None:
    receipt = web_app.app.extensions["replygate"].pseudonyms.receipt("blog", comment.id)
    address = f"/v1/sites/blog/comments/{comment.id}"
    assert web_app.anonymous().delete(address, headers={"Replygate-Receipt": receipt}).status_code == 200


def test_a_moderator_shows_a_hidden_reply_again_from_its_own_card(web_app: WebApp, mo: SignedInClient) -> None:
    hiding(web_app)
    above, between = conversation(web_app)
    below = published(web_app.storage, parent=between.id, content="Deeper.", identity="c", origin="c")
    decide(mo, between, "remove", 1)
    withdraw(web_app, above)
    assert read(web_app) == []
    card = page(mo, f"/review/blog/{below.id}")
    assert 'value="show-replies">Show it and the other replies</button>' in card
    answer = mo.post_form(f"/review/blog/{below.id}", version=1, action="show-replies", alone="true")
    assert answer.status_code == 303
    assert read(web_app) == [("", True), ("", True), ("Deeper.", False)]
    assert "Readers do not see this comment" not in page(mo, f"/review/blog/{below.id}")
    assert {entry[2] for entry in audit_log(web_app)[-2:]} == {above.id, between.id}


def test_approving_a_hidden_published_reply_names_the_action_that_shows_it(web_app: WebApp, mo: SignedInClient) -> None:
    hiding(web_app)
    above, below = conversation(web_app)
    withdraw(web_app, above)
    address = f"/v1/sites/blog/review/comments/{below.id}/decisions"
    answer = mo.post_json(address, {"action": "approve", "version": 1})
    assert (answer.status_code, answer.json["type"]) == (422, "urn:replygate:action-not-allowed")
    assert "Use the action show-replies" in answer.json["detail"]
    assert decide(mo, below, "show-replies", 1)["id"] == below.id
    assert read(web_app) == [("", True), ("An answer.", False)]
    answer = mo.post_json(address, {"action": "show-replies", "version": 1})
    assert answer.status_code == 422, "it is not hidden now"


def test_hidden_replies_come_back_when_the_owner_keeps_them(web_app: WebApp, owner: SignedInClient) -> None:
    hiding(web_app)
    conversations = [conversation(web_app) for _ in range(3)]
    for above, _ in conversations[:2]:
        withdraw(web_app, above)
    decide(owner, conversations[2][0], "remove", 1)
    assert read(web_app) == []
    save_setting(owner, "keep")
    assert read(web_app) == [("", True), ("An answer.", False)] * 3
    assert [status(web_app, below)["hidden"] for _, below in conversations] == [False] * 3
    save_setting(owner, "hide")
    assert len(read(web_app)) == 6, "the setting acts when a comment is taken down"


def save_setting(owner: SignedInClient, value: str) -> None:
    fields = form_of(page(owner, "/sites/blog/settings/reports")) | {"removed_replies": value}
    assert owner.client.post("/sites/blog/settings/reports", data=fields).status_code == 303
