"""Run a worker process with a test filter: `python -m tests.integration.one_worker QUEUE JSON`.

The JSON contains settings. The filter does what the comment says: "hang", "hang in C", "die" or "raise".
"""

import json
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from itertools import repeat
from time import sleep

from comments.model import Comment, Signal
from comments.smtp_settings import parse_smtp_url
from tests.support.builders import settings
from workers.deps import build_deps
from workers.filters import Facts, Filter
from workers.run import work


class Poison(Filter):
    """Blocks or kills its worker if the comment says so."""

    name = "poison"

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.content == "hang":
            sleep(600)
        if comment.content == "hang in C":
            deque(repeat(0), maxlen=0)  # an endless loop that handles no signals
        if comment.content == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if comment.content == "raise":
            raise ValueError(comment.content)
        yield from ()


def main() -> None:
    queue, chosen = sys.argv[1:]
    changes = json.loads(chosen)
    values = settings(**changes | {"smtp_url": parse_smtp_url(changes.get("smtp_url", ""))})
    work(queue, values, build_deps(values, (Poison(),)))


if __name__ == "__main__":
    main()
