"""Run a supervisor with small parts that record their process ids: `python supervised.py DIRECTORY PART...`.

The names describe the parts: "sleeper", "quitter" (ends at once with 0), "stubborn" (ignores SIGTERM), "parent" (has a
child that dies with it), "deserter" (leaves a child in its process group), "late" (never ready).
"""

import os
import sys
from pathlib import Path

from replygate.supervisor import SupervisedPart, Supervisor

HERE = Path(__file__).parents[2]

PARENT = """
import os, subprocess, sys, time
sys.path.insert(0, {here!r})
from replygate.exec_with_parent import wrapped
child = subprocess.Popen(wrapped(["sh", "-c", "echo $$ >> {pids}-child; exec sleep 600"]), start_new_session=True)
open({pids!r}, "a").write(f"{{os.getpid()}}\\n")
time.sleep(600)
"""

COMMANDS = {
    "sleeper": "echo $$ >> {pids}; exec sleep 600",
    "late": "echo $$ >> {pids}; exec sleep 600",
    "last": "echo $$ >> {pids}; trap 'echo last >> {order}; exit 0' TERM; while :; do sleep 0.05; done",
    "first": "echo $$ >> {pids}; trap 'echo first >> {order}; exit 0' TERM; while :; do sleep 0.05; done",
    "quitter": "date +%s.%N >> {pids}-times; echo $$ >> {pids}; exit 0",
    "stubborn": "trap '' TERM; echo $$ >> {pids}; while :; do sleep 1; done",
    "deserter": "sleep 600 & echo $! >> {pids}-child; echo $$ >> {pids}; exec sleep 600",
}


def part(directory: Path, name: str) -> SupervisedPart:
    pids = directory / name
    order = directory / "order"
    if name == "parent":
        command = [sys.executable, "-c", PARENT.format(here=str(HERE), pids=str(pids))]
    else:
        command = ["sh", "-c", COMMANDS[name].format(pids=pids, order=order)]
    files = [pids, directory / f"{name}-child"] if name in ("parent", "deserter") else [pids]

    def ready() -> bool:
        return name != "late" and all(f.exists() and f.read_text().endswith("\n") for f in files)

    return SupervisedPart(name, command, dict(os.environ), ready, rank=int(name == "last"), grace=0.5)


def main() -> None:
    directory, *names = sys.argv[1:]
    with Supervisor() as supervisor:
        for name in names:
            supervisor.start(part(Path(directory), name))
        (Path(directory) / "up").touch()
        supervisor.watch()


if __name__ == "__main__":
    main()
