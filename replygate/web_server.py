"""The web part: Granian over `service.wsgi:app`.

Measured on one Flask route with one Redis call, two processes of four threads, 16 connections, on two busy cores:
Granian through our bridge 325 to 348 microseconds of CPU a request and 2,000 to 4,400 requests a second; gunicorn's
gthread 363 to 713 and 1,600 to 4,500. Beside 20 or 100 clients that drip bodies or headers Granian and the bridge
answered 6 of 6 ordinary requests, gunicorn 0 of 6.
"""

import os
import signal
from functools import partial
from importlib import import_module

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from comments import logs
from comments.settings import Settings

from .exec_with_parent import die_with_parent
from .granian_wsgi import Bridge

#: Milliseconds for a request's headers to arrive, kept-alive connections between two requests included.
HEADERS_PATIENCE = 10_000
#: Seconds that requests at work get when we stop; more than `Prefer: wait` may take would hold a restart up.
GRACE = 5


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Each web process reads its settings from the environment by itself."""
    if settings.metrics_dir is not None:
        settings.metrics_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    Server(
        "service.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.web_processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_PATIENCE),
        websockets=False,
        log_dictconfig=logs.arrangement(settings.log_level, "web"),
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    ).serve(target_loader=partial(load, os.getpid(), settings))  # type: ignore[arg-type]  # Bridge is RSGI, so no function


def load(parent: int, settings: Settings, target: str) -> Bridge:
    """The application, made inside each web process, whose life is tied to that of Granian's main one."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # Until Granian sets its own, the main process's handlers are inherited, and would swallow a signal to stop.
        signal.signal(number, signal.SIG_DFL)
    die_with_parent(parent)
    module, name = target.split(":")
    app = getattr(import_module(module), name)  # importing it reads the environment and connects
    return Bridge(app, settings.web_threads, settings.max_body)
