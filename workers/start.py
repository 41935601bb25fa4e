"""Run one part: `python -m workers.start judge`, with the settings of the environment.

`replygate work judge` does the same. This way imports less, so that a part starts faster and takes less memory.
"""

import os
import sys
from collections.abc import Mapping

from comments.job_queue import QUEUES
from comments.part_process import part_process
from comments.watchdog import ready_signal

from . import run, sweep

SWEEP = "sweep"
PROCESS_NAMES = (*sorted(set(QUEUES.values())), SWEEP)


def main(part: str, env: Mapping[str, str] = os.environ) -> None:
    with part_process(part, env) as settings:
        if part == SWEEP:
            sweep.run_sweep(settings, ready=ready_signal(env))
        else:
            run.work(part, settings, ready=ready_signal(env))


if __name__ == "__main__":
    if sys.argv[1:] not in ([part] for part in PROCESS_NAMES):
        sys.exit(f"usage: python -m workers.start {{{','.join(PROCESS_NAMES)}}}")
    main(sys.argv[1])
