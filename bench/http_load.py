"""Send requests with `wrk`, a program of its own, so that making them does not count among the server's costs."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

POST = Path(__file__).with_name("wrk_post.lua")
CONNECTIONS = 16
COMPLETED = re.compile(r"(\d+) requests in")


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of request. With bodies it is a POST, and each body is sent at most once."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: Sequence[str] = ()


def send_requests(port: int, request: Request, seconds: float) -> int:
    """Send requests for some seconds; return the number of answers. Raises RuntimeError for an error among them."""
    if not shutil.which("wrk"):
        raise RuntimeError("install wrk, for example: sudo apt-get install wrk")
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "20s"]
    for name, value in request.headers.items():
        words += ["-H", f"{name}: {value}"]
    words.append(f"http://127.0.0.1:{port}{request.path}")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        if request.bodies:
            file.write("\n".join(request.bodies) + "\n")
            file.flush()
            words += ["--script", str(POST), "--", file.name]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = COMPLETED.search(done.stdout)
    if found is None or found[1] == "0" or re.search("Non-2xx|Socket errors|PANIC|bodies", done.stdout + done.stderr):
        raise RuntimeError(f"{request.path}: {done.stdout}{done.stderr}")
    return int(found[1])
