"""Install a lock file and Replygate itself into .venv: with uv, or with pip where uv is not available.

Run it as `python tools/install.py requirements.txt`. It needs only the standard library. Every download is compared
with its hash in the lock file.
"""

from __future__ import annotations  # also an older Python shall get as far as the message about its version

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV_LOCK = "requirements-uv.txt"
OLDEST = (3, 11)
#: The exit status that shells give to a command stopped by Ctrl-C.
INTERRUPTED = 130


class Installer:
    """Installs into the virtual environment `venv`, which it creates with the Python that runs this program."""

    def __init__(self, venv: Path) -> None:
        self._venv = venv
        self._python, self._uv = str(venv / "bin" / "python"), str(venv / "bin" / "uv")
        # Removed at the very end: as long as it exists, a package may be there in part.
        self._unfinished = venv / ".installing"

    def install(self, lock: str) -> None:
        """Raises CalledProcessError when neither uv nor pip can install the packages."""
        self._create_venv()
        again = self._unfinished.exists()
        self._unfinished.touch()
        if not (self._have_uv() and self._install_with_uv(lock, again)):
            print(f"uv is not available or failed. Installing {lock} with pip, which takes longer …", flush=True)
            self._install_with_pip(lock, again)
        self._unfinished.unlink()

    def _create_venv(self) -> None:
        """Without pip, which takes two seconds to set up and is seldom needed."""
        if not _works([self._python, "--version"]):
            words = [sys.executable, "-m", "venv", "--without-pip", "--clear", str(self._venv)]
            if not _works(words, show_errors=True):
                raise subprocess.CalledProcessError(1, words)

    def _have_uv(self) -> bool:
        """Install the locked uv unless it is there. Returns whether uv can be used."""
        locked = (ROOT / UV_LOCK).read_text().split()[0].replace("==", " ")
        if _output([self._uv, "--version"]).startswith(locked):
            return True
        print("Installing uv, which installs everything else …", flush=True)
        words = ["install", "--quiet", "--force-reinstall", "--require-hashes", "--requirement", UV_LOCK]
        return _works([*self._pip(), *words], show_errors=True) and _works([self._uv, "--version"])

    def _pip(self) -> list[str]:
        """Return the environment's own pip or, from version 22.3, the one of the Python that runs this program."""
        own = [self._python, "-m", "pip"]
        for pip in (own, [sys.executable, "-m", "pip", "--python", self._python]):
            if _works([*pip, "--version"]):
                break
        else:
            subprocess.run([self._python, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL, check=True)
            pip = own
        return [*pip, "--disable-pip-version-check", "--no-input"]

    def _install_with_uv(self, lock: str, again: bool) -> bool:
        words = [self._uv, "pip", "install", "--compile-bytecode", "--python", self._python]
        packages = [*words, *(["--reinstall"] if again else []), "--require-hashes", "--requirement", lock]
        return _works(packages, show_output=True) and _works(
            [*words, "--quiet", "--no-deps", "--no-build-isolation", "--offline", "--editable", "."], show_errors=True
        )

    def _install_with_pip(self, lock: str, again: bool) -> None:
        words = [*self._pip(), "install"]
        packages = [*words, *(["--force-reinstall"] if again else []), "--require-hashes", "--requirement", lock]
        subprocess.run(packages, cwd=ROOT, check=True)
        own = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--editable", "."]
        subprocess.run([*words, *own], cwd=ROOT, check=True)


def _works(words: list[str], show_output: bool = False, show_errors: bool = False) -> bool:
    """Run a command, and show its errors only once it has failed: Ctrl-C, which it receives too, is no error."""
    errors = None if show_output else subprocess.PIPE if show_errors else subprocess.DEVNULL
    stdout = None if show_output else subprocess.DEVNULL
    try:
        done = subprocess.run(words, cwd=ROOT, env=_environment(), stdout=stdout, stderr=errors, check=False)
    except OSError:  # there is no such program
        return False
    if done.returncode and done.stderr:
        sys.stderr.buffer.write(done.stderr)
    return not done.returncode


def _output(words: list[str]) -> str:
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _environment() -> dict[str, str]:
    """uv reads no PIP_... variables; a package index that pip was given is also meant for it."""
    index = os.environ.get("PIP_INDEX_URL")
    return {**({"UV_DEFAULT_INDEX": index} if index else {}), **os.environ}


def main() -> int:
    if sys.version_info < OLDEST:
        print("Replygate needs Python 3.11 or newer. Name one with: make PYTHON=python3.12 up", file=sys.stderr)
        return 1
    lock, began = sys.argv[1], time.monotonic()
    print(f"Installing {lock} into .venv. This is needed only once.", flush=True)
    try:
        Installer(ROOT / ".venv").install(lock)
    except KeyboardInterrupt:
        print("\nInstallation stopped. Run the same command again to finish it.", file=sys.stderr)
        return INTERRUPTED
    except subprocess.CalledProcessError as error:
        print(f"Installation failed: `{' '.join(map(str, error.cmd))}` ended with {error.returncode}.", file=sys.stderr)
        return 1
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
