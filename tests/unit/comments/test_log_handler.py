"""The log leaves lines out while nothing reads it, and says so."""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from comments import log_handler
from comments.log_handler import StderrHandler


class Pipe:
    """A pipe that takes the log."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.stream = os.fdopen(self.writing, "w")

    def handler(self, monkeypatch: pytest.MonkeyPatch) -> StderrHandler:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stderr", self.stream)
            return StderrHandler()

    def fill(self) -> None:
        os.set_blocking(self.writing, False)
        with suppress(BlockingIOError):
            while True:
                os.write(self.writing, b"x" * 4096)
        os.set_blocking(self.writing, True)

    def read(self) -> str:
        return os.read(self.reading, 1 << 20).decode().replace("x", "")


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    opened = Pipe()
    yield opened
    opened.stream.close()
    os.close(opened.reading)


def line(text: str) -> logging.LogRecord:
    return logging.LogRecord("test", logging.INFO, "", 0, text, (), None)


def test_a_pipe_that_nothing_reads_takes_no_time_and_loses_only_lines_it_cannot_take(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_handler, "LONGEST_PAUSE_MS", 1)
    handler = pipe.handler(monkeypatch)
    handler.handle(line("before"))
    assert pipe.read() == "before\n"
    pipe.fill()
    for n in range(1000):
        handler.handle(line(f"lost {n}"))
    assert pipe.read() == ""
    for text in ("after", "later"):
        handler.handle(line(text))
    assert pipe.read() == "1000 lines of the log were left out because nothing read the log\nafter\nlater\n"


def test_a_full_pipe_pauses_the_process_once_in_a_while(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = pipe.handler(monkeypatch)
    pipe.fill()
    began = time.monotonic()
    for _ in range(1000):
        handler.handle(line("lost"))
    assert time.monotonic() - began < log_handler.LONGEST_PAUSE_MS / 1000 * 10


def test_a_line_waits_a_moment_for_a_slow_reader(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_handler, "LONGEST_PAUSE_MS", 10_000)
    handler = pipe.handler(monkeypatch)
    pipe.fill()
    child = os.fork()
    if child == 0:  # a process of its own, because the test waits in a system call
        time.sleep(0.05)
        os.read(pipe.reading, 1 << 20)
        os._exit(0)
    handler.handle(line("kept"))
    os.waitpid(child, 0)
    assert pipe.read() == "kept\n"
