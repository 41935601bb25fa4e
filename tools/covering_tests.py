"""Record which tests run which line, and find the tests of a line: the nearest by name first, then the fastest."""

import ast
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeGuard

import coverage
import pytest
from _pytest.runner import runtestprotocol

from .mutants import Mutant

INCLUDE = re.compile(r"^-- include ([a-z_/]+)$", re.MULTILINE)
WORD = re.compile(r"[a-z]{3,}")
#: Back ends of parametrized tests. Redis runs the code that Valkey runs.
NOT_RECORDED, CLUSTER, SERVER = "original_redis_storage", "cluster_storage", "redis_storage"
#: With fewer tests than this, those that run functions that name the changed one come after them: its result may be
#: cached.
FEW_TESTS = 30
#: Weight of a word of the module in the name of a file of tests. A word of the function in a test's name weighs 1.
SAME_FILE = 2


class Recording:
    """Lines by test, as coverage.py stores them, and the processor time of each test."""

    def __init__(self, file: Path) -> None:
        self.file, self._times = file, file.with_suffix(".seconds.json")
        self.seconds: dict[str, float] = json.loads(self._times.read_text()) if self._times.exists() else {}

    def add(self, items: Iterable[pytest.Item], sources: Iterable[Path]) -> None:
        """Run the tests that are not recorded yet."""
        new = [item for item in items if item.nodeid not in self.seconds and NOT_RECORDED not in item.nodeid]
        if not new:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        traced = coverage.Coverage(str(self.file), source=[str(path) for path in sources], config_file=False)
        traced.set_option("run:disable_warnings", ["module-not-imported", "module-not-measured", "no-data-collected"])
        traced.load()
        traced.start()
        for item, following in zip(new, [*new[1:], None], strict=True):
            traced.switch_context(item.nodeid)
            began = time.process_time()
            runtestprotocol(item, nextitem=following, log=False)
            self.seconds[item.nodeid] = time.process_time() - began
        traced.stop()
        traced.save()
        self._times.write_text(json.dumps(self.seconds))

    def changed_since(self, files: Iterable[Path]) -> list[Path]:
        """Return the files that are newer than the recording: their lines may have moved."""
        recorded = self._times.stat().st_mtime
        return [file for file in files if file.stat().st_mtime > recorded]

    @cached_property
    def _data(self) -> coverage.CoverageData:
        data = coverage.CoverageData(str(self.file))
        data.read()
        return data

    def tests(self, file: Path, lines: Iterable[int]) -> set[str]:
        """Return the tests that run one of the lines."""
        by_line = self._data.contexts_by_lineno(str(file))
        return {test for line in lines for test in by_line.get(line, ()) if test}


class CoveringTests:
    """The collected tests that run a mutant."""

    def __init__(self, root: Path, packages: Sequence[str], items: Iterable[pytest.Item], recording: Recording) -> None:
        self._root, self._recording = root, recording
        self._items = {item.nodeid: item for item in items}
        files = (path for package in packages for path in (root / package).rglob("*.py"))
        self._trees = {path: ast.parse(path.read_text()) for path in files}

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Return True if tests run other lines of the file, and none the function around the mutant."""
        return mutant.file.endswith(".py") and not self._of_line(mutant)[1][0]

    def of(self, mutant: Mutant) -> list[pytest.Item]:
        if mutant.file.endswith(".lua"):
            names, found = set(WORD.findall(Path(mutant.file).stem)), self._of_script(mutant)
        else:
            names, found = self._of_line(mutant)
            if not any(found):
                path = self._root / mutant.file
                found = [self._recording.tests(path, range(1, mutant.text.count("\n") + 2))]
        about = set(WORD.findall(Path(mutant.file).stem))
        ranked: list[tuple[int, int, float, str]] = []
        for rank, tests in enumerate(found):
            for test in tests & self._items.keys():
                if test.replace(CLUSTER, SERVER) in tests and CLUSTER in test:
                    continue  # the same test on one server runs the same line in less time
                file, _, name = test.partition("::")
                shared = len(names & set(WORD.findall(name))) + SAME_FILE * len(about & set(WORD.findall(file)))
                ranked.append((rank, -shared, self._recording.seconds[test], test))
        return [self._items[test] for test in dict.fromkeys(test for *_, test in sorted(ranked))]

    def _of_line(self, mutant: Mutant) -> tuple[set[str], list[set[str]]]:
        """Return the words of the names around the line, and sets of tests, the nearest first."""
        path, name, constants = self._root / mutant.file, "", set[str]()
        last = mutant.line + mutant.before.count("\n")
        tests = self._recording.tests(path, range(mutant.line, last + 1))
        around = [
            node
            for node in ast.walk(self._trees[path])
            if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= (node.end_lineno or 0)
        ]
        for node in sorted(around, key=lambda node: -node.lineno):
            tests = tests or self._recording.tests(path, range(node.lineno, (node.end_lineno or 0) + 1))
            name, constants = name or _name(node), constants | _constants(node)
        for constant in constants:  # a test that is named after it
            tests |= {id for id in self._items if re.search(rf"\b{constant}\b", id)}
        names = constants | {name} - {""}
        if len(tests) >= FEW_TESTS or not names:
            return set(WORD.findall(name)), [tests]
        return set(WORD.findall(name)), [tests, self._of_functions_that_name(names)]

    def _of_script(self, mutant: Mutant) -> list[set[str]]:
        """Return the tests that call the script, or one that includes it, or run a line that does."""
        lua = self._root / "comments/storage/lua"
        included = {
            path.relative_to(lua).with_suffix("").as_posix(): INCLUDE.findall(path.read_text())
            for path in lua.rglob("*.lua")
        }
        scripts = {mutant.file.removeprefix("comments/storage/lua/").removesuffix(".lua")}
        while more := {name for name, parts in included.items() if scripts.intersection(parts)} - scripts:
            scripts |= more
        tests = {id for id, item in self._items.items() if scripts.intersection(_texts(item))}
        for path, tree in self._trees.items():
            if any(isinstance(node, ast.Constant) and node.value in scripts for node in ast.walk(tree)):
                names = {
                    name.attr
                    for node in ast.walk(tree)
                    if isinstance(node, ast.Assign)
                    and any(isinstance(part, ast.Constant) and part.value in scripts for part in ast.walk(node.value))
                    for name in ast.walk(node.targets[0])
                    if isinstance(name, ast.Attribute)
                }
                tests |= self._recording.tests(path, _lines_that_name(tree, names))
        return [tests]

    def _of_functions_that_name(self, names: set[str]) -> set[str]:
        lines = {path: list(_lines_that_name(tree, names)) for path, tree in self._trees.items()}
        return {test for path, some in lines.items() if some for test in self._recording.tests(path, some)}


def _name(node: ast.stmt) -> str:
    """Return the name of a function."""
    return node.name if isinstance(node, ast.FunctionDef) else ""


def _constants(node: ast.stmt) -> set[str]:
    """Return the names of the constants that a statement sets."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names = [part.id for target in targets if target for part in ast.walk(target) if isinstance(part, ast.Name)]
    return {name for name in names if name.isupper()}


def _texts(item: pytest.Item) -> Sequence[object]:
    """Return the constants in the code of a test."""
    return item.function.__code__.co_consts if isinstance(item, pytest.Function) else ()


def _lines_that_name(tree: ast.Module, names: set[str]) -> Iterator[int]:
    """Yield the lines, in functions, that read one of the names; all lines of a function that has it in a default."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
            if any(_reads(node, names) for default in defaults for node in ast.walk(default)):
                yield from range(function.body[0].lineno, (function.end_lineno or 0) + 1)
            yield from (
                node.lineno for node in ast.walk(function) if isinstance(node, ast.expr) and _reads(node, names)
            )


def _reads(node: ast.AST, names: set[str]) -> TypeGuard[ast.Attribute | ast.Name]:
    if isinstance(node, ast.Attribute):
        return node.attr in names and isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.Name) and node.id in names
