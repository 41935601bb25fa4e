"""Edits by authors on the review pages, and decisions about them."""

import pytest

from comments.drafts import drafted, edited, withdrawn
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.integration.review.test_review_api import QUEUE, decide, undo
from tests.support.builders import NOW, an_admission, decided, published
from tests.support.web_app import SignedInClient, WebApp, held, page


@pytest.fixture
def comment(storage: Storage) -> Comment:
    return published(storage, content="The first <b>words</b> of all.")


@pytest.fixture
def draft(storage: Storage, comment: Comment) -> Comment:
    """A held edit."""
    waits = drafted(comment, "The other <b>words</b> of all.", NOW)
    storage.comments.accept(waits, an_admission())
    return decided(storage, waits, Action.HOLD)


def read(storage: Storage) -> list[str]:
    return [c.comment.public_content for c in storage.threads.page("blog", "first-post", 9).rows]


def test_the_card_of_an_edit_shows_what_it_would_change(mo: SignedInClient, comment: Comment, draft: Comment) -> None:
    text = page(mo, "/review/blog")
    assert "The <del>first</del><ins>other</ins> &lt;b&gt;words" in text
    assert "Compared with the published text:" in text
    assert f'an edit of <a href="/review/blog/{comment.id}">a comment</a> that stays published until this is' in text
    (row,) = mo.get(QUEUE).json["comments"]
    assert (row["id"], row["revises"]) == (draft.id, comment.id)


def test_approving_an_edit_publishes_its_text_and_undo_restores_the_old_one(
    mo: SignedInClient, storage: Storage, comment: Comment, draft: Comment
) -> None:
    answer = decide(mo, draft).json["comment"]
    assert (answer["status"], answer["undoable"], answer["actions"]) == ("applied", True, [])
    assert read(storage) == [draft.content]
    answer = undo(mo, draft.id, answer["version"]).json["comment"]
    assert answer["status"] == "held"
    assert read(storage) == [comment.content]


def test_refusing_an_edit_keeps_the_text(
    mo: SignedInClient, storage: Storage, comment: Comment, draft: Comment
) -> None:
    assert decide(mo, draft, "spam").json["comment"]["status"] == "spam"
    assert read(storage) == [comment.content]
    assert storage.comments.get("blog", comment.id) == comment


def test_a_decision_about_an_outdated_text_gets_a_conflict(
    mo: SignedInClient, comment: Comment, draft: Comment
) -> None:
    decide(mo, draft)
    answer = decide(mo, comment, "spam")
    assert answer.status_code == 409
    assert answer.json["comment"]["content"] == draft.content


def test_the_history_keeps_the_replaced_text(mo: SignedInClient, comment: Comment, draft: Comment) -> None:
    decide(mo, draft)
    text = page(mo, f"/review/blog/{comment.id}")
    assert "Previous text" in text
    assert "The first &lt;b&gt;words&lt;/b&gt; of all." in text
    assert "Edited</strong> by <bdi>its author" in text


def test_an_edit_of_a_removed_comment_changes_nothing(
    mo: SignedInClient, storage: Storage, comment: Comment, draft: Comment
) -> None:
    decide(mo, comment, "remove")
    assert "with status Removed, which does not change" in page(mo, "/review/blog")
    assert decide(mo, draft).json["comment"]["status"] == "applied"
    assert storage.comments.get("blog", comment.id).content == comment.content


def test_the_card_shows_the_edit_of_a_held_comment(web_app: WebApp, mo: SignedInClient) -> None:
    first = held(web_app.storage, content="one two")
    again = edited(first, "one three", NOW)
    assert web_app.storage.comments.decide("blog", [CommentChange(first, again)]) == [True]
    decided(web_app.storage, again, Action.HOLD)
    assert "one <del>two</del><ins>three</ins>" in page(mo, "/review/blog")


def test_a_withdrawn_comment_is_shown_and_cannot_be_restored(
    mo: SignedInClient, storage: Storage, comment: Comment
) -> None:
    gone = withdrawn(comment, NOW)
    assert storage.comments.decide("blog", [CommentChange(comment, gone)]) == [True]
    text = page(mo, f"/review/blog/{comment.id}")
    assert "Withdrawn</strong> by <bdi>its author" in text
    row = mo.get(f"{QUEUE}/{comment.id}").json["comment"]
    assert (row["status"], row["actions"], row["undoable"]) == (Status.WITHDRAWN, [], False)
    assert decide(mo, gone).status_code == 422
    assert undo(mo, gone.id, gone.version).status_code == 422
