"""Runs npm for the tests of the npm package. A missing npm is an error: the package is part of the product."""

import shutil
import subprocess
from pathlib import Path


def run_npm(folder: Path, *arguments: str) -> str:
    """Run npm in `folder` and return its output. Fails with the output if the command does."""
    npm = shutil.which("npm")
    assert npm, "the tests of the packages need npm on the PATH"
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"npm {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
