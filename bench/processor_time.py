"""Processor time of processes with their child processes, and of a Valkey server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(slots=True)
class ProcessorTime:
    """Seconds of processor time of a block."""

    seconds: float = 0.0


def processor_seconds(pids: tuple[int, ...]) -> float:
    return sum(_own(process) for pid in pids for process in _tree(psutil.Process(pid)))


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def measured_time(*pids: int) -> Iterator[ProcessorTime]:
    """Measure the processor time that the processes take during the block."""
    time = ProcessorTime()
    before = processor_seconds(pids)
    yield time
    time.seconds = processor_seconds(pids) - before


def memory_bytes(pid: int) -> int:
    """Return the memory of a process and its child processes, with shared pages counted once."""
    return sum(process.memory_full_info().pss for process in _tree(psutil.Process(pid)))
