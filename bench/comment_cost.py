"""Measure the processor time of a comment in each part: web, Valkey and a judge. Input of docs/sizing.md.

    python -m bench.comment_cost [--comments 2000]

Processor time hardly depends on what other programs do. The server is `replygate web` with one process.
"""

import argparse
import http.client
import json
import random
import time
from dataclasses import replace
from typing import Any

import psutil

from bench.memory import CHARACTERS, PER_THREAD, SITE
from bench.servers import environment, free_port, process, valkey, wait_for_port
from bench.text import sentence
from comments.job_queue import JUDGE
from comments.storage.redis import connect
from workers.deps import build_deps, set_deps
from workers.jobs import CALLABLES

PATH = f"/v1/sites/{SITE.id}/comments"
THREAD = "https://bench.example/post-0"


def processor_seconds(running: psutil.Process) -> float:
    """Return the processor time of a process and its children."""
    parts = [running, *running.children(recursive=True)]
    return sum(part.cpu_times().user + part.cpu_times().system for part in parts)


def valkey_seconds(client: Any) -> float:
    info = client.info("cpu")
    return float(info["used_cpu_user"] + info["used_cpu_sys"])


def bodies(n: int) -> list[bytes]:
    rng = random.Random(1)
    plain = {"email": "reader@example.org"}
    return [
        json.dumps(
            plain
            | {
                "thread": f"https://bench.example/post-{i // PER_THREAD}",
                "author": f"Reader {i}",
                "content": sentence(rng, CHARACTERS),
            }
        ).encode()
        for i in range(n)
    ]


def send(port: int, n: int, method: str, path: str, sent: list[bytes] | None = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for i in range(n):
        connection.request(method, path, sent[i] if sent else None, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 202), text
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=2000)
    n = parser.parse_args().comments
    with valkey() as settings:
        deps = build_deps(replace(settings, judge_seconds=600))
        set_deps(deps)
        deps.storage.sites.put(SITE)
        client, port = connect(settings), free_port()
        env = environment(settings, REPLYGATE_HOST="127.0.0.1", REPLYGATE_PORT=str(port), REPLYGATE_WEB_PROCESSES="1")
        with process("replygate", "web", env=env) as web:
            wait_for_port(port)
            server = psutil.Process(web.pid)
            send(port, 20, "POST", PATH, bodies(20))  # warm up
            for name, method, path, sent in (
                ("accept", "POST", PATH, bodies(n + 20)[20:]),
                ("read", "GET", f"{PATH}?thread={THREAD}", None),
            ):
                before = processor_seconds(server), valkey_seconds(client)
                send(port, n, method, path, sent)
                after = processor_seconds(server), valkey_seconds(client)
                report(name, n, after[0] - before[0], after[1] - before[1])
                if name == "accept":
                    judge(n, client)
                    assert deps.storage.queue.depth(SITE.id).queued == 0
        print(f"append-only file: {client.info('persistence')['aof_current_size'] / n:.0f} bytes a comment")


def judge(n: int, client: Any) -> None:
    before = time.process_time(), valkey_seconds(client)
    CALLABLES[JUDGE](SITE.id, "")
    report("judge", n, time.process_time() - before[0], valkey_seconds(client) - before[1])


def report(name: str, n: int, ours: float, store: float) -> None:
    print(f"{name:7} {ours / n * 1e6:7.0f} µs of its process, {store / n * 1e6:6.0f} µs of Valkey")


if __name__ == "__main__":
    main()
