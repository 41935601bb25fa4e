"""Run the sweep and all workers of one machine in child processes that share the memory of what they have in common.

This process imports everything, loads the models and forks. It then watches the parts, as `replygate up` watches this
process. It never has threads or connections, which a forked process could not use. A part that is started again has the
code of this process, so new code needs another group: `replygate up` starts one for a rolling restart.

The parts look like those that run alone: in `ps`, in the log and on the operations page.
"""

import gc
import os
import sys
from collections.abc import Mapping

from setproctitle import setproctitle

from comments import logs
from comments.job_queue import JUDGE, QUEUES
from comments.part_process import sentences_for_errors
from comments.settings import Settings
from comments.watchdog import NOTIFY_SOCKET, ready_signal, sign_of_life
from workers.preload import load_models
from workers.start import SWEEP
from workers.start import main as run_part

from .forked_process import ForkedProcess
from .supervised_part import SupervisedPart
from .supervisor import Supervisor


def group_names(settings: Settings) -> list[str]:
    """Return the names of the parts. Several judges have numbers."""
    others = sorted(set(QUEUES.values()) - {QUEUES[JUDGE]})
    return [SWEEP, *(f"{QUEUES[JUDGE]} {n + 1}" for n in range(settings.judges)), *others]


def forked_part(name: str, env: Mapping[str, str]) -> SupervisedPart:
    part = name.split()[0]

    def run(environment: Mapping[str, str]) -> None:
        setproctitle(f"{sys.executable} -m workers.start {part}")
        run_part(part, environment)

    return SupervisedPart(
        name, [], env, start=lambda environment: ForkedProcess(run, environment), announces_readiness=True
    )


def main() -> None:
    with sentences_for_errors():
        settings = Settings.from_env(os.environ)
        logs.configure(settings.log_level, "workers", settings.log_format)
        load_models()
        # The child processes never search these objects, nor write to their pages.
        gc.collect()
        gc.freeze()
        with Supervisor() as supervisor:
            for name in group_names(settings):
                supervisor.start(forked_part(name, os.environ))
            ready_signal(os.environ)()
            supervisor.watch([sign_of_life(os.environ.get(NOTIFY_SOCKET, ""))])


if __name__ == "__main__":
    main()
