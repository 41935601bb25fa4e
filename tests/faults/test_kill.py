"""A short run of the kill test. `python -m tests.faults.kill_test` is the long run."""

import tempfile
from pathlib import Path

from tests.faults.kill_test import PROMISE, run


def test_no_comment_is_lost_repeated_or_late_while_parts_are_killed() -> None:
    with tempfile.TemporaryDirectory(prefix="rgk") as directory:
        report = run(submissions=600, kills=12, seed=1, directory=Path(directory))
    assert report["problems"] == []
    assert report["submissions"] == 600
    assert report["edits"]
    assert report["withdrawals"]
    assert report["longest_since_kill_seconds"] <= PROMISE
