"""Check that a process of a part runs on this host: `python -m comments.part_check judge`.

It reads the settings of the environment. Health checks of containers run it; each container is a host of its own.
`replygate status --part` looks for processes on any host, and imports everything. If storage does not answer, the check
passes: the part waits for storage, and a restart would not help.
"""

import os
import sys

from .errors import StorageDown
from .part_process import runs_on_this_host, sentences_for_errors
from .settings import Settings
from .storage.redis import open_redis


def state_on_this_host(settings: Settings, part: str) -> str:
    """Return a sentence about the part's processes on this host; "" if none runs although storage answers."""
    try:
        number = sum(map(runs_on_this_host, open_redis(settings).heartbeats.alive(part)))
    except StorageDown as error:
        return f"{part}: unknown, {error}"
    return f"{part}: {number} running" if number else ""


def main(part: str) -> None:
    with sentences_for_errors():
        state = state_on_this_host(Settings.from_env(os.environ), part)
    if not state:
        sys.exit(f"Error: no {part} process is running on this host")
    print(state)  # noqa: T201 - the answer of a command


if __name__ == "__main__":
    main(sys.argv[1])
