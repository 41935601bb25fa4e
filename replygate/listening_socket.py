"""The listening socket of the web server, which `replygate up` or systemd may hold for it.

Whoever holds the socket keeps the port while web processes are replaced: connections wait in its queue, and none is
refused. All web processes accept from the same socket, so those that wait for a killed process go to another one.
"""

import os
import socket
from collections.abc import MutableMapping

from .exec_with_parent import PASSED_SOCKET

#: Connections that wait to be accepted.
MAX_BACKLOG = 4_096


def passed_socket(env: MutableMapping[str, str]) -> socket.socket | None:
    """Return the socket that was passed to this process (sd_listen_fds(3)), and remove it from `env`."""
    count, process = env.pop("LISTEN_FDS", ""), env.pop("LISTEN_PID", "")
    if process != str(os.getpid()) or not count.isdigit() or int(count) < 1:
        return None
    return socket.socket(fileno=PASSED_SOCKET)


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on an address; "::" is all of IPv6 and IPv4. Raises OSError if it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=MAX_BACKLOG, dualstack_ipv6=host == "::")
