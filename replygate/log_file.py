"""The log file of `replygate up`. All parts append to it, so it is emptied instead of renamed when it is long."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: Bytes. A longer log is copied to `<name>.1`, which replaces the copy before it.
MAX_LOG = 10_000_000


@dataclass(frozen=True, slots=True)
class LogFile:
    path: Path
    file: BinaryIO

    def limit(self, longest: int = MAX_LOG) -> None:
        """Empty a long log after copying it. Lines that are written between the two steps are lost."""
        if os.fstat(self.file.fileno()).st_size > longest:
            with contextlib.suppress(OSError):  # on a full disk emptying the log matters more than a copy
                shutil.copyfile(self.path, self.path.with_name(f"{self.path.name}.1"))
            os.truncate(self.file.fileno(), 0)


@contextmanager
def open_log(path: Path) -> Iterator[LogFile]:
    """Open the log for appending: every write goes to its end, also after it was emptied."""
    with path.open("ab") as file:
        log = LogFile(path, file)
        log.limit()
        yield log
