"""Record the answers of the genuine Isso to the requests of `tests/support/isso_requests.py`.

Run it as `python -m tools.record_isso_answers isso/bin/isso tests/data`; `tools/isso_server.py` says how to install
Isso. It also records what readers get of `tests/data/imports/isso.db`.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.isso_requests import MODERATED, REQUESTS, IssoConversation

from .isso_server import running_isso
from .make_isso_database import TITLES


def main(isso: Path, data: Path) -> None:
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        for name, requests in (("published", REQUESTS), ("moderated", MODERATED)):
            with running_isso(isso, Path(directory, name), moderated=name == "moderated") as client:
                found |= dict(IssoConversation(client).answers(requests))
        database = Path(shutil.copy(data / "imports/isso.db", directory))
        with running_isso(isso, database) as client:
            threads = {uri: client.get("/", params={"uri": uri}).raise_for_status().json() for uri in TITLES}
            counts = client.post("/count", json=list(TITLES)).raise_for_status().json()
    _write(data / "isso_answers.json", found)
    _write(data / "isso_db_answers.json", {"threads": threads, "counts": counts})


def _write(file: Path, answers: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
