"""Logs: every record is one line of JSON without names, addresses or text of comments."""

import json
import logging
import re
import subprocess
import sys
from io import StringIO
from textwrap import dedent

import pytest

from comments.errors import StorageDown
from comments.logs import LEVELS, LOG_FIELDS, MAX_FRAMES, JSONFormatter, TextFormatter, logging_config

CANARY = "canary@example.com from 203.0.113.77 wrote a secret"


def line(message: str, *args: object, level: int = logging.INFO, error: BaseException | None = None, **extra: object):
    """The line for one record, parsed."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("workers.judging.judge", level, "judge.py", 1, message, args, exc_info)
    vars(record).update(extra)
    text = JSONFormatter("judge").format(record)
    assert "\n" not in text
    assert text.isascii()
    return json.loads(text)


def caught(raise_: type[BaseException], message: str, cause: BaseException | None = None) -> BaseException:
    try:
        raise raise_(message) from cause
    except raise_ as error:
        return error


def test_a_line_has_time_level_part_and_message():
    values = line("decided %d", 3)
    assert values["message"] == "decided 3"
    assert (values["level"], values["part"], values["logger"]) == ("INFO", "judge", "workers.judging.judge")
    assert values["time"].endswith("Z")


@pytest.mark.parametrize("name", LOG_FIELDS)
def test_allowed_fields_are_logged(name):
    assert line("x", **{name: "value"})[name] == "value"


def test_other_fields_are_dropped():
    assert CANARY not in json.dumps(line("x", arguments=CANARY, kwargs={"content": CANARY}))


@pytest.mark.parametrize("control", ["\n", "\r", "\x00", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ud800"])
def test_control_characters_never_reach_the_terminal(control):
    values = line("before " + control + '{"level": "FORGED"}', site=control)
    assert values["level"] == "INFO"
    assert values["site"] == control


def test_only_the_first_line_of_a_message_is_kept():
    assert line("job failed\nTraceback\nValueError: " + CANARY)["message"] == "job failed"


def test_addresses_in_messages_are_redacted():
    assert line("mail to canary@example.com bounced")["message"] == "mail to [address] bounced"
    assert "password" not in line("no answer from redis://:password@localhost")["message"]


def test_an_exception_is_logged_with_type_and_stack_but_without_its_message():
    error = line("failed", error=caught(ValueError, CANARY))["error"]
    assert error[0]["type"] == "ValueError"
    assert error[0]["at"][-1].endswith("caught")
    assert "canary" not in json.dumps(error)


def test_errors_about_the_deployment_are_logged_with_their_message():
    error = line("failed", error=caught(StorageDown, "the server refuses to write", caught(KeyError, CANARY)))["error"]
    assert error[0]["message"] == "the server refuses to write"
    assert error[1]["type"] == "KeyError"
    assert "canary" not in json.dumps(error)


def test_an_error_logged_while_handling_an_exception_includes_it():
    try:
        raise ZeroDivisionError(CANARY)
    except ZeroDivisionError:
        values = line("job failed", level=logging.ERROR)
    assert values["error"][0]["type"] == "ZeroDivisionError"
    assert "error" not in line("well", level=logging.ERROR)


def endless() -> None:
    endless()


def test_the_stack_of_a_recursion_is_shortened():
    try:
        endless()
    except RecursionError as error:
        deep = error
    assert len(line("deep", error=deep)["error"][0]["at"]) == MAX_FRAMES + 1


def test_a_value_without_a_json_form_is_logged_as_text():
    assert line("x", site=object)["site"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_loggers_of_rq_and_the_web_server_use_our_handler(level):
    loggers = logging_config(level, "web")["loggers"]
    assert all(logger["propagate"] and not logger["handlers"] for logger in loggers.values())
    assert {"rq.worker", "_granian"} <= loggers.keys()


def test_everything_is_logged_to_standard_error_as_lines():
    code = """
        import logging, warnings
        from comments import logs
        logs.configure("INFO", "judge")
        logging.getLogger("workers.judging.judge").info("decided", extra={"n": 3})
        logging.getLogger("rq.worker").info("left out")
        logging.getLogger("rq.worker").error("kept")
        logging.getLogger("_granian.serve").info("kept")
        logging.getLogger("granian.access").error("left out")
        warnings.warn("kept")
    """
    ended = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True)
    said = [json.loads(text) for text in ended.stderr.splitlines()]
    assert ended.stdout == ""
    assert [values["logger"] for values in said] == [
        "workers.judging.judge",
        "rq.worker",
        "_granian.serve",
        "py.warnings",
    ]
    assert {values["part"] for values in said} == {"judge"}
    assert said[0]["n"] == 3


def text_of(message: str, error: BaseException | None = None, **extra: object) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("workers.judging.judge", logging.WARNING, "judge.py", 1, message, (), exc_info)
    vars(record).update(extra)
    return TextFormatter("judge").format(record)


def test_a_line_for_people_has_time_level_part_message_and_fields():
    text = text_of("decided", site="blog", n=3)
    assert re.fullmatch(r"\d\d:\d\d:\d\d WARNING  judge      decided  site=blog  n=3", text)


def test_lines_for_people_have_no_personal_data_and_no_control_characters():
    first, *rest = text_of("from ada@example.org \x1b[2J", caught(ValueError, CANARY), email=CANARY).splitlines()
    assert first.endswith("from [address] \ufffd[2J")
    assert rest[0] == "  ValueError: message left out"
    assert CANARY not in "".join(rest)


def test_a_line_for_people_names_an_error_of_the_deployment():
    assert "  StorageDown: refused" in text_of("failed", caught(StorageDown, "refused"))


@pytest.mark.parametrize(("log_format", "formatter"), [("text", TextFormatter), ("json", JSONFormatter)])
def test_the_form_of_the_logs_is_a_setting(log_format, formatter):
    assert logging_config("INFO", "web", log_format)["formatters"]["line"]["()"] is formatter


def test_logs_are_for_people_at_a_terminal_and_json_anywhere_else(monkeypatch):
    terminal = StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert logging_config("INFO", "web")["formatters"]["line"]["()"] is JSONFormatter
    terminal.isatty = lambda: True
    assert logging_config("INFO", "web")["formatters"]["line"]["()"] is TextFormatter
