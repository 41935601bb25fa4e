"""After the removal of a site in every state, no key, no field and no job names it or anybody on it."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis

from comments.archive.site_export import export_lines
from comments.archive.site_import import import_site
from comments.job_queue import DELIVER, INDEX, JUDGE, QUEUES, REMOVE_SITE, RQJobs
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.site_deletion import GRACE_PERIOD, deleted_site
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from tests.support.builders import NOW, SECRET, a_site, settings
from tests.support.lively_site import fill_site, leave_work
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import remove_site
from workers.judging.policy import build_policy
from workers.rq_jobs import open_queue
from workers.sweep import CLEAN_UP_EVERY, Sweep

#: A name that is in no other text.
GONE = "zz-gone-zz"
LATER = NOW + GRACE_PERIOD + timedelta(hours=1)


def deps_at(storage: Storage, jobs: Any) -> Deps:
    return Deps(settings(), storage, lambda: LATER, jobs, BUILT_IN, build_policy(BUILT_IN, {}))


def everything(client: redis.Redis) -> Iterator[bytes]:
    """Yield every key with its value, the packed arguments of RQ's jobs included."""
    for key in client.scan_iter():
        if key == Keys("rg").audit("").encode():
            continue  # keeps that the site was removed
        yield b"%b = %b" % (key, repr(_value(client, key)).encode())


def _value(client: redis.Redis, key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"hash":
        fields = client.hgetall(key)
        if data := fields.pop(b"data", None):
            fields[b"unpacked"] = zlib.decompress(data)
        return fields
    readers = {b"string": client.get, b"set": client.smembers, b"stream": client.xrange}
    ranges = {b"list": client.lrange, b"zset": client.zrange}
    return readers[kind](key) if kind in readers else ranges[kind](key, 0, -1)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_names_a_site_after_its_removal(storage: Storage, valkey_settings: Settings, seed: int) -> None:
    client, jobs = connect(valkey_settings), RQJobs(connect(valkey_settings))
    storage.sites.put(a_site(id="shop"))
    fill_site(storage, seed, GONE)
    leave_work(storage, GONE)
    ines = storage.people.get("ines")
    storage.people.put(replace(ines, setup=f"{GONE}/look", roles={**ines.roles, "shop": "viewer"}))
    for job in (JUDGE, INDEX, DELIVER, REMOVE_SITE):
        jobs.enqueue(job, GONE, "token")
        jobs.enqueue(job, "shop", "token")
    storage.sites.put(deleted_site(storage.sites.get(GONE), NOW))
    sweep = Sweep(deps_at(storage, RecordedJobs()), client)
    sweep.run_once()
    assert sum(GONE.encode() in each for each in everything(client)) > 50

    set_deps(deps_at(storage, RecordedJobs()))
    remove_site(GONE, "")
    for _ in range(CLEAN_UP_EVERY + 1):
        sweep.run_once()

    assert [each for each in everything(client) if GONE.encode() in each] == []
    queued = [job.args[0] for name in sorted(set(QUEUES.values())) for job in open_queue(name, client).jobs]
    assert queued == ["shop"] * 4
    assert storage.people.get("ines").roles == {"shop": "viewer"}


def test_jobs_that_rq_remembers_as_finished_or_failed_go_too(storage: Storage, valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    RQJobs(client).enqueue(JUDGE, GONE, "one")
    RQJobs(client).enqueue(JUDGE, GONE, "two")
    queue = open_queue(QUEUES[JUDGE], client)
    one, two = queue.jobs
    queue.failed_job_registry.add(one, 1000)
    queue.finished_job_registry.add(two, 1000)
    for job in (one, two):
        queue.remove(job)
    storage.sites.put(a_site(id=GONE))
    sweep = Sweep(deps_at(storage, RecordedJobs()), client)
    sweep.run_once()
    storage.sites.remove(GONE)
    for _ in range(CLEAN_UP_EVERY + 1):
        sweep.run_once()
    assert [each for each in everything(client) if each.startswith(b"rq:job")] == []
    assert (queue.failed_job_registry.count, queue.finished_job_registry.count) == (0, 0)


def test_a_removed_site_can_be_imported_again(storage: Storage, valkey_settings: Settings) -> None:
    names = Pseudonyms(SECRET)
    fill_site(storage, 1, GONE)
    export = [f"{line}\n" for line in export_lines(storage, storage.sites.get(GONE), names, True)]
    storage.sites.put(deleted_site(storage.sites.get(GONE), NOW))
    set_deps(deps_at(storage, RecordedJobs()))
    remove_site(GONE, "")
    import_site(storage, io.BytesIO("".join(export).encode()), names, "mo")
    again = [f"{line}\n" for line in export_lines(storage, storage.sites.get(GONE), names, True)]
    assert again == export
