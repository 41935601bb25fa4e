"""The examples of docs/clients.md run against a server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.clients.conftest import Served

PAGE = (Path(__file__).parents[3] / "docs/clients.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def with_server(example: str, served: Served) -> str:
    """Replace the address and the keys of an example."""
    return example.replace("https://replies.example", served.url).replace("rgk_...", served.key)


@pytest.mark.parametrize("n", range(len(examples("python"))))
def test_each_python_example_runs(served: Served, n: int) -> None:
    program = with_server(examples("python")[n], served)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_first_example_shows_every_problem(served: Served) -> None:
    program = with_server(examples("python")[0], served)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"thread", "content", "email"} <= {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
