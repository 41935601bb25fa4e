"""C libraries that are loaded into processes before all others, and replace functions of the system."""

import shutil
import subprocess
from pathlib import Path


def built(source: str, library: Path) -> Path:
    """Build `library` from its source in C. It needs a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "this fault needs a C compiler, for example Debian's package gcc"
    file = library.with_suffix(".c")
    file.write_text(source)
    words = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(file), "-ldl"]
    subprocess.run(words, check=True)
    return library
