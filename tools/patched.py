"""Put a mutant into the memory of this process: into loaded functions, constants, or the scripts of the storage."""

import ast
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from comments.storage.redis import scripts

from .mutants import Mutant

#: Types of constants that can be compared and replaced.
PLAIN = (int, float, str, bytes, tuple, frozenset, dict)


#: A line at the start of the changed function: it records that the function was called.
MARK = ast.parse('__import__("tools.patched").patched.mark()').body[0]
_calls = [0]


class PatchError(Exception):
    """The change cannot be made in memory."""


def mark() -> None:
    """Count a call of the changed function."""
    _calls[0] += 1


def calls() -> int:
    """Return how often the changed function was called in this process."""
    return _calls[0]


def patch(root: Path, mutant: Mutant, functions: dict[str, list[FunctionType]]) -> bool:
    """Return True if calls of the changed function are counted. Raises PatchError."""
    text = mutant.changed_text
    if mutant.file.endswith(".lua"):
        _patch_scripts(root, mutant.file, text)
        return False
    path = str(root / mutant.file)
    tree = ast.parse(text)
    is_counted = _is_marked(tree, mutant.line)
    compiled = {_key(code): code for code in _codes(compile(tree, path, "exec"))}
    changed = 0
    for function in functions.get(path, []):
        code = compiled.get(_key(function.__code__))
        if code is not None and code != function.__code__:
            try:
                function.__code__ = code
            except ValueError as error:
                raise PatchError(str(error)) from error
            changed += 1
    if not changed:
        _patch_constants(root, mutant.file, text)
    return is_counted and bool(changed)


def _is_marked(tree: ast.Module, line: int) -> bool:
    """Put the mark into the innermost function around the line. Return False if there is none."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= line <= (node.end_lineno or 0)
    ]
    if around:
        function = max(around, key=lambda node: node.lineno)
        function.body.insert(0, ast.copy_location(MARK, function.body[0]))
        ast.fix_missing_locations(function)
    return bool(around)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _patch_constants(root: Path, file: str, text: str) -> None:
    """Replace the constants of a module that changed, in every module that imported them."""
    name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    loaded = sys.modules.get(name)
    if loaded is None:
        raise PatchError("no test imports this module")
    fresh = ModuleType(name)
    fresh.__file__, fresh.__package__ = loaded.__file__, loaded.__package__
    try:
        exec(compile(text, str(root / file), "exec"), fresh.__dict__)
    except Exception as error:
        raise PatchError(f"the module cannot be loaded twice: {error!r}") from error
    changed = [
        (name, old, vars(fresh)[name])
        for name, old in vars(loaded).items()
        if isinstance(old, PLAIN) and name in vars(fresh) and not name.startswith("__") and vars(fresh)[name] != old
    ]
    if not changed:
        raise PatchError("the line is part of a class or a default")
    for name, old, new in changed:
        _replace_everywhere(name, old, new)


def _replace_everywhere(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if vars(module).get(name) is old:
            setattr(module, name, new)


def _patch_scripts(root: Path, file: str, text: str) -> None:
    """Let the scripts of the storage be read from a copy with one changed file."""
    directory = Path(tempfile.mkdtemp(prefix="mutant"))
    shutil.copytree(root / "comments/storage/lua", directory / "lua")
    (directory / file.removeprefix("comments/storage/")).write_text(text)
    scripts.files = lambda _package: directory
    scripts.source.cache_clear()
