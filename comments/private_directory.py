"""Temporary directories that only this user can enter. Those of killed processes are removed by the next process."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX, _NEW = "replygate-", ".replygate-"
#: A file that the owner of the directory has locked. The lock ends with its process.
_LOCK = "in-use"


@contextmanager
def private_directory() -> Iterator[Path]:
    """Make a directory and remove it at the end."""
    _remove_left_directories()
    new = Path(tempfile.mkdtemp(prefix=_NEW))
    with (new / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # It gets the name that other processes look for once it is locked.
        directory = new.rename(new.with_name(new.name.removeprefix(".")))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _remove_left_directories() -> None:
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # in use, or removed by another process
            if _is_private(directory):
                with (directory / _LOCK).open("rb") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(directory)


def _is_private(directory: Path) -> bool:
    """Return True for a directory of this user that nobody else can enter, so that nobody else changes it."""
    status = directory.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
