"""Ports for servers that a test starts later, or more than once."""

import os
import socket
from itertools import cycle

#: The system gives ports from 32768 on to clients, and to servers that ask for any port. It gives none of these.
_FIRST, _PER_PROCESS = 12_000, 200
_PROCESSES = 100
_start = _FIRST + os.getpid() % _PROCESSES * _PER_PROCESS
_candidates = cycle(range(_start, _start + _PER_PROCESS))


def free_port() -> int:
    """Return a port that stays free until the test uses it, also while other processes run tests."""
    while True:
        port = next(_candidates)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


def free_ports(n: int) -> list[int]:
    return [free_port() for _ in range(n)]
