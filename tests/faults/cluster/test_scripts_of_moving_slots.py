"""A server refuses each script as a whole while the keys of its slot are on two servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import AskError, TryAgainError

from comments.storage.redis.client import StoreClient
from comments.storage.redis.scripts import Script
from tests.support.cluster import Cluster, move_by_keys, slot_of_site

LUA = Path(__file__).parents[3] / "comments/storage/lua"


#: All scripts that are called, by their names.
SCRIPTS = sorted(
    path.relative_to(LUA).with_suffix("").as_posix() for path in LUA.rglob("*.lua") if path.parent.name != "lib"
)


class OneServer(StoreClient):
    """A client of one server of a cluster, which does not follow its slots."""

    is_cluster = True


@pytest.fixture(scope="module")
def half_moved(cluster: Cluster) -> Iterator[tuple[OneServer, OneServer]]:
    """The servers between which a slot moves. The first has the key rg:{blog}:stays, the second rg:{blog}:moved."""
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    a, b = cluster.client(source), cluster.client(target)
    a.flushall()
    a.mset({"rg:{blog}:stays": "", "rg:{blog}:moved": ""})
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    a.execute_command("MIGRATE", "127.0.0.1", target, "rg:{blog}:moved", 0, 5000)
    yield OneServer(port=source), OneServer(port=target)
    move_by_keys(cluster, slot, source, target)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_refused_while_its_slot_moves_wherever_its_keys_are(
    half_moved: tuple[OneServer, OneServer], name: str
) -> None:
    source, target = half_moved
    stays, moved = "rg:{blog}:stays", "rg:{blog}:moved"
    for keys in ([stays], [stays, moved], [moved, stays]):
        with pytest.raises(TryAgainError):
            Script(source, name)(keys, {})
    with pytest.raises((TryAgainError, AskError)):
        Script(source, name)([moved], {})
    for keys in ([moved], [moved, stays]):
        pipe = target.pipeline(transaction=False)
        pipe.execute_command("ASKING")
        Script(target, name)(keys, {}, client=pipe)
        with pytest.raises(TryAgainError):
            pipe.execute()
