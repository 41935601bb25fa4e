"""An export, imported on an empty server, gives the same export; and the site goes on as before."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis

from comments.archive.site_export import export_lines
from comments.archive.site_import import import_site
from comments.lifecycle import Status
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.number_periods import Unit, latest_range
from comments.storage.redis import connect
from tests.support.builders import NOW, SECRET
from tests.support.lively_site import fill_site

NAMES = Pseudonyms(SECRET)


def exported(storage: Storage, with_secrets: bool = True, site: str = "blog") -> bytes:
    lines = export_lines(storage, storage.sites.get(site), NAMES, with_secrets)
    return "".join(f"{line}\n" for line in lines).encode()


def imported(storage: Storage, export: bytes) -> None:
    import_site(storage, io.BytesIO(export), NAMES, "the command line")


def stored_values(client: redis.Redis) -> dict[str, Any]:
    """Return everything on the server but what is temporary, and the index for search, which a job makes."""
    readers: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"hash": lambda key: {name: n for name, n in client.hgetall(key).items() if n not in ZEROS},
        b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    found = {key: readers[client.type(key)](key) for key in client.scan_iter()}
    return {key.decode(): value for key, value in found.items() if value and not is_transient(key.decode())}


#: Counters that went up and down again, and those that never began.
ZEROS = (b"0", b"0.0000")
#: Ends and beginnings of the names of temporary keys, and of those that an import makes with its own times.
TRANSIENT = re.compile(
    r"outbox|changes|wakes|attempts|attention|reported|due|recount|standings:version|importing.*|removal"
    r"|(index|held|same|rate|key|claim|code|reports|asked|bulk|check|notices:(due|leases|items|attempts|result)):.*"
    r"|threads:(moving|rewriting)|version|session.*|link.*|numbers:pages:.*|status:queued"
)


def is_transient(key: str) -> bool:
    return key == Keys("rg").audit("") or TRANSIENT.fullmatch(re.sub(r"^rg:(\{[^}]*\}:)?", "", key)) is not None


def busy_pages(storage: Storage) -> list[tuple[str, int]]:
    """Return the pages with the most comments. Their counters may have the names from before a move."""
    return storage.numbers.pages("blog", latest_range(Unit.MONTH, 3, NOW + timedelta(days=60)), 100)


def queued_ids(storage: Storage) -> set[str]:
    """Return the comments that wait for the filters. Those that were edited wait under another time after an import."""
    return {comment.id for comment in storage.comments.by_status("blog", Status.QUEUED, 1000).rows}


@pytest.mark.parametrize("with_secrets", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_an_export_of_an_imported_site_has_the_same_bytes(
    storage: Storage, valkey_settings: Settings, seed: int, with_secrets: bool
) -> None:
    fill_site(storage, seed)
    first = exported(storage, with_secrets)
    connect(valkey_settings).flushall()
    imported(storage, first)
    second = exported(storage, with_secrets)
    assert second.decode().splitlines() == first.decode().splitlines()
    assert second == first


@pytest.mark.parametrize("seed", range(8))
def test_everything_that_lasts_is_stored_as_it_was(storage: Storage, valkey_settings: Settings, seed: int) -> None:
    fill_site(storage, seed)
    storage.thread_moves.finish("blog")
    client = connect(valkey_settings)
    before, pages, queued = stored_values(client), busy_pages(storage), queued_ids(storage)
    first = exported(storage)
    client.flushall()
    imported(storage, first)
    after = stored_values(client)
    assert after.keys() == before.keys()
    for key, value in before.items():
        assert after[key] == value, key
    assert (busy_pages(storage), queued_ids(storage)) == (pages, queued)
