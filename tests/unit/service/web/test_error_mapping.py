"""The table of answers to errors."""

import pytest
from werkzeug.exceptions import default_exceptions

from comments.errors import NotFound, ReplygateError
from service.web.errors import error_mapping, refusal


class _Unknown(ReplygateError):
    """An error without a row."""


def test_an_error_without_a_row_is_raised_again() -> None:
    error = _Unknown("a fault")
    with pytest.raises(_Unknown) as raised:
        error_mapping(error)
    assert raised.value is error


def test_a_kind_of_an_error_has_the_row_of_the_error() -> None:
    class Lost(NotFound):
        pass

    assert error_mapping(Lost("gone")) is error_mapping(NotFound("gone"))


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (400, "The server cannot read this request."),
        (404, "There is no page at this address."),
        (405, "This address does not accept this method."),
        (413, "The request is too large."),
        (500, "Something went wrong on the server. Try again in a moment."),
    ],
)
def test_errors_of_the_web_server_say_what_happened_in_our_words(status: int, detail: str) -> None:
    found = refusal(default_exceptions[status]())
    assert (found.status, found.type, found.detail) == (status, "about:blank", detail)
