"""Run all parts under the supervisor with a store of its own: `python -m tests.faults.parts PORT`.

`replygate up` brings its own Valkey. This is for the servers that an operator runs: Sentinel, a cluster, a proxy.
"""

import os
import sys
from pathlib import Path

from comments.settings import PREFIX
from replygate.listening_socket import open_socket
from replygate.supervised_part import SupervisedPart
from replygate.supervisor import Supervisor
from tests.support.running_service import is_healthy
from tests.support.wait import wait_until

WORKERS = {"sweep": "sweep", "judge 1": "judge", "judge 2": "judge", "background": "background", "delivery": "delivery"}


def main() -> None:
    port = int(sys.argv[1])
    url = f"http://127.0.0.1:{port}"
    env = {**os.environ, f"{PREFIX}PORT": str(port), f"{PREFIX}PUBLIC_URL": url}
    with Path(os.devnull).open("wb") as log, Supervisor(log) as supervisor, open_socket("127.0.0.1", port) as listening:
        for name, part in WORKERS.items():
            supervisor.start(SupervisedPart(name, [sys.executable, "-m", "workers.start", part], env, rank=1))
        command = [sys.executable, "-m", "replygate.web_server"]
        supervisor.start(SupervisedPart("web", command, env, listening=listening.fileno()))
        wait_until(lambda: is_healthy(url), "the service responds")
        sys.stdout.write("is up\n")
        sys.stdout.flush()
        supervisor.watch()


if __name__ == "__main__":
    main()
