"""The widget's source, and the script that it is bundled into."""

import gzip
import json
import re
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256, sha384
from pathlib import Path

import pytest

from service.widget.bundle import (
    EXPORTED,
    IMPORT,
    LOCALE_DIGITS,
    SCRIPT_NAME,
    SOURCE,
    bundle,
    compact,
    file_name,
    read_modules,
    read_parts,
)
from service.widget.views import served_file

ROOT = Path(__file__).parents[4]
BUNDLE = bundle()
SCRIPT = BUNDLE[SCRIPT_NAME].decode()
SCRIPTS = "\n".join(content.decode() for name, content in BUNDLE.items() if name.endswith(".js"))
PARTS = read_parts()
MODULES = read_modules() | {name: text for modules in PARTS.values() for name, text in modules.items()}
FILES = sorted([*SOURCE.glob("*.*"), *SOURCE.glob("parts/*/*.*")])
#: Modules that `bundle` generates.
GENERATED = {"english": ["ENGLISH"], "files": ["FILES"], "shared": ["SHARED"]}

#: Names at the top level of a module; the bundle puts all modules into one scope.
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


def test_what_loads_first_is_small() -> None:
    """The issue allows 20,000 bytes. A reader who writes nothing loads nothing more, except another language."""
    assert len(gzip.compress(SCRIPT.encode(), 9)) < 20_000


def test_the_script_has_the_hash_of_every_file() -> None:
    """So the integrity of the script covers all code. Texts have a part of their hash in the address."""
    table = json.loads(re.search(r"const FILES=(\{.*?\});", SCRIPT)[1])  # type: ignore[index]
    assert {file_name(name, digest) for name, digest in table.items()} == set(BUNDLE) - {SCRIPT_NAME}
    for name, digest in table.items():
        whole = urlsafe_b64encode(sha256(BUNDLE[file_name(name, digest)]).digest()).decode().rstrip("=")
        assert digest == (whole if name.endswith(".js") else whole[:LOCALE_DIGITS])


def test_the_integrity_is_the_hash_that_browsers_check() -> None:
    digest = sha384(SCRIPT.encode())
    script = served_file(SCRIPT.encode())
    assert script.integrity == f"sha384-{b64encode(digest.digest()).decode()}"
    assert script.version == digest.hexdigest()[:16]


def test_the_compressed_script_is_the_same_script() -> None:
    assert gzip.decompress(served_file(b"text").compressed) == b"text"


def test_the_bundle_is_the_same_each_time() -> None:
    assert bundle() == BUNDLE


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\.cookie\b",
        r"\beval\(",
        r"\bnew Function\b",
        r"insertAdjacentHTML",
        r"outerHTML",
        r"document\.write",
        r"\.style\b",
    ],
)
def test_the_script_avoids_unsafe_features(forbidden: str) -> None:
    assert not re.search(forbidden, SCRIPTS)


def test_html_is_parsed_in_one_place_only() -> None:
    assert SCRIPTS.count("innerHTML") == 1
    assert "template.innerHTML =" in MODULES["comment_html"]


def test_the_script_loads_only_files_of_this_service() -> None:
    assert not re.search(r"^\s*(?:import|export)\b|\bimport\(|\brequire\(", SCRIPTS, re.MULTILINE)
    assert re.findall(r"https?://\w[\w.-]*", SCRIPTS) == []
    assert len(re.findall(r"\bfetch\(", SCRIPTS)) == 2  # api.js and part_loader.js


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_source_files_stay_short(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= 250
    assert max(map(len, lines)) <= 140


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_what_others_export(name: str) -> None:
    text = MODULES[name]
    assert len(IMPORT.findall(text)) == len(re.findall(r"^import\b", text, re.MULTILINE)), "one line for each import"
    body = IMPORT.sub("", text)
    for names, _, module in IMPORT.findall(text):
        for imported in names.split(", "):
            assert imported in (GENERATED.get(module) or EXPORTED.findall(MODULES[module]))
            assert re.search(rf"\b{imported}\b", body), f"{name}.js does not use {imported}"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"main", *PARTS}))
def test_every_export_is_imported_somewhere(name: str) -> None:
    imported = {
        found
        for text in MODULES.values()
        for names, _, module in IMPORT.findall(text)
        for found in names.split(", ")
        if module == name
    }
    assert set(EXPORTED.findall(MODULES[name])) == imported


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_loaded_somewhere(name: str) -> None:
    assert any(f'loadPart("{name}")' in text for text in MODULES.values())
    assert EXPORTED.findall(PARTS[name][name])


def test_no_two_modules_declare_the_same_name() -> None:
    names = [name for text in MODULES.values() for name in DECLARED.findall(text)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("// why\nconst a = 1; // one\n", "const a=1;\n"),
        ("/* why,\n   in two lines */\nf( a, b );\n", "\nf(a,b);\n"),
        ('say("a  // b", `/* ${c} */ = ${ d }`)', 'say("a  // b",`/* ${c} */ = ${ d }`)'),
        ('say("\\" // ", 1)', 'say("\\" // ",1)'),
        ("if (a) {\n\n      b\n    }", "if(a){\nb\n}"),
        ("/^https?:\\/\\//i.test(url)", "/^https?:\\/\\//i.test(url)"),
        ("a + +b - -c / d", "a + +b - -c / d"),
    ],
)
def test_only_comments_and_spaces_are_left_out(code: str, expected: str) -> None:
    assert compact(code).lstrip("\n") == expected.lstrip("\n")


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_the_source_is_simple_enough_to_compact(path: Path) -> None:
    """`compact` looks for strings, not for regular expressions and nested templates: these may not hide a string."""
    code = re.sub(r"^ *(?:/\*.*?\*/|//[^\n]*)$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    for line in code.splitlines():
        rest = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
        rest = re.sub(r"`[^`]*`", "``", rest)
        assert rest.count('"') % 2 == 0
        assert rest.count("`") % 2 == 0
        assert not re.search(r"\$\{[^}]*`", line), "a template inside a template"
        for pattern in re.findall(r"(?<=[(=!&|,] )/[^/ ].*?/[gi]*(?=[.,)])|(?<=\()/[^/ ].*?/[gi]*(?=[.,)])", rest):
            assert not re.search(r"[\"'` ]", pattern)
