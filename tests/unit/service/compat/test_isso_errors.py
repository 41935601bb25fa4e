"""Errors as Isso answers them to programs."""

import pytest

from comments.errors import Problem
from service.compat.isso_access import isso_error
from service.web.errors import Refusal

PROBLEMS = (Problem("text", "required", "Write something."), Problem("author", "too-long", "Write less."))


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (Refusal(422, "invalid", "Invalid", "Some fields have a problem.", PROBLEMS), "Write something. Write less."),
        (Refusal(404, "not-found", "Not found", "This comment is gone."), "This comment is gone."),
        (Refusal(404, "not-found", "Not found", ""), "Not found"),
    ],
)
def test_the_message_is_the_most_exact_text_of_the_error(refusal: Refusal, message: str) -> None:
    assert isso_error(refusal).json == {"message": message}
