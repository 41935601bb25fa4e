"""Record the answers of the genuine Isso to the requests of `tests/support/isso_requests.py`.

Run it as `python -m tools.record_isso_answers isso/bin/isso tests/data/isso_answers.json`; `tools/isso_server.py` says
how to install Isso.
"""

import json
import sys
import tempfile
from pathlib import Path

from tests.support.isso_requests import MODERATED, REQUESTS, IssoConversation

from .isso_server import running_isso


def main(isso: Path, answers: Path) -> None:
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        for name, requests in (("published", REQUESTS), ("moderated", MODERATED)):
            with running_isso(isso, Path(directory, name), moderated=name == "moderated") as client:
                found |= dict(IssoConversation(client).answers(requests))
    answers.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
