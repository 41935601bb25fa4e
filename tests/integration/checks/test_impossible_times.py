"""Times that cannot be true: they are replaced by the time of the request, and the answer says so."""

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from comments.model import Comment
from comments.storage.interfaces import Storage
from service.checks.comment_fields import FIRST_YEAR, plausible_time, time_note
from tests.support.akismet import HAM, open_akismet
from tests.support.web_app import NOW

IMPOSSIBLE = ["9998-01-01T00:00:00Z", "0001-01-01 00:00:00", "1899-12-31", f"{FIRST_YEAR - 1}-12-31T23:59:59Z"]
POSSIBLE = [f"{FIRST_YEAR}-01-01T00:00:00", "2020-02-29T12:00:00+05:00", f"{NOW:%Y-%m-%d %H:%M:%S}"]


def stored_comment(storage: Storage, answer: TestResponse) -> Comment:
    check = storage.checks.answer("blog", answer.headers["X-akismet-guid"])
    assert check
    (comment,) = check.request.comments
    return comment


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_an_impossible_time_is_replaced_and_noted(text: str) -> None:
    at = datetime.fromisoformat(text)
    assert plausible_time(at if at.tzinfo else at.replace(tzinfo=UTC), NOW) == NOW
    assert time_note("sent", text, NOW) == {
        "Replygate-Note": "sent is not a possible time, so the time of the request was used."
    }


@pytest.mark.parametrize("text", POSSIBLE)
def test_a_possible_time_is_used(text: str) -> None:
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    assert plausible_time(at, NOW) == at
    assert time_note("sent", text, NOW) == {}


def test_a_clock_that_is_a_little_ahead_gets_no_note() -> None:
    ahead = NOW + timedelta(minutes=50)
    assert plausible_time(ahead, NOW) == NOW
    assert time_note("sent", ahead.isoformat(), NOW) == {}


@pytest.mark.parametrize("text", [*IMPOSSIBLE, "yesterday", "0000-00-00 00:00:00"])
def test_akismet_clients_get_their_verdict_with_a_note(storage: Storage, text: str) -> None:
    akismet, began = open_akismet(storage), datetime.now(UTC)
    answer = akismet.check(HAM, comment_date_gmt=text, recheck_reason="recheck_queue")
    assert answer.text == "false"
    assert "comment_date_gmt is not a possible time" in answer.headers["Replygate-Note"]
    assert "X-akismet-debug-help" not in answer.headers
    comment = stored_comment(storage, answer)
    assert timedelta(0) <= comment.received - began + timedelta(milliseconds=1) < timedelta(minutes=1)


def test_the_time_of_a_new_comment_is_not_read(storage: Storage) -> None:
    answer = open_akismet(storage).check(HAM, comment_date_gmt="9998-01-01 00:00:00")
    assert (answer.text, "Replygate-Note" in answer.headers) == ("false", False)


def test_an_old_comment_keeps_its_time(storage: Storage) -> None:
    answer = open_akismet(storage).check(HAM, comment_date_gmt="2015-05-01 12:00:00", recheck_reason="edit")
    assert "Replygate-Note" not in answer.headers
    comment = stored_comment(storage, answer)
    assert comment.received == datetime(2015, 5, 1, 12, tzinfo=UTC)
