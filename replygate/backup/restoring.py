"""Restore of a backup: check the whole file, load its data into private servers, and copy the keys to an empty one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hmac import compare_digest
from pathlib import Path
from typing import BinaryIO

from comments.archive.site_export import secret_key_fingerprint
from comments.errors import SettingsInvalid
from comments.private_directory import private_directory
from comments.pseudonyms import Pseudonyms
from comments.settings import PREFIX, Settings
from comments.storage.redis import connect
from comments.storage.redis.key_copies import LoadedSnapshot, begin_restore, copy_keys, end_restore
from replygate import embedded_valkey
from replygate.data_directory import KEY_FILE, locked, make_private
from replygate.deployment import is_set
from replygate.private_files import private_file

from .backup_file import BackupDamaged, BackupHeader, unpack_backup

#: Seconds for the private server to load the data.
_LOAD_TIMEOUT = 3600.0
#: Seconds for one answer of a server. Nobody else uses it yet.
PATIENT_SECONDS = 60.0
#: Name of the file with the data of a server, by the server's number.
_DATA_FILE = "backup-{}.rdb"
#: Databases that a server has by itself.
_DATABASES = 16


@dataclass(frozen=True, slots=True)
class UnpackedBackup:
    header: BackupHeader
    n_keys: int
    _directory: Path

    def snapshots(self) -> Iterator[LoadedSnapshot]:
        """Load the data of one server after the other into a private server, which ends before the next one starts."""
        for n in range(self.header.n_servers):
            with _loaded(self.header, self._directory, n) as snapshot:
                yield snapshot


@contextmanager
def unpacked_backup(file: BinaryIO) -> Iterator[UnpackedBackup]:
    """Check the file, and that its data can be loaded. Raises BackupDamaged."""
    with private_directory() as directory:
        header = unpack_backup(file, lambda n: directory / _DATA_FILE.format(n))
        n_keys = 0
        for n in range(header.n_servers):
            with _loaded(header, directory, n) as snapshot:
                n_keys += snapshot.client.dbsize()
        yield UnpackedBackup(header, n_keys, directory)


@contextmanager
def _loaded(header: BackupHeader, directory: Path, n: int) -> Iterator[LoadedSnapshot]:
    options = {
        "appendonly": "no",
        "dbfilename": _DATA_FILE.format(n),
        "databases": str(max(_DATABASES, header.database + 1)),
        "maxmemory": "0",
    }
    try:
        server = embedded_valkey.start(directory, options=options, timeout=_LOAD_TIMEOUT)
    except SettingsInvalid as error:
        raise BackupDamaged(f"the data of the backup cannot be loaded. {error}") from error
    try:
        url = server.url.replace("db=0", f"db={header.database}")
        client = connect(Settings(redis_url=url, socket_timeout=PATIENT_SECONDS))
        yield LoadedSnapshot(client, header.slots[n] if header.slots else ())
    finally:
        server.stop()


@contextmanager
def empty_server(
    directory: Path, env: Mapping[str, str], header: BackupHeader, other_secret_key: bool
) -> Iterator[Settings]:
    """Yield the settings of the server to restore to: that of the environment, or the embedded one of `directory`.

    Raises SettingsInvalid if its settings do not fit the backup.
    """
    if is_set(env, "REDIS_URL"):
        secret = {f"{PREFIX}SECRET_KEY": header.secret_key} if header.secret_key else {}
        settings = Settings.from_env({**secret, **env})
        _check(settings, header, other_secret_key)
        yield settings
        return
    make_private(directory)
    with locked(directory):
        _store_secret_key(directory, env, header)
        url = {f"{PREFIX}REDIS_URL": embedded_valkey.url(directory)}
        secret = {} if is_set(env, "SECRET_KEY") else {f"{PREFIX}SECRET_KEY_FILE": str(directory / KEY_FILE)}
        settings = Settings.from_env({**env, **secret, **url})
        _check(settings, header, other_secret_key)
        server = embedded_valkey.start(directory, fsync="everysec", timeout=_LOAD_TIMEOUT)
        try:
            yield settings
        finally:
            server.stop()


def _store_secret_key(directory: Path, env: Mapping[str, str], header: BackupHeader) -> None:
    path = directory / KEY_FILE
    if path.exists() or is_set(env, "SECRET_KEY"):
        return
    if not header.secret_key:
        raise SettingsInvalid(f"the backup has no secret key: copy the one of its installation to {path} first")
    with private_file(path) as file:
        file.write(header.secret_key.encode())


def _check(settings: Settings, header: BackupHeader, other_secret_key: bool) -> None:
    if settings.prefix != header.prefix:
        raise SettingsInvalid("the keys of the backup begin with another prefix: set REPLYGATE_PREFIX=" + header.prefix)
    ours = secret_key_fingerprint(Pseudonyms(settings.secret_key))
    if not other_secret_key and not compare_digest(ours, header.secret_key_fingerprint):
        raise SettingsInvalid(
            "the backup comes from an installation with another secret key: set REPLYGATE_SECRET_KEY to that key"
        )


def restore_keys(backup: UnpackedBackup, settings: Settings, progress: Callable[[int], None]) -> int:
    """Copy the installation to an empty server. Return the number of keys. Raises SettingsInvalid and StorageDown."""
    target, prefix, total = connect(replace(settings, socket_timeout=PATIENT_SECONDS)), settings.prefix, 0
    begin_restore(target, prefix)
    version = backup.header.data_version
    for snapshot in backup.snapshots():
        version = snapshot.version(prefix) or version
        total += copy_keys(snapshot, target, prefix, lambda n, before=total: progress(before + n))  # type: ignore[misc]
    end_restore(target, prefix, version)
    return total + 1
