"""Temporary directories of killed processes are removed, those of others are left alone."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from comments.private_directory import private_directory

OWNER = """
import sys
from comments.private_directory import private_directory
with private_directory() as directory:
    (directory / "rows").write_text("ada@example.org")
    print(directory, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_directory_is_private_and_removed_at_the_end(temporary: Path) -> None:
    with private_directory() as directory:
        assert directory.parent == temporary
        assert directory.stat().st_mode & 0o777 == 0o700
        (directory / "file").write_text("text")
    assert not list(temporary.iterdir())


def test_the_next_process_removes_what_a_killed_one_left() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        left = Path(owner.stdout.readline().decode().strip())
        with private_directory():
            assert (left / "rows").exists()
        owner.kill()
        owner.wait()
        assert (left / "rows").exists()
        with private_directory():
            assert not left.exists()


def test_directories_that_others_can_enter_are_left_alone(temporary: Path) -> None:
    foreign = temporary / "replygate-foreign"
    foreign.mkdir()
    foreign.chmod(0o755)
    target = temporary / "target"
    target.mkdir(mode=0o700)
    (temporary / "replygate-link").symlink_to(target)
    for directory in (foreign, target):
        (directory / "in-use").touch()
    with private_directory():
        assert foreign.exists()
        assert target.exists()
