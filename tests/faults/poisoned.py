"""Run two judges with faulty filters, and a sweep, under the supervisor: `python -m tests.faults.poisoned JSON`."""

import os
import sys

from replygate.supervised_part import SupervisedPart
from replygate.supervisor import Supervisor


def main() -> None:
    chosen = sys.argv[1]
    judge = [sys.executable, "-m", "tests.integration.one_worker", "judge", chosen]
    sweep = [sys.executable, "-m", "tests.integration.one_sweep", chosen]
    with Supervisor() as supervisor:
        for name, command in {"judge 1": judge, "judge 2": judge, "sweep": sweep}.items():
            supervisor.start(SupervisedPart(name, command, dict(os.environ)))
        supervisor.watch()


if __name__ == "__main__":
    main()
