"""Put a mutant into the memory of this process: into loaded functions, constants, or the scripts of the storage."""

import gc
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from comments.storage.redis import scripts

from .mutants import Mutant

#: Types of constants that can be compared and replaced.
PLAIN = (int, float, str, bytes, tuple, frozenset, dict, timedelta)


class PatchError(Exception):
    """The change cannot be made in memory."""


def patch(root: Path, mutant: Mutant, functions: dict[str, list[FunctionType]], at_import: bool) -> None:
    """Change the functions, or the constants, also if the functions run only while the module is imported.

    Raises PatchError.
    """
    text = mutant.changed_text
    if mutant.file.endswith(".lua"):
        _patch_scripts(root, mutant.file, text)
        return
    path = str(root / mutant.file)
    compiled = {_key(code): code for code in _codes(compile(text, path, "exec"))}
    changed = 0
    for function in functions.get(path, []):
        code = compiled.get(_key(function.__code__))
        if code is not None and code != function.__code__:
            try:
                function.__code__ = code
            except ValueError as error:
                raise PatchError(str(error)) from error
            changed += 1
    if not changed or at_import:
        _patch_constants(root, mutant.file, text, functions.get(path, []))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _patch_constants(root: Path, file: str, text: str, functions: list[FunctionType]) -> None:
    """Replace the constants of a module that changed, in every module that imported them, and in defaults."""
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
    for name, old, new in changed:
        _replace_everywhere(name, old, new)
    if not _patch_defaults(functions, fresh) and not changed:
        raise PatchError("the line is part of a class, or of a constant that cannot be compared")


def _patch_defaults(functions: list[FunctionType], fresh: ModuleType) -> bool:
    """Give functions the plain defaults that they have in the changed module. Return True if one differs."""
    others = [f for f in gc.get_objects() if isinstance(f, FunctionType) and f.__globals__ is fresh.__dict__]
    changed = {_key(other.__code__): _plain_defaults(other) for other in others}
    found = False
    for function in functions:
        before = _plain_defaults(function)
        after = changed.get(_key(function.__code__), before)
        if after != before:
            defaults = function.__defaults__ or ()
            function.__defaults__ = tuple(after.get(n, default) for n, default in enumerate(defaults))
            found = True
    return found


def _plain_defaults(function: FunctionType) -> dict[int, Any]:
    return {n: default for n, default in enumerate(function.__defaults__ or ()) if isinstance(default, PLAIN)}


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
