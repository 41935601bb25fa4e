"""Writes the tables of docs/limits.md, numbers that are no settings: `python -m docs.limits_table`.

Each number is a constant of a module, and its meaning is the comment before it. A test compares the page with the code.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "limits.md"
ROOT = PAGE.parents[1]
#: Packages by the heading of their table.
PACKAGES = {"Web service": "service", "Workers": "workers", "Storage": "comments/storage"}
#: The measures of the filters are explained with their signals.
LEFT_OUT = ("workers/filters", "workers/judging", "workers/learning", "workers/text", "comments/storage/memory")
#: Sizes of steps, which change no result.
STEPS = re.compile(r"PER_(READ|COMMAND|SCAN|STEP|WINDOW|ROUND_TRIP)$|AT_ONCE$|BATCH|CACHED|CHUNK|PARALLEL")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Constants of a module with one meaning."""

    module: str
    names: tuple[str, ...]
    meaning: str

    @property
    def row(self) -> str:
        values = [_in_words(getattr(import_module(self.module), name)) for name in self.names]
        return f"| {self.meaning} | {' · '.join(values)} | `{self.module}` {', '.join(f'`{n}`' for n in self.names)} |"


def numbers(package: str) -> Iterator[Numbers]:
    """Yield the constants of a package that are numbers, or plain lists of them, and have a comment."""
    for file in sorted((ROOT / package).rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if not path.startswith(LEFT_OUT):
            text = file.read_text()
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for statement in ast.parse(text).body:
                if isinstance(statement, ast.Assign) and (meaning := _comment(text.splitlines(), statement.lineno)):
                    names = tuple(name for name in _names(statement) if _is_shown(module, name))
                    yield from [Numbers(module, names, meaning)] if names else []


def _names(statement: ast.Assign) -> list[str]:
    return [node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)]


def _comment(lines: list[str], line: int) -> str:
    """Return the comment before a line, counted from 1."""
    found: list[str] = []
    while line >= 2 and lines[line - 2].startswith("#:"):
        line -= 1
        found.insert(0, lines[line - 1].removeprefix("#:").strip())
    return " ".join(found).replace("|", "\\|")


def _is_shown(module: str, name: str) -> bool:
    return not STEPS.search(name) and bool(_in_words(getattr(import_module(module), name)))


def _in_words(value: Any) -> str:
    """Return a number, a time or a list of them as text; "" for anything else."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():,g} s"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple) and all(isinstance(each, int | float) for each in value):
        return ", ".join(map(_in_words, value))
    return ""


def with_tables(text: str) -> str:
    """Return the page with the tables as they should be."""
    for heading, package in PACKAGES.items():
        rows = ["| Meaning | Value | Name |", "|---|---:|---|", *(some.row for some in numbers(package))]
        before, title, after = text.partition(f"## {heading}\n")
        rest = after.partition("\n## ")
        text = f"{before}{title}\n" + "\n".join(rows) + "\n" + ("\n## " + rest[2] if rest[1] else "")
    return text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
