"""Find the tests that are nearest to a line of the source, by names: a guess, made once, that needs no traced run."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from .mutants import Mutant

INCLUDE = re.compile(r"^-- include ([a-z_/]+)$", re.MULTILINE)
WORD = re.compile(r"\w+")
#: A word of the path of a route.
STEP = re.compile(r"/[a-z-]{3,}")
#: Weights of: the file imports the module; it has the module's name; it names the function; it has the route of its
#: view; it names its class; it is about the same package.
IMPORTS, SAME_NAME, NAMES_FUNCTION, HAS_ROUTE, NAMES_CLASS, SAME_PACKAGE = 4, 4, 3, 3, 2, 1


class NearestTests:
    """The tests by file, and the words of each file."""

    def __init__(self, root: Path, items: Iterable[pytest.Item]) -> None:
        self._root = root
        self._items: dict[str, list[pytest.Item]] = {}
        for item in items:
            self._items.setdefault(item.nodeid.split("::")[0], []).append(item)
        self._texts = {file: (root / file).read_text() for file in self._items}
        self._words = {file: set(WORD.findall(text)) for file, text in self._texts.items()}

    def of(self, mutant: Mutant) -> list[pytest.Item]:
        """Return the tests of all files that have anything in common with the line, the nearest first.

        A test whose name shares words with the function comes before the others of files of the same kind.
        """
        if mutant.file.endswith(".lua"):
            modules, function, owner, steps = self._modules_of_script(mutant.file), "", "", set[str]()
        else:
            modules, (function, owner, steps) = [mutant.file], _names(mutant)
        scores = {
            file: max((self._score(file, module, function, owner) for module in modules), default=0)
            + HAS_ROUTE * bool(steps and steps <= set(STEP.findall(self._texts[file])))
            for file in self._items
        }
        about = {*function.strip("_").split("_"), *Path(mutant.file).stem.split("_")}
        ranked = [
            (-scores[file] - len(about & set(WORD.findall(item.name.replace("_", " ")))), n, item)
            for n, file in enumerate(sorted(self._items))
            if scores[file]
            for item in self._items[file]
        ]
        return [item for _, _, item in sorted(ranked, key=lambda row: row[:2])]

    def _score(self, file: str, module: str, function: str, owner: str) -> int:
        path = module.removesuffix(".py").removesuffix("/__init__")
        package, _, name = path.rpartition("/")
        words, text = self._words[file], self._texts[file]
        dotted, parent = path.replace("/", "."), package.replace("/", ".")
        imports = dotted in text or re.search(rf"from {re.escape(parent)} import .*\b{name}\b", text) is not None
        own, about = set(name.split("_")), set(Path(file).stem.removeprefix("test_").split("_"))
        room = {"redis": "storage", "memory": "storage", "lua": "storage"}.get(*[package.rpartition("/")[2]] * 2)
        rooms = set(file.split("/")) | ({"storage"} if file.startswith("tests/contract") else set())
        return (
            IMPORTS * imports
            + (SAME_NAME if own == about else SAME_NAME // 2 if own & about else 0)
            + NAMES_FUNCTION * (function in words)
            + NAMES_CLASS * (owner in words)
            + SAME_PACKAGE * (room in rooms)
        )

    def _modules_of_script(self, file: str) -> list[str]:
        """Return the modules of the storage that run the script, or a script that includes it."""
        lua = self._root / "comments/storage/lua"
        name = file.removeprefix("comments/storage/lua/").removesuffix(".lua")
        names = {name} | {
            path.relative_to(lua).with_suffix("").as_posix()
            for path in lua.rglob("*.lua")
            if name in INCLUDE.findall(path.read_text())
        }
        stores = (self._root / "comments/storage/redis").glob("*.py")
        texts = {path.relative_to(self._root).as_posix(): path.read_text() for path in stores}
        return [module for module, text in texts.items() if any(f'"{name}"' in text for name in names)]


def _names(mutant: Mutant) -> tuple[str, str, set[str]]:
    """Return the names of the function or constant and of the class around the line, and the words of its route."""
    function, owner, steps = "", "", set[str]()
    for node in ast.walk(ast.parse(mutant.text)):
        if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= (node.end_lineno or 0):
            if isinstance(node, ast.ClassDef):
                owner = node.name
            elif isinstance(node, ast.FunctionDef):
                function = node.name
                steps = {step for decorator in node.decorator_list for step in STEP.findall(ast.unparse(decorator))}
            elif isinstance(node, ast.Assign) and not function and isinstance(node.targets[0], ast.Name):
                function = node.targets[0].id
    return function, owner, steps
