"""The data directory of `replygate up`: private to its owner, used by one process at a time, on a disk with space."""

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from comments.errors import SettingsInvalid

from . import embedded_valkey

log = logging.getLogger(__name__)

#: The file with the secret key, which the first `replygate up` creates.
KEY_FILE = "secret"
#: The file with the public address, which `replygate up` writes.
ADDRESS_FILE = "address"
#: The file that `replygate up` locks while it runs.
_UP_LOCK = "up.lock"
#: Bytes. With less free space, Valkey may not be able to write the next comments.
LITTLE_SPACE = 100_000_000


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise SettingsInvalid if the path cannot be written: the disk is full, or this user may not."""
    try:
        yield
    except OSError as error:
        raise SettingsInvalid(f"cannot write {path}: {error.strerror}") from error


def make_private(directory: Path) -> None:
    """Create the directory, and take away the rights of others to it and to every file made from now on.

    Raises SettingsInvalid.
    """
    os.umask(0o077)
    with _writing(directory):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
        if status.st_uid == os.getuid() and status.st_mode & 0o077:
            directory.chmod(0o700)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Lock the directory. Wait for the Valkey of a killed `up`, which may still be writing."""
    with (directory / _UP_LOCK).open("w") as ours, embedded_valkey.lock(directory).open("w") as server:
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
        _write_whole(path, secrets.token_hex(32))
    return path


def write_address(directory: Path, url: str) -> None:
    """Write the public address for the other commands."""
    _write_whole(directory / ADDRESS_FILE, url)


def _write_whole(path: Path, text: str) -> None:
    """Replace a file, which is never incomplete. Raises SettingsInvalid."""
    new = path.with_name(f"{path.name}.new")
    with _writing(path):
        new.touch(mode=0o600)
        new.write_text(text)
        new.rename(path)


def explain_silence(directory: Path) -> str:
    """Return why the Valkey of a directory may not answer, and the next step, for people."""
    free = shutil.disk_usage(directory).free
    if free < LITTLE_SPACE:
        return f"The disk of {directory} has {free / 1e6:.0f} MB left: make space, and it starts again."
    with suppress(OSError), (directory / _UP_LOCK).open() as ours:  # of another user, or `up` holds it
        fcntl.flock(ours, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return f"Replygate does not run in {directory}. Start it: `replygate up`."
    return f"Its log is {directory / 'valkey.log'}."


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
