"""The rules that keep a change in one room."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments import job_queue
from comments.storage.keys import Keys

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "replygate")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TEXTS = (".py", ".lua", ".js", ".css", ".html", ".md", ".toml", ".yml", ".txt", ".example")

#: The processes' roots: only here do programs meet the world they run in.
ROOTS = re.compile(r"replygate/.*|service/wsgi\.py|workers/run\.py")
#: Words that say nothing about what a module holds.
EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "handler",
    "handlers",
    "process",
    "data",
}
LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
#: Directories that exist on somebody's machine, not on everybody's.
MACHINE_PATH = re.compile(r"""(?<![\w.])/(home|root|Users|work|mnt|srv)/\w""")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / file for file in listed.split("\0") if file.endswith(TEXTS) and (ROOT / file).exists()]


def test_job_names_lead_to_functions() -> None:
    for job in job_queue.QUEUES:
        module, _, function = job.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function)), job


@pytest.mark.parametrize("key", [key for key in dir(Keys) if not key.startswith("_") and key != "prefix"])
def test_every_key_says_what_it_is(key: str) -> None:
    said = (getattr(Keys, key).__doc__ or "").split(";")
    assert len(said) == 5, "type; members; written by; read by; lives for"
    assert all(part.strip(" .\n") for part in said)


def test_keys_are_built_in_one_package() -> None:
    key_like = re.compile(r"""f["'][^"']*(\{[\w.]*prefix\}|:\{\{\{)""")
    assert {path.parent for path in SOURCES if key_like.search(path.read_text())} == {ROOT / "comments/storage/keys"}


def test_every_script_lists_what_it_is_given() -> None:
    scripts = {name(path): path.read_text() for path in sorted((ROOT / "comments/storage").rglob("*.lua"))}
    headers = {script: "".join(re.findall(r"\A(?:--.*\n)+", text)) for script, text in scripts.items()}
    assert scripts
    for word in ("KEYS", "ARGV"):
        assert [script for script, text in scripts.items() if f"{word}[" in text and word not in headers[script]] == []


def test_the_environment_is_read_in_the_roots_only() -> None:
    readers = [name(path) for path in SOURCES if re.search(r"\bos\.environ\b|\bgetenv\b", path.read_text())]
    assert [reader for reader in readers if not ROOTS.fullmatch(reader)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path)) or not path.read_text().strip()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    late = [f.name for f in functions(path) if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(f))]
    assert late == []


def test_modules_have_names_that_say_something() -> None:
    assert [name(path) for path in SOURCES if EMPTY_WORDS & {path.stem, path.parent.name}] == []


def test_everything_is_caught_only_where_it_is_told_all_the_same() -> None:
    told = {
        "workers/judging/judge.py": "as a signal",
        "service/web/errors.py": "as an answer 500, logged by Flask",
    }
    broad = re.compile(r"except (Base)?Exception\b|except:")
    assert {name(path) for path in SOURCES if broad.search(path.read_text())} <= set(told)


def test_nothing_names_a_directory_of_one_machine() -> None:
    assert [name(path) for path in tracked() if MACHINE_PATH.search(path.read_text())] == []
