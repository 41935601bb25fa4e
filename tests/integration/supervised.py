"""Run a supervisor with small parts that record their process ids: `python supervised.py DIRECTORY PART...`.

The names describe the parts: "sleeper", "quitter" (ends at once with 0), "stubborn" (ignores SIGTERM), "parent" (has a
child that dies with it), "deserter" (leaves a child in its process group), "late" (never ready), "alive" (gives signs
of life), "slow" (ready late, with progress), "broken" (ends before it is ready),
"once" (works at its first start only).
"""

import os
import signal
import sys
import time
from pathlib import Path

from replygate.supervised_part import SupervisedPart
from replygate.supervisor import Supervisor

HERE = Path(__file__).parents[2]

PARENT = """
import os, subprocess, sys, time
sys.path.insert(0, {here!r})
from replygate.exec_with_parent import wrapped
child = subprocess.Popen(wrapped(["sh", "-c", "echo $$ >> {pids}-child; exec sleep 600"]), start_new_session=True)
open({pids!r}, "a").write(f"{{os.getpid()}}\\n")
time.sleep(600)
"""

ALIVE = """
import os, sys, time
sys.path.insert(0, {here!r})
from comments.watchdog import NOTIFY_SOCKET, repeat, sign_of_life
repeat(sign_of_life(os.environ[NOTIFY_SOCKET]), interval=0.05)
open({pids!r}, "a").write(f"{{os.getpid()}}\\n")
time.sleep(600)
"""

PROGRAMS = {"parent": PARENT, "alive": ALIVE}

COMMANDS = {
    "sleeper": "echo $$ >> {pids}; exec sleep 600",
    "late": "echo $$ >> {pids}; exec sleep 600",
    "last": "echo $$ >> {pids}; trap 'echo last >> {order}; exit 0' TERM; while :; do sleep 0.05; done",
    "first": "echo $$ >> {pids}; trap 'echo first >> {order}; exit 0' TERM; while :; do sleep 0.05; done",
    "quitter": "date +%s.%N >> {pids}-times; echo $$ >> {pids}; exit 0",
    "stubborn": "trap '' TERM; echo $$ >> {pids}; while :; do sleep 1; done",
    "slow": "echo $$ >> {pids}; exec sleep 600",
    "once": "test -s {pids} && exit 1; echo $$ >> {pids}; exec sleep 600",
    "broken": "echo $$ >> {pids}; exit 1",
    "deserter": "sleep 600 & echo $! >> {pids}-child; echo $$ >> {pids}; exec sleep 600",
}


def part(directory: Path, name: str) -> SupervisedPart:
    pids = directory / name
    order = directory / "order"
    if name in PROGRAMS:
        command = [sys.executable, "-c", PROGRAMS[name].format(here=str(HERE), pids=str(pids))]
    else:
        command = ["sh", "-c", COMMANDS[name].format(pids=pids, order=order)]
    files = [pids, directory / f"{name}-child"] if name in ("parent", "deserter") else [pids]

    started = time.monotonic()

    def ready() -> bool:
        if name in ("late", "broken") or (name == "slow" and time.monotonic() < started + 3):
            return False
        return all(f.exists() and f.read_text().endswith("\n") for f in files)

    return SupervisedPart(
        name,
        command,
        dict(os.environ),
        ready,
        rank=int(name == "last"),
        grace=0.5,
        progress=lambda: "half of it" if name == "slow" else "",
        explain=lambda: "It is broken." if name == "broken" else "",
    )


def main() -> None:
    directory, *names = sys.argv[1:]
    report = (Path(directory) / "report").open("a", buffering=1)
    with Supervisor(None, lambda line: print(line, file=report), 6.0, (signal.SIGHUP,)) as supervisor:
        for name in names:
            supervisor.start(part(Path(directory), name), timeout=2.0 if name == "slow" else 60.0)
        (Path(directory) / "up").touch()
        supervisor.watch()


if __name__ == "__main__":
    main()
