"""Run one part: `python -m workers.start judge`, with the settings of the environment.

`replygate work judge` does the same. This way imports less, so that a part starts faster and takes less memory.
"""

import os
import sys

from comments import logs
from comments.errors import SettingsInvalid
from comments.job_queue import QUEUES
from comments.settings import Settings
from comments.watchdog import give_signs_of_life

from . import run, sweep

SWEEP = "sweep"
PROCESS_NAMES = (*sorted(set(QUEUES.values())), SWEEP)


def main(part: str) -> None:
    try:
        settings = Settings.from_env(os.environ)
        logs.configure(settings.log_level, part)
        give_signs_of_life(os.environ)
        if part == SWEEP:
            sweep.run_sweep(settings)
        else:
            run.work(part, settings)
    except SettingsInvalid as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    if sys.argv[1:] not in ([part] for part in PROCESS_NAMES):
        sys.exit(f"usage: python -m workers.start {{{','.join(PROCESS_NAMES)}}}")
    main(sys.argv[1])
