"""The data directory of `replygate up`: private to its owner, used by one process at a time, on a disk with space."""

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from comments.errors import SettingsInvalid

from . import embedded_valkey

log = logging.getLogger(__name__)

#: The file with the secret key, which the first `replygate up` creates.
KEY_FILE = "secret"
#: The file with the public address, which `replygate up` writes.
ADDRESS_FILE = "address"
#: Bytes. With less free space, Valkey may not be able to write the next comments.
LITTLE_SPACE = 100_000_000


def make_private(directory: Path) -> None:
    """Create the directory, and take away the rights of others to it and to every file made from now on."""
    os.umask(0o077)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = directory.stat()
    if status.st_uid == os.getuid() and status.st_mode & 0o077:
        directory.chmod(0o700)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Lock the directory. Wait for the Valkey of a killed `up`, which may still be writing."""
    with (directory / "up.lock").open("w") as ours, embedded_valkey.lock(directory).open("w") as server:
        try:
            fcntl.flock(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsInvalid(f"Replygate is already running in {directory}") from error
        fcntl.flock(server, fcntl.LOCK_EX)
        fcntl.flock(server, fcntl.LOCK_UN)
        yield


def secret_file(directory: Path) -> Path:
    """Return the file with the secret key, which the first start creates. All pseudonyms are derived from it."""
    path = directory / KEY_FILE
    if not path.exists():
        new = directory / f"{KEY_FILE}.new"
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(32))
        new.rename(path)  # so that the file is never incomplete
    return path


class SpaceCheck:
    """Reports once when the disk of the directory is nearly full, and once when it has space again."""

    def __init__(self, directory: Path, report: Callable[[str], None], least: int = LITTLE_SPACE) -> None:
        self._directory, self._report, self.least = directory, report, least
        self._was_full = False

    def __call__(self) -> None:
        free = shutil.disk_usage(self._directory).free
        is_full = free < self.least
        if is_full and not self._was_full:
            log.error("the disk is nearly full: %.0f MB free", free / 1e6)
            self._report(
                f"The disk of {self._directory} has {free / 1e6:.0f} MB left. When it is full, no comments are "
                "accepted until there is space again. Accepted ones are safe."
            )
        elif self._was_full and not is_full:
            self._report(f"The disk of {self._directory} has space again.")
        self._was_full = is_full
