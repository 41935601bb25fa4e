"""Runs npm for the tests of the npm package. A missing npm is an error: the package is part of the product."""

import fcntl
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir


def run_npm(folder: Path, *arguments: str) -> str:
    """Run npm in `folder` and return its output. Fails with the output if the command does."""
    npm = shutil.which("npm")
    assert npm, "the tests of the packages need npm on the PATH"
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"npm {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def install_packages(folder: Path) -> None:
    """Install the locked packages in `folder`, once for all test processes and runs with the same lock file.

    `npm ci` by anything else removes the record, which is among the installed packages.
    """
    locked = b"".join((folder / name).read_bytes() for name in ("package.json", "package-lock.json"))
    record, wanted = folder / "node_modules" / ".installed", sha256(locked).hexdigest()
    with (Path(gettempdir()) / f"npm-{sha256(str(folder).encode()).hexdigest()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists() or record.read_text() != wanted:
            run_npm(folder, "ci")
            record.write_text(wanted)
