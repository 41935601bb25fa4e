"""Run Valkey, web, workers and sweep on one machine, with all their data in one directory."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from comments import logs
from comments.errors import SettingsInvalid
from comments.settings import PREFIX, TRUE, Settings

from . import embedded_valkey
from .data_directory import SpaceCheck, locked, make_private, secret_file, write_address
from .demo_preparation import DEMO_ACCOUNT, add_examples, prepare_demo
from .expected_errors import expected_errors
from .listening_socket import open_socket, passed_socket
from .log_file import open_log
from .supervised_part import SupervisedPart
from .supervisor import Supervisor

#: Sender of the mails that a demo without a mail server writes to files.
DEMO_SENDER = "replies@demo.example"
LOG_FILE = "replygate.log"
#: Seconds for Valkey to write its data and stop. All other parts have stopped by then.
VALKEY_GRACE = 30.0
#: Seconds for the workers to finish their jobs: those that the group gives them, and some for itself.
WORKERS_GRACE = 15.0
#: Seconds to wait for the port: a little more than the web server takes to stop.
PORT_TIMEOUT = 6.0
#: Addresses that mean "all addresses of this machine". No browser can open them.
ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - nothing is bound here


def up(directory: Path, env: Mapping[str, str], *, host: str = "", port: int = 0, examples: bool = False) -> None:
    """Run everything until SIGINT or SIGTERM. `host` and `port` override those in `env`.

    `examples` adds comments to the demo site if it never had any.

    Raises SettingsInvalid for a wrong setting, a port in use, or a directory in use by another `replygate up`.
    """
    make_private(directory)
    environment = _environment(directory, env, host, port)
    settings = Settings.from_env(environment)
    logs.configure(settings.log_level, "up", settings.log_format)
    with (
        locked(directory),
        open_log(directory / LOG_FILE) as log,
        Supervisor(log.file, _progress, restart_on=_restart_signals()) as supervisor,
        _listen(settings) as listening,
    ):
        check_space = SpaceCheck(directory, _progress)
        check_space()
        for name in filter(env.get, embedded_valkey.server_variables(env)):
            _progress(
                f"{name} is not used: `replygate up` keeps comments and jobs in its own Valkey, in {directory}/. "
                "To use another server, run each part by itself: docs/operators.md"
            )
        embedded_valkey.check_files(directory)
        _progress("Starting Replygate …")
        supervisor.start(_valkey(directory))
        demo = prepare_demo(environment)
        if examples and settings.demo and not demo.has_comments:
            _progress("Adding example comments …")
            if not add_examples(log.file, environment):
                _progress("The example comments are not complete; the log says why.")
        write_address(directory, settings.public_url)
        for part in _parts(environment, listening, directory):
            supervisor.start(part)
        click.echo(welcome(demo.sign_in_link, settings, directory))
        supervisor.watch([log.limit, check_space])
    _progress(f"Replygate has stopped. All comments are safe in {directory}/.")


def _restart_signals() -> tuple[signal.Signals, ...]:
    """With a terminal, SIGHUP means that it was closed, and ends this process; `nohup` has it ignored."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return ()
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))  # whatever the input is
    except OSError:
        return (signal.SIGHUP,)
    return ()


def _progress(line: str) -> None:
    with suppress(OSError):  # a closed terminal must not keep the parts from stopping
        click.echo(line, err=True)


def _environment(directory: Path, env: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """Return the parts' environment: the caller's, defaults for what it lacks, and the address of our Valkey."""
    defaults = {"DEMO": "true", "METRICS_DIR": str(directory / "metrics")}
    if f"{PREFIX}SECRET_KEY" not in env:
        defaults["SECRET_KEY_FILE"] = str(secret_file(directory))
    overrides = {
        "REDIS_URL": embedded_valkey.url(directory),
        **({"HOST": host} if host else {}),
        **({"PORT": str(port)} if port else {}),
    }
    if not {f"{PREFIX}SMTP_URL", f"{PREFIX}SMTP_URL_FILE"} & env.keys() and env.get(f"{PREFIX}DEMO", TRUE) == TRUE:
        defaults |= {"SMTP_URL": (directory.resolve() / "mail").as_uri(), "MAIL_FROM": DEMO_SENDER}
    others = embedded_valkey.server_variables(env)
    own = {name: value for name, value in env.items() if name not in others}
    merged = {**_prefixed(defaults), **own, **_prefixed(overrides)}
    settings = Settings.from_env(merged)
    address = "127.0.0.1" if settings.host in ANY_ADDRESS else settings.host
    if ":" in address:  # IPv6
        address = f"[{address}]"
    return {**_prefixed({"PUBLIC_URL": f"http://{address}:{settings.port}"}), **merged}


def _prefixed(values: Mapping[str, str]) -> dict[str, str]:
    return {PREFIX + name: value for name, value in values.items()}


def _listen(settings: Settings) -> socket.socket:
    """Open the port, which this process holds while web processes are replaced; systemd may have passed it.

    Wait a moment for it: the web server of a killed `up` may still answer its last requests.
    """
    if passed := passed_socket(os.environ):
        return passed
    until = time.monotonic() + PORT_TIMEOUT
    while True:
        try:
            return open_socket(settings.host, settings.port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                address = f"{settings.host}:{settings.port}"
                raise SettingsInvalid(f"cannot listen on {address}: {error.strerror}") from error
        time.sleep(0.1)


def _valkey(directory: Path) -> SupervisedPart:
    return SupervisedPart(
        "valkey",
        embedded_valkey.command(directory),
        ready=lambda: embedded_valkey.answers(directory),
        rank=2,
        grace=VALKEY_GRACE,
        delay=0.0,  # all other parts wait for it
        stable_after=1.0,
        lock=embedded_valkey.lock(directory),
        progress=lambda: embedded_valkey.loading(directory),
        explain=lambda: embedded_valkey.explain_failure(directory),
    )


def _parts(environment: Mapping[str, str], listening: socket.socket, directory: Path) -> list[SupervisedPart]:
    workers = SupervisedPart(
        "workers",
        [sys.executable, "-m", "replygate.worker_group"],
        environment,
        announces_readiness=True,
        rank=1,
        grace=WORKERS_GRACE,
        explain=lambda: f"Its log, {directory / LOG_FILE}, says why.",
    )
    web = SupervisedPart(
        "web",
        [sys.executable, "-m", "replygate.web_server"],
        environment,
        ready=lambda: _is_served(listening),
        announces_readiness=True,
        listening=listening.fileno(),
    )
    return [workers, web]


def _is_served(listening: socket.socket) -> bool:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(listening.family)
    try:
        connection.sock.settimeout(1.0)
        connection.sock.connect(listening.getsockname())  # systemd may have chosen it
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _mail_folder(settings: Settings, directory: Path) -> list[tuple[str, str]]:
    """Return a line that says where mails go when they are only written to files."""
    folder = settings.smtp_url.folder if settings.smtp_url else None
    if folder and folder.is_relative_to(directory.resolve()):
        folder = directory / folder.relative_to(directory.resolve())
    return [("Mail", f"{folder} (written to files; set REPLYGATE_SMTP_URL to send them)")] if folder else []


def welcome(link: str, settings: Settings, directory: Path) -> str:
    """List the addresses to open first, with the link to sign in if there is one."""
    lines = [
        ("Demo article", f"{settings.public_url}/demo/"),
        ("Review page", f"{settings.public_url}/review"),
        *([(f"Sign in as {DEMO_ACCOUNT}", f"{link} (works once)")] if link else []),
        ("Ops page", f"{settings.public_url}/ops"),
        *_mail_folder(settings, directory),
        ("Logs", str(directory / LOG_FILE)),
    ]
    width = max(len(name) for name, _ in lines)
    return "\n".join(["Replygate is up. Ctrl-C stops it.", *(f"  {name:<{width}}  {text}" for name, text in lines)])


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True)
@click.option("--host", default="")
@click.option("--port", default=0)
@click.option("--examples", is_flag=True)
def main(data: Path, host: str, port: int, examples: bool) -> None:
    """Run everything. `replygate up` checks the options and replaces itself with this program."""
    if sys.stdin is None:  # closed: no other file may get its number
        os.open(os.devnull, os.O_RDONLY)
    with expected_errors():
        up(data, os.environ, host=host, port=port, examples=examples)


if __name__ == "__main__":
    main()
