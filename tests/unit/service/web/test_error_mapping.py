"""The table of answers to errors."""

import pytest

from comments.errors import NotFound, ReplygateError
from service.web.errors import error_mapping


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
