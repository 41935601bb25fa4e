"""The installations that faults need: their disk, their clock, and their servers for storage."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from replygate.embedded_valkey import socket_path, start
from tests.faults.clock import settable_clock
from tests.faults.installation import Installation, OutsideStore
from tests.faults.power import recorded_syncs
from tests.faults.proxy import Proxy
from tests.faults.replica_set import replica_set
from tests.support.cluster import running_cluster

SMALL_DISK = "48m"
PRIMARIES = 3


class Place(StrEnum):
    """The installation that a fault needs."""

    USUAL = "as `replygate up` starts it"
    SMALL_DISK = "with its data on a disk of 48 MB"
    RECORDED = "with a record of what was synchronized to the disk"
    CLOCK = "with a clock that can be set"
    PROXY = "with a network between its parts and Valkey"
    SENTINELS = "with a primary, two replicas and three Sentinels"
    CUT_OFF = "with a primary that can be cut off from its replicas and Sentinels"
    CLUSTER = "with three primaries, each with a replica, and a server for jobs"

    @property
    def fails_over(self) -> bool:
        """True if another server may take over without the last decisions of the filters: they wait for no replica."""
        return self in (Place.SENTINELS, Place.CUT_OFF, Place.CLUSTER)


@contextmanager
def installation(place: Place) -> Iterator[Installation]:
    with (
        tempfile.TemporaryDirectory(prefix="rgm") as base,
        _directory(place, Path(base)) as directory,
        _store(place, directory) as store,
        Installation(directory, _environment(place, Path(base)), store) as running,
    ):
        yield running


@contextmanager
def _directory(place: Place, base: Path) -> Iterator[Path]:
    directory = base / "data"
    directory.mkdir(mode=0o700)
    if place is not Place.SMALL_DISK:
        yield directory
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=700", "none", str(directory)], check=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


def _environment(place: Place, base: Path) -> dict[str, str]:
    if place is Place.RECORDED:
        (base / "record").mkdir()
        return recorded_syncs(base / "record")
    if place is Place.CLOCK:
        return settable_clock(base)
    return {}


@contextmanager
def _store(place: Place, directory: Path) -> Iterator[OutsideStore | None]:
    """Start servers for storage if `replygate up` does not bring them."""
    if place is Place.PROXY:
        server = start(directory)
        proxy = Proxy(socket_path(directory))
        yield OutsideStore(proxy.url, server.url, proxy)
        proxy.close()
        server.stop()
    elif place in (Place.SENTINELS, Place.CUT_OFF):
        with replica_set(directory, may_be_cut_off=place is Place.CUT_OFF) as servers:
            yield OutsideStore(servers.url, servers.url, servers, wait_replicas=1)
    elif place is Place.CLUSTER:
        with running_cluster(directory / "cluster", PRIMARIES) as cluster:
            jobs = start(directory)
            for primary in list(cluster.nodes):
                cluster.add_replica(primary)
            yield OutsideStore(cluster.url, cluster.url, cluster, queue_url=jobs.url, wait_replicas=1)
            jobs.stop()
    else:
        yield None
