"""Logs for machines: one JSON object a line on standard error, and nothing in it about the people who wrote.

Say ids, statuses and durations through `extra=`; anything not named in FIELDS is left out. What an exception says is
left out too, because it may quote what somebody sent; its type and the places it passed are kept.
"""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from traceback import walk_tb
from types import TracebackType
from typing import Any

from .errors import SettingsInvalid, StorageDown

#: What `extra=` may carry. RQ's own extras hold a job's arguments, so this is a list of what may pass, not of what not.
FIELDS = ("request", "method", "route", "status", "ms", "site", "comment", "job", "filter", "n", "seconds", "exit")

#: Errors whose sentence speaks of the deployment, never of a comment.
OUTSPOKEN = (SettingsInvalid, StorageDown)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

#: Longer messages come from elsewhere, and pages of them help nobody.
MAX_MESSAGE = 1000
#: Both ends of a traceback tell; a recursion's thousand middles do not.
MAX_FRAMES = 30
MAX_CAUSES = 5

#: An e-mail address, or the user and password in a server's address. Bounded, so that matching stays linear.
ADDRESS = re.compile(r"[^\s@/]{1,64}@[^\s@]{1,255}")

#: Made once; json.dumps makes one for every line, which takes 6 of its 45 microseconds.
encode = json.JSONEncoder(default=str, separators=(",", ":")).encode


def plain(message: str) -> str:
    """The message's first line, without addresses; RQ puts formatted exceptions, values included, below it."""
    line = (message.splitlines() or [""])[0]
    return ADDRESS.sub("[address]", line[:MAX_MESSAGE])


def frames(trace: TracebackType | None) -> list[str]:
    """The places an exception passed, the innermost last: "workers/judging/judge.py:45 ask"."""
    places = [
        f"{'/'.join(PurePath(frame.f_code.co_filename).parts[-2:])}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(trace)
    ]
    half = MAX_FRAMES // 2
    return places if len(places) <= MAX_FRAMES else [*places[:half], "...", *places[-half:]]


def causes(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """The exception and what led to it, the latest first."""
    for _ in range(MAX_CAUSES):
        if error is None:
            return
        said = {"said": plain(str(error))} if isinstance(error, OUTSPOKEN) else {}
        yield {"type": type(error).__name__, **said, "at": frames(error.__traceback__)}
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Line(logging.Formatter):
    """One record as one line of ASCII: JSON escapes control characters, line breaks and text that turns direction."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        return encode(self._values(record))

    def _values(self, record: logging.LogRecord) -> dict[str, Any]:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        values: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "part": self._part,
            "pid": record.process,
            "logger": record.name,
            "message": plain(record.getMessage()),
        }
        values |= {name: vars(record)[name] for name in FIELDS if name in vars(record)}
        if error := _error(record):
            values["error"] = list(causes(error))
        return values


def _error(record: logging.LogRecord) -> BaseException | None:
    """The exception a record is about. RQ logs errors while it handles one, without handing it over."""
    if record.exc_info:
        return record.exc_info[1]
    return sys.exc_info()[1] if record.levelno >= logging.ERROR else None


def arrangement(level: str, part: str) -> dict[str, Any]:
    """What logging.config.dictConfig takes; also for a web server that configures logging by itself.

    RQ's and the web server's loggers lose their own handlers and speak through ours. Raises SettingsInvalid.
    """
    if level not in LEVELS:
        raise SettingsInvalid(f"REPLYGATE_LOG_LEVEL must be one of {', '.join(LEVELS)}")
    through_ours = {"handlers": [], "level": "NOTSET", "propagate": True}
    # RQ says three lines a job at INFO; what became of comments is told by our own lines and figures.
    rq = through_ours | {"level": "NOTSET" if level == "DEBUG" else max(level, "WARNING", key=LEVELS.index)}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Line, "part": part}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "rq.worker": rq,
            **dict.fromkeys(("_granian", "gunicorn.error", "werkzeug"), through_ours),
            # Their access logs write addresses and query strings; service/ops/prometheus.py has our own.
            **{name: through_ours | {"level": "CRITICAL"} for name in ("granian.access", "gunicorn.access")},
        },
    }


def configure(level: str, part: str) -> None:
    """Every logger of this process writes such lines from now on; `part` is "web", "judge", "sweep" and the like."""
    logging.config.dictConfig(arrangement(level, part))
    logging.captureWarnings(True)
