"""The commands of the tour in README.md work on a server started as README.md describes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
TOUR = re.search(r"^## A tour.*?(?=^## )", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
READY = "Replygate is up"
#: A clean environment, because a REPLYGATE_ variable would change the result.
PLAIN = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Path]:
    """Run `replygate up` in a directory with this environment as its .venv."""
    directory = tmp_path_factory.mktemp("tour")
    (directory / ".venv").symlink_to(sys.prefix)
    with subprocess.Popen(
        [sys.executable, "-m", "replygate", "up", "--port", str(port)],
        cwd=directory,
        stdout=subprocess.PIPE,
        text=True,
        env=PLAIN,
    ) as up:
        assert up.stdout
        assert up.stdout.readline().startswith(READY)
        yield directory
        up.terminate()


def test_the_tour_leads_from_a_first_comment_to_its_publication(terminal: Path, port: int) -> None:
    assert TOUR
    blocks = re.findall(r"^```sh\n(.*?)^```", TOUR[0], re.DOTALL | re.MULTILINE)
    script = "\necho\n".join(blocks).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=terminal, env=PLAIN, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr
    steps = (
        r"Added blog\.",
        r'"status":"pending".*"receipt":"[^"]+"',
        r'"status":"pending"',
        r"http://127\.0\.0\.1:\d+/link/",
        r'"author\.first"',
        r'"status":"approved"',
        r'"html":"<p>I <em>enjoyed</em> this\.</p>.*"total":1',
        r"All is well\.",
    )
    assert re.search(".*".join(steps), result.stdout, re.DOTALL), result.stdout
