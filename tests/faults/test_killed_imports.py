"""Processes that import an upload are killed at every step, and others go on."""

import os
import signal
from dataclasses import replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from comments.comment_export import all_comments
from comments.job_queue import IMPORT_UPLOAD
from comments.settings import Settings
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.redis.client import StoreClient
from tests.support.builders import NOW, a_site, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.jobs import import_upload
from workers.judging.policy import build_policy
from workers.sweep import Sweep

EXPORT = Path(__file__).parents[1] / "data/imports/wordpress.wxr.xml"


def import_and_die(valkey: Settings, last: int) -> None:
    """Import, and kill this process before the call of a script after the `last` one."""
    execute, calls = StoreClient.execute_command, count(1)

    def counted(self: StoreClient, *words: Any, **options: Any) -> Any:
        if str(words[0]).startswith("EVAL") and next(calls) > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *words, **options)

    StoreClient.execute_command = counted  # type: ignore[method-assign]
    set_deps(Deps(settings(), open_redis(valkey), now, RecordedJobs(), (), build_policy((), {})))
    import_upload("blog", "")


def put_upload(storage: Storage, phase: ImportPhase) -> ImportState:
    """Store an upload; for the phase importing, as it is after the check."""
    storage.sites.put(a_site(origins=("https://pier.example",)))
    state = ImportState("upload", "wxr", "ines", NOW, ImportPhase.UPLOADED)
    storage.import_uploads.add_pieces("blog", state.id, iter([EXPORT.read_bytes()]))
    assert storage.import_uploads.replace("blog", None, state)
    set_deps(Deps(settings(), storage, now, RecordedJobs(), (), build_policy((), {})))
    if phase is ImportPhase.IMPORTING:
        import_upload("blog", "")
        start_upload(storage)
    return state


def start_upload(storage: Storage) -> None:
    ready = storage.import_uploads.get("blog")
    assert ready is not None
    assert ready.phase is ImportPhase.READY
    assert storage.import_uploads.replace("blog", ready, replace(ready, phase=ImportPhase.IMPORTING, done=0))


@pytest.mark.parametrize("phase", [ImportPhase.UPLOADED, ImportPhase.IMPORTING])
@pytest.mark.parametrize("last", [0, 1, 3, 4])
def test_a_killed_import_is_continued_by_the_job(
    storage: Storage, valkey_settings: Settings, phase: ImportPhase, last: int
) -> None:
    put_upload(storage, phase)
    child = get_context("fork").Process(target=import_and_die, args=(valkey_settings, last))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    jobs = RecordedJobs()
    deps = Deps(settings(), storage, now, jobs, (), build_policy((), {}))
    set_deps(deps)
    found = storage.import_uploads.get("blog")
    if found is not None and found.is_working:
        Sweep(deps, connect(valkey_settings)).run_once()
        assert (IMPORT_UPLOAD, "blog", "") in jobs.jobs
        import_upload("blog", "")
    if phase is ImportPhase.UPLOADED:
        start_upload(storage)
        import_upload("blog", "")
    state = storage.import_uploads.get("blog")
    assert state is not None
    assert state.phase is ImportPhase.DONE
    assert len(list(all_comments(storage, "blog"))) == 100
    assert sum(state.report["added"].values()) == 100
