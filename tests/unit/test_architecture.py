"""Rules for modules, names and keys that keep a change local."""

import ast
import importlib
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments import job_queue
from comments.storage.keys import DECLARATIONS, ExportClass, Keys

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "replygate")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TEXTS = (".py", ".lua", ".js", ".css", ".html", ".md", ".toml", ".yml", ".txt", ".example")

#: Entry points of the processes. Only they read the environment.
ROOTS = re.compile(r"replygate/.*|service/wsgi\.py|workers/start\.py|comments/part_check\.py")
#: Words that do not describe the content of a module.
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
#: Directories that exist on one developer's machine only.
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


def test_each_job_name_is_the_path_of_a_function() -> None:
    for job in job_queue.QUEUES:
        module, _, function = job.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function)), job


@pytest.mark.parametrize("key", [key for key in dir(Keys) if not key.startswith("_") and key != "prefix"])
def test_every_key_has_a_docstring_of_five_parts(key: str) -> None:
    parts = (getattr(Keys, key).__doc__ or "").split(";")
    assert len(parts) == 5, "type; members; written by; read by; lives for"
    assert all(part.strip(" .\n") for part in parts)


def test_every_key_declares_how_exports_treat_it_and_the_personal_data_in_it() -> None:
    keys = {key for key in dir(Keys) if not key.startswith("_") and key != "prefix"}
    assert DECLARATIONS.keys() == keys, "put @stored(...) before the method"


def test_no_key_that_lives_for_ever_is_left_out_of_exports_as_temporary() -> None:
    lasting = {key for key in DECLARATIONS if str(getattr(Keys, key).__doc__).endswith("for ever.")}
    temporary = {key for key in lasting if DECLARATIONS[key].export is ExportClass.TEMPORARY}
    assert temporary == {"heartbeats"}, "the processes of an installation"


def test_keys_are_built_in_one_package() -> None:
    key_like = re.compile(r"""f["'][^"']*(\{[\w.]*prefix\}|:\{\{\{)""")
    assert {path.parent for path in SOURCES if key_like.search(path.read_text())} == {ROOT / "comments/storage/keys"}


def test_every_script_documents_its_keys_and_arguments() -> None:
    scripts = {name(path): path.read_text() for path in sorted((ROOT / "comments/storage").rglob("*.lua"))}
    headers = {script: "".join(re.findall(r"\A(?:--.*\n)+", text)) for script, text in scripts.items()}
    assert scripts
    for word in ("KEYS", "ARGV"):
        assert [script for script, text in scripts.items() if f"{word}[" in text and word not in headers[script]] == []


def test_only_entry_points_read_the_environment() -> None:
    readers = [name(path) for path in SOURCES if re.search(r"\bos\.environ\b|\bgetenv\b", path.read_text())]
    assert [reader for reader in readers if not ROOTS.fullmatch(reader)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(tree(path)) or not path.read_text().strip()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_function_contains_an_import(path: Path) -> None:
    late = [f.name for f in functions(path) if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(f))]
    assert late == []


def test_module_names_describe_their_content() -> None:
    assert [name(path) for path in SOURCES if EMPTY_WORDS & {path.stem, path.parent.name}] == []


def test_only_five_modules_catch_every_exception() -> None:
    reported_as = {
        "workers/scoring/scorer_pool.py": "a note in the decision: the operator's function may raise anything",
        "workers/judging/judge.py": "a signal",
        "service/web/errors.py": "a response 500, logged by Flask",
        "replygate/granian_wsgi.py": "the error of its request: raised in the event loop instead of the thread",
        "replygate/current_answers.py": "the error of its requests, likewise",
    }
    broad = re.compile(r"except (Base)?Exception\b|except:")
    assert {name(path) for path in SOURCES if broad.search(path.read_text())} <= set(reported_as)


def test_no_file_names_a_directory_of_one_machine() -> None:
    assert [name(path) for path in tracked() if MACHINE_PATH.search(path.read_text())] == []


#: Public names that several modules define, because they are the same idea in each, with the reason.
SAME_IDEA = {
    "blueprint": "each views module has one; the blueprint's own name tells them apart",
    "log": "each module logs under its own name",
    "Deps": "the dependencies of one process: web service or worker",
    "deps": "returns the Deps of the running process",
    "main": "the entry point of a module that is run with -m",
    "T": "a type variable",
    "Client": "a connection to Valkey, and the Python client, whose users import it by this name",
}
#: Classes with the names of their schemas, which tests/unit/replygate/client checks, and the methods of the client.
NAMED_BY_THE_API = {
    f"replygate.client.{name}"
    for name in ("answers", "review_answers", "calls", "review_calls", "owner_calls", "check_calls")
}
#: The messages of the Perspective API have the names of its reference.
NAMED_BY_THE_API |= {"service.compat.perspective_messages"}
#: Last names that several modules share, with the reason.
SAME_MODULE_NAME = {
    "views": "each package of the service has its routes there",
    "schemas": "the models of one package's requests and responses; those of service.web are shared by all",
    "deps": "the dependencies of one process: web service or worker",
    "errors": "comments.errors are exceptions, service.web.errors turns them into responses",
    "comments": "the package, and the store of comments in each back end",
    "settings": "comments.settings are those of the deployment, service.sites.settings those of a site",
    "links": "the filter is named after the text module that it uses",
    "profanity": "the filter is named after the text module that it uses",
    "client": "the connection to Valkey, and the package of the Python client",
    "author_rules": "the rules, the page that edits them, their store and the filter that applies them",
    "checks": "the store of checks and the package of the web process that use it: one subject",
}


def public_names(module: ast.Module) -> set[str]:
    """Functions, classes and constants that a module defines at its top level."""
    found: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        targets = [*node.targets] if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
        found |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return {word for word in found if not word.startswith("_")}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def shared(defined: dict[str, set[str]], allowed: dict[str, str]) -> dict[str, list[str]]:
    """Names with more than one definition, apart from those allowed."""
    return {word: sorted(modules) for word, modules in defined.items() if len(modules) > 1 and word not in allowed}


def test_no_public_name_is_defined_in_two_modules() -> None:
    defined: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        # A store has the same names in each back end.
        module = re.sub(r"^comments\.storage\.(memory|redis|keys)\.", "comments.storage.*.", dotted(path))
        if module in NAMED_BY_THE_API:
            continue
        for word in public_names(tree(path)):
            defined[word].add(module)
    assert shared(defined, SAME_IDEA) == {}


def test_no_two_modules_share_their_last_name() -> None:
    defined: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        # A store has one module in each back end, one for its keys, and one for what all back ends share.
        module = re.sub(r"^comments\.storage\.((memory|redis|keys)\.)?", "comments.storage.*.", dotted(path))
        defined[module.rpartition(".")[2]].add(module)
    assert shared(defined, SAME_MODULE_NAME) == {}


def test_each_allowed_name_is_still_shared() -> None:
    counts = [word for path in SOURCES for word in public_names(tree(path))]
    assert [word for word in SAME_IDEA if counts.count(word) < 2] == []
    stems = [dotted(path).rpartition(".")[2] for path in SOURCES]
    assert [stem for stem in SAME_MODULE_NAME if stems.count(stem) < 2] == []
