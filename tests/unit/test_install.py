"""tools/install.py uses uv, falls back to pip, and finishes an installation that was stopped."""

import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.support.wait import wait_until

INSTALL = Path(__file__).parents[2] / "tools" / "install.py"
#: Each program writes its arguments into the log. `hang` exists in the test that stops an installation.
PYTHON = """#!/bin/sh
echo "python $*" >> log
case "$*" in
  *requirements-uv.txt) [ -e index/uv ] && cp index/uv .venv/bin/uv ;;
esac
"""
UV = """#!/bin/sh
[ "$1" = --version ] && exec echo "uv 1.2.3 (a platform)"
echo "uv $*" >> log
[ -e hang ] && exec sleep 60
exit 0
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose virtual environment has a Python that only records what it is asked to do."""
    for directory in ("tools", "index", ".venv/bin"):
        (tmp_path / directory).mkdir(parents=True)
    shutil.copy(INSTALL, tmp_path / "tools")
    (tmp_path / "requirements-uv.txt").write_text("uv==1.2.3 \\\n    --hash=sha256:0\n")
    program(tmp_path / ".venv/bin/python", PYTHON)
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def start(project: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "tools/install.py", "requirements.txt"]
    return subprocess.Popen(
        command,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that runs the tests in the background lets them ignore Ctrl-C.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def install(project: Path) -> tuple[str, list[str]]:
    """Return the program's output, and the commands that it ran."""
    process = start(project)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return output, (project / "log").read_text().splitlines()


def test_uv_installs_the_lock_with_its_hashes(project: Path) -> None:
    program(project / "index/uv", UV)
    output, commands = install(project)
    assert [line.split()[0] for line in commands] == ["python", "python", "python", "uv", "uv"]
    assert commands[2].endswith("install --quiet --force-reinstall --require-hashes --requirement requirements-uv.txt")
    assert commands[3].endswith("--require-hashes --requirement requirements.txt")
    assert commands[4].endswith("--editable .")
    assert "Installed in" in output


def test_an_installed_uv_is_not_installed_again(project: Path) -> None:
    program(project / ".venv/bin/uv", UV)
    _, commands = install(project)
    assert not any("requirements-uv.txt" in command for command in commands)


def test_pip_installs_the_lock_where_uv_is_not_available(project: Path) -> None:
    output, commands = install(project)
    assert "uv is not available or failed. Installing requirements.txt with pip" in output
    assert commands[-2].endswith("install --require-hashes --requirement requirements.txt")
    assert commands[-1].endswith("--editable .")


def test_ctrl_c_says_how_to_go_on_and_the_next_run_installs_everything_again(project: Path) -> None:
    program(project / ".venv/bin/uv", UV)
    (project / "hang").touch()
    process = start(project)
    wait_until(lambda: (project / "log").exists() and "uv pip" in (project / "log").read_text())
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130
    assert "Installation stopped. Run the same command again to finish it." in output
    (project / "hang").unlink()
    assert "--reinstall" in install(project)[1][-2]
    assert "--reinstall" not in install(project)[1][-2]
