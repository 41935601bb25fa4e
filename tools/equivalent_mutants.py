"""Read `equivalent_mutants.txt`: changes without an effect that users, stored data or other code could see."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant

FILE = Path(__file__).with_suffix(".txt")
#: A row names all changes of its line with this.
ANY_CHANGE = "*"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The changes of the lines with this text in a file: `before -> after`, or any."""

    file: str
    line: str
    change: str
    reason: str

    def matches(self, mutant: Mutant) -> bool:
        return (
            mutant.file == self.file
            and mutant.text.splitlines()[mutant.line - 1].strip() == self.line
            and self.change in (ANY_CHANGE, mutant.change)
        )


def equivalents(text: str) -> Iterator[Equivalent]:
    """Yield the rows of a list: a file and a reason, then its lines, each with changes, indented."""
    file = reason = line = ""
    for row in text.splitlines():
        if row.startswith("#") or not row.strip():
            continue
        if not row.startswith(" "):
            file, _, reason = row.partition(": ")
        elif not row.startswith("        "):
            line = row.strip()
        else:
            yield Equivalent(file, line, row.strip(), reason)
