"""Find the tests that are nearest to a line of the source, by names: a guess, made once, that needs no traced run."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from .mutants import Mutant

INCLUDE = re.compile(r"^-- include ([a-z_/]+)$", re.MULTILINE)
WORD = re.compile(r"\w+")
#: Directories of tests, the fastest first.
SPEED = ("unit", "contract", "integration")
#: Back ends whose tests run for a file, by a part of its path. Shared files are tried on two.
ANY_BACK_END = ("", "memory", "redis_storage")
BACK_ENDS = {
    "/memory/": ("", "memory"),
    "/cluster": ("", "cluster_storage"),
    "/redis/": ("", "redis_storage"),
    "/lua/": ("", "redis_storage"),
}
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

    def of(self, mutant: Mutant) -> list[list[pytest.Item]]:
        """Return the tests, by file, of all files that have anything in common with the line, the nearest first.

        Of files that are as near, the fastest come first. In a file, a test whose name shares words with the function
        comes before the others.
        """
        if mutant.file.endswith(".lua"):
            scripts, owner, steps = self._scripts_with(mutant.file), "", set[str]()
            modules = {module: _callers(text, scripts) for module, text in self._stores().items()}
            modules = {module: functions for module, functions in modules.items() if functions}
            about = set(Path(mutant.file).stem.split("_"))
        else:
            function, owner, steps = _names(mutant)
            modules = {mutant.file: _callers(mutant.text, {function}) | {function}}
            about = {*function.strip("_").split("_"), *Path(mutant.file).stem.split("_")}
        scores = {
            file: max((self._score(file, module, names, owner) for module, names in modules.items()), default=0)
            + HAS_ROUTE * bool(steps and steps <= set(STEP.findall(self._texts[file])))
            for file in self._items
        }
        back_ends = next((names for part, names in BACK_ENDS.items() if part in mutant.file), ANY_BACK_END)
        ranked = []
        for file in (file for file in self._items if scores[file]):
            items = [item for item in self._items[file] if _back_end(item) in back_ends]
            in_common = {item.nodeid: len(about & set(WORD.findall(item.name.replace("_", " ")))) for item in items}
            items.sort(key=lambda item: -in_common[item.nodeid])
            if items:
                ranked.append((-scores[file] - max(in_common.values()), SPEED.index(file.split("/")[1]), file, items))
        return [items for *_, items in sorted(ranked, key=lambda row: row[:3])]

    def _score(self, file: str, module: str, functions: set[str], owner: str) -> int:
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
            + NAMES_FUNCTION * bool(functions & words)
            + NAMES_CLASS * (owner in words)
            + SAME_PACKAGE * (room in rooms)
        )

    def _scripts_with(self, file: str) -> set[str]:
        """Return the names of the script and of the scripts that include it."""
        lua = self._root / "comments/storage/lua"
        name = file.removeprefix("comments/storage/lua/").removesuffix(".lua")
        return {name} | {
            path.relative_to(lua).with_suffix("").as_posix()
            for path in lua.rglob("*.lua")
            if name in INCLUDE.findall(path.read_text())
        }

    def _stores(self) -> dict[str, str]:
        """Return the text of each module that may run scripts."""
        paths = (self._root / "comments/storage/redis").glob("*.py")
        return {path.relative_to(self._root).as_posix(): path.read_text() for path in paths}


def _back_end(item: pytest.Item) -> str:
    """Return the back end of a test that runs on each; "" for another test."""
    call = getattr(item, "callspec", None)
    return str(call.params.get("storage", "")) if call else ""


def _callers(text: str, names: set[str]) -> set[str]:
    """Return the functions of a module that name one of the functions or scripts, directly or by another function.

    The attribute to which a script is assigned leads to the methods that run it.
    """
    words = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            words[node.name] = {word for part in ast.walk(node) for word in _words(part)}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            words[node.targets[0].attr] = {word for part in ast.walk(node.value) for word in _words(part)}
    found, added = set[str](), set(names)
    while added:
        added = {name for name, named in words.items() if named & added} - found
        found |= added
    return found


def _words(node: ast.AST) -> list[str]:
    """Return the name that a part of an expression is or reads, or its text."""
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Name):
        return [node.id]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


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
