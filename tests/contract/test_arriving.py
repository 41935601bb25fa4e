"""Count comments by the time they were received, on every back end."""

from datetime import timedelta

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from tests.support.builders import NOW, accepted, decided


def test_received_comments_are_counted_in_every_status(storage: Storage) -> None:
    accepted(storage, received=NOW - timedelta(seconds=60))
    accepted(storage, received=NOW - timedelta(seconds=59))
    for action in (Action.APPROVE, Action.HOLD, Action.SPAM):
        decided(storage, accepted(storage, received=NOW - timedelta(seconds=1)), action)
    accepted(storage, site="other", received=NOW)
    accepted(storage, received=NOW + timedelta(seconds=1))
    assert storage.comments.received_between("blog", NOW - timedelta(seconds=60), NOW) == 4
    assert storage.comments.received_between("blog", NOW - timedelta(seconds=60), NOW + timedelta(seconds=1)) == 5
    assert storage.comments.received_between("nobody", NOW - timedelta(seconds=60), NOW) == 0
