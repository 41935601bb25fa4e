"""A temporary copy of the project's tree, to try out a change that CONTRIBUTING.md promises to be small."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class TreeCopy:
    """A copy of the tracked files in a temporary directory. Records the files that an experiment changes."""

    def __init__(self, directory: Path) -> None:
        self.root = directory
        self.changed: set[str] = set()
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not name.startswith(("docs/images/", "tests/vendor/")):
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, directory / name)

    def write(self, name: str, text: str) -> None:
        """Add a file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")
        self.changed.add(name)

    def insert(self, name: str, before: str, text: str) -> None:
        """Insert `text` in front of the only occurrence of `before`."""
        source = (self.root / name).read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{name}: {before!r} stands {source.count(before)} times"
        self.write(name, source.replace(before, text + before))

    def replace(self, name: str, before: str, after: str) -> None:
        """Replace the only occurrence of `before`."""
        source = (self.root / name).read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{name}: {before!r} stands {source.count(before)} times"
        self.write(name, source.replace(before, after))

    def run(self, code: str, *words: str) -> str:
        """Run Python code in the copy with `words` as its arguments. Return its output, or fail with its errors."""
        done = self.python("-c", code, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy's root. Its packages come before the installed ones."""
        environ = {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, env=environ, capture_output=True, text=True, check=False
        )
