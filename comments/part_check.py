"""Check that a process of a part runs: `python -m comments.part_check judge`, with the settings of the environment.

Container health checks run it every few seconds. `replygate status --part` does the same, but imports everything.
"""

import os
import sys

from .part_process import sentences_for_errors
from .settings import Settings
from .storage.redis import open_redis


def running(settings: Settings, part: str) -> int:
    """Return the number of processes of the part that run. Raises StorageDown."""
    return len(open_redis(settings).heartbeats.alive(part))


def main(part: str) -> None:
    with sentences_for_errors():
        number = running(Settings.from_env(os.environ), part)
    if not number:
        sys.exit(f"Error: no {part} process is running")
    print(f"{part}: {number} running")  # noqa: T201 - the answer of a command


if __name__ == "__main__":
    main(sys.argv[1])
