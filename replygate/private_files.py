"""Files that only their owner may read."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO


def private_file(path: Path | None) -> AbstractContextManager[BinaryIO]:
    """Open the file so that only its owner may read it; without a path, standard output."""
    if path is None:
        return nullcontext(sys.stdout.buffer)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # a file that was there may have been readable by others
    return os.fdopen(descriptor, "wb")
