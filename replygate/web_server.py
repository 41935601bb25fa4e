"""Run the web server: Granian with `service.wsgi:app`.

Measured on one Flask route with one Redis call, two processes of four threads, 16 connections, on two busy cores:
Granian with `granian_wsgi` took 325 to 348 microseconds of CPU a request and served 2,000 to 4,400 requests a second;
gunicorn's gthread took 363 to 713 and served 1,600 to 4,500. While 20 or 100 clients sent bodies or headers byte by
byte, Granian with `granian_wsgi` answered 6 of 6 ordinary requests, gunicorn 0 of 6.
"""

import contextlib
import gc
import logging
import os
import resource
import signal
import socket
from collections.abc import Callable
from functools import partial
from importlib import import_module

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer
from setproctitle import getproctitle, setproctitle

from comments import logs
from comments.errors import SettingsInvalid
from comments.part_process import part_process
from comments.settings import Settings
from comments.watchdog import FROZEN_AFTER, SignsOfLife, ready_signal, repeat, sign_of_life
from service.accounts.upload_permits import UPLOAD_PERMITS
from service.reading.fast_path import READING_EXTENSION
from service.web.errors import ERROR_FORMS

from .draining import DRAIN_SECONDS, Draining, draining_of
from .exec_with_parent import stop_with_parent
from .granian_wsgi import WSGIAdapter
from .listening_socket import open_socket, passed_socket
from .shared_socket_server import SharedSocketServer

log = logging.getLogger(__name__)

APPLICATION = "service.wsgi:app"
#: Modules of the application without its root, which connects. Web processes share what is imported before the fork.
PRELOADED = ("service", "comments.rq_stats", "comments.storage.redis", "workers.filters", "workers.judging.policy")
#: Milliseconds for the headers of a request to arrive, also on an idle kept-alive connection.
HEADER_TIMEOUT_MS = 10_000
#: Connections of one process, with its event streams. Granian's default of 512 is what one client can open.
MAX_CONNECTIONS = 8_000
#: Open files of a process besides its connections.
OTHER_FILES = 200
#: Seconds for running requests to finish at shutdown; a `Prefer: wait` request may take longer and is cut.
REQUEST_GRACE = 5


def serve(settings: Settings, app: str = APPLICATION) -> None:
    """Serve until SIGTERM or SIGINT. Each web process reads its settings from the environment by itself.

    `app` is another WSGI application for benchmarks, which compare it on the same server.
    """
    if settings.metrics_dir is not None:
        try:
            settings.metrics_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsInvalid(f"REPLYGATE_METRICS_DIR: {error}") from error
    if app == APPLICATION:
        for module in PRELOADED:
            import_module(module)
        gc.collect()
        gc.freeze()  # so that the web processes do not write to the pages of these objects
    with SignsOfLife(in_thread=True) as signs:
        passed = passed_socket(os.environ)
        server = open_server(settings, app, passed)
        repeat(partial(watch_processes, server, signs, ready_signal(os.environ)))
        draining = draining_of(passed) if passed else None  # another process holds the socket, and goes on accepting
        loader = partial(load_application, os.getpid(), settings, signs.address, draining)
        server.serve(target_loader=loader)  # type: ignore[arg-type]  # RSGI, not a function


def open_server(settings: Settings, app: str = APPLICATION, passed: socket.socket | None = None) -> MPServer:
    """Listen on the socket that was `passed` to this process, or open one.

    Raises SettingsInvalid if the address is in use.
    """
    try:
        listening = passed or open_socket(settings.host, settings.port)
    except OSError as error:
        raise SettingsInvalid(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    return SharedSocketServer(
        listening,
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.web_processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
        websockets=False,
        log_dictconfig=logs.logging_config(settings.log_level, "web", settings.log_format),
        respawn_failed_workers=True,
        backpressure=connection_limit(),
        workers_kill_timeout=round(REQUEST_GRACE + DRAIN_SECONDS),
        process_name=getproctitle(),
    )


def watch_processes(server: MPServer, signs: SignsOfLife, say_ready: Callable[[], None]) -> None:
    """Kill web processes whose event loop stands still, because their connections wait. Granian starts others.

    Say that the server is ready as long as one of them runs.
    """
    pids = [worker.inner.pid for worker in server.wrks]
    frozen = signs.frozen(pids)
    if any(signs.has_run(pid) for pid in pids):
        say_ready()
    for pid in frozen:
        log.error("the web process %d gave no sign of life for %.0f s", pid, FROZEN_AFTER)
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(pid, signal.SIGKILL)


def connection_limit() -> int:
    """Raise this process's limit of open files as far as allowed. Return the connections that fit below it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + OTHER_FILES
    if resource.RLIM_INFINITY != soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, max(1, soft - OTHER_FILES))


def load_application(
    parent: int, settings: Settings, signs: str, draining: Draining | None, target: str
) -> WSGIAdapter:
    """Load the application inside a web process, and end the process when Granian's main process ends."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # Until Granian sets its handlers, the inherited ones of the main process would ignore a signal to stop.
        signal.signal(number, signal.SIG_DFL)
    stop_with_parent(parent)
    setproctitle(getproctitle().rpartition(" worker-")[0])  # Granian's name of the process, without its number
    module, name = target.split(":")
    app = getattr(import_module(module), name)  # importing it reads the environment and connects
    return WSGIAdapter(
        app,
        settings.web_threads,
        settings.max_body,
        settings.max_form,
        alive=sign_of_life(signs),
        forms=app.extensions[ERROR_FORMS],
        public_path=settings.public_path,
        uploader=app.extensions[UPLOAD_PERMITS].uploader,
        draining=draining,
        reading=app.extensions.get(READING_EXTENSION),
    )


def main() -> None:
    """Serve with the settings of the environment, like `replygate web`, but without importing the other commands."""
    with part_process("web", os.environ) as settings:
        serve(settings)


if __name__ == "__main__":
    main()
