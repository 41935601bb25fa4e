"""Structured logs on standard error, without personal data: one JSON object per line, or text at a terminal.

Pass ids, statuses and durations through `extra=`. Fields that are not in LOG_FIELDS are dropped. Messages of exceptions
are dropped too, because they may quote a comment; the type and the stack remain.
"""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePath
from traceback import walk_tb
from types import TracebackType
from typing import Any

from .errors import SettingsInvalid, StorageDown
from .log_handler import StderrHandler

#: Allowed fields of `extra=`. A list of allowed fields, because RQ also passes the arguments of jobs.
LOG_FIELDS = ("request", "method", "route", "status", "ms", "site", "comment", "job", "filter", "n", "seconds", "exit")

#: Errors whose message is logged. It is about the deployment, never about a comment.
LOGGED_MESSAGES = (SettingsInvalid, StorageDown)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: "auto" is text at a terminal, and JSON anywhere else.
LOG_FORMATS = ("auto", "json", "text")

#: Characters. Only messages of other libraries are longer.
MAX_MESSAGE = 1000
#: The two ends of a stack explain it; the thousand frames between them in a recursion do not.
MAX_FRAMES = 30
MAX_CAUSES = 5

#: An email address, or the user and password in a URL. Bounded, so that matching takes linear time.
EMAIL_OR_USERINFO = re.compile(r"[^\s@/]{1,64}@[^\s@]{1,255}")

#: Created once. json.dumps creates one for every line, which takes 6 of its 45 microseconds.
encode = json.JSONEncoder(default=str, separators=(",", ":")).encode


def redact(message: str) -> str:
    """Return the first line without addresses. RQ appends formatted exceptions with values in further lines."""
    line = (message.splitlines() or [""])[0]
    return EMAIL_OR_USERINFO.sub("[address]", line[:MAX_MESSAGE])


def frames(trace: TracebackType | None) -> list[str]:
    """Return the stack of an exception, innermost frame last: "workers/judging/judge.py:45 ask"."""
    stack = [
        f"{'/'.join(PurePath(frame.f_code.co_filename).parts[-2:])}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(trace)
    ]
    half = MAX_FRAMES // 2
    return stack if len(stack) <= MAX_FRAMES else [*stack[:half], "...", *stack[-half:]]


def causes(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """Yield the exception and its causes, latest first."""
    for _ in range(MAX_CAUSES):
        if error is None:
            return
        message = {"message": redact(str(error))} if isinstance(error, LOGGED_MESSAGES) else {}
        yield {"type": type(error).__name__, **message, "at": frames(error.__traceback__)}
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@lru_cache(1)
def _utc_time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


class JSONFormatter(logging.Formatter):
    """Formats a record as one line of ASCII. JSON escapes control characters, line breaks and bidi characters."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        return encode(self._values(record))

    def _values(self, record: logging.LogRecord) -> dict[str, Any]:
        seconds, ms = divmod(int(record.created * 1000), 1000)
        values: dict[str, Any] = {
            "time": f"{_utc_time(seconds)}.{ms:03}Z",
            "level": record.levelname,
            "part": self._part,
            "pid": record.process,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        given = vars(record)
        values |= {name: given[name] for name in LOG_FIELDS if name in given}
        if error := _error(record):
            values["error"] = list(causes(error))
        return values


class TextFormatter(JSONFormatter):
    """Formats the same values as lines for people, in local time. An exception takes a line for each of its frames."""

    def format(self, record: logging.LogRecord) -> str:
        values = self._values(record)
        at = f"{datetime.fromtimestamp(record.created):%H:%M:%S}"
        fields = "".join(f"  {name}={_in_one_line(values[name])}" for name in LOG_FIELDS if name in values)
        lines = [f"{at} {record.levelname:<8} {self._part:<10} {_in_one_line(values['message'])}{fields}"]
        for error in values.get("error", ()):
            lines.append(f"  {error['type']}: {_in_one_line(error.get('message', 'message left out'))}")
            lines += [f"    {frame}" for frame in error["at"]]
        return "\n".join(lines)


def _in_one_line(value: object) -> str:
    """Return a text for a terminal, which must not obey control characters in it."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(value))


def _error(record: logging.LogRecord) -> BaseException | None:
    """Return the exception of a record. RQ logs errors while it handles an exception, but does not pass it."""
    if record.exc_info:
        return record.exc_info[1]
    return sys.exc_info()[1] if record.levelno >= logging.ERROR else None


def logging_config(level: str, part: str, log_format: str = "auto") -> dict[str, Any]:
    """Return the configuration for logging.config.dictConfig, and for a web server that configures logging itself.

    Loggers of RQ and the web server use our handler instead of their own.
    """
    is_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    formatter = TextFormatter if is_text else JSONFormatter
    use_ours = {"handlers": [], "level": "NOTSET", "propagate": True}
    # RQ logs three lines per job at INFO. Our own lines and metrics cover the comments.
    rq = use_ours | {"level": "NOTSET" if level == "DEBUG" else max(level, "WARNING", key=LEVELS.index)}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "part": part}},
        "handlers": {"stderr": {"()": StderrHandler, "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "rq.worker": rq,
            **dict.fromkeys(("_granian", "gunicorn.error", "werkzeug"), use_ours),
            # Their access logs contain IP addresses and query strings. We write our own.
            **{name: use_ours | {"level": "CRITICAL"} for name in ("granian.access", "gunicorn.access")},
        },
    }


def configure(level: str, part: str, log_format: str = "auto") -> None:
    """Set up all loggers of this process. `part` is "web", "judge", "sweep" and so on."""
    logging.config.dictConfig(logging_config(level, part, log_format))
    logging.captureWarnings(True)
    # No line has them, and they take a fifth of the time of a line: threads, processes, and the place of the call.
    logging.logThreads = logging.logMultiprocessing = False
    logging._srcfile = None  # the documented way to leave out the place
