"""A desk over each back end, and who sits at it."""

import pytest

from comments.storage import Storage
from tests.desk import Desk, Seat, a_desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return a_desk(storage)


@pytest.fixture
def mo(desk: Desk) -> Seat:
    return desk.signed_in("mo", blog="moderator")


@pytest.fixture
def owner(desk: Desk) -> Seat:
    return desk.signed_in("ow", blog="owner")
