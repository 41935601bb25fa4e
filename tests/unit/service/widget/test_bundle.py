"""The widget's source, and the script that it is bundled into."""

import gzip
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

from service.widget.bundle import IMPORT, SOURCE, bundle, compact, read_modules
from service.widget.views import widget_script

ROOT = Path(__file__).parents[4]
SCRIPT = bundle().decode()
MODULES = read_modules()
FILES = sorted(SOURCE.glob("*.*"))

#: Names at the top level of a module; the bundle puts all modules into one scope.
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def test_the_script_is_small() -> None:
    assert len(gzip.compress(SCRIPT.encode(), 9)) < 15_000


def test_the_docs_have_the_current_hash() -> None:
    digest = sha384(SCRIPT.encode())
    integrity = f"sha384-{b64encode(digest.digest()).decode()}"
    script = widget_script(SCRIPT.encode())
    assert (script.integrity, script.version) == (integrity, digest.hexdigest()[:16])
    docs = (ROOT / "docs/widget.md").read_text()
    assert f'integrity="{integrity}"' in docs, f"write {integrity} into docs/widget.md"
    assert f"/widget-{script.version}.js" in docs, f"write widget-{script.version}.js into docs/widget.md"


def test_the_compressed_script_is_the_same_script() -> None:
    assert gzip.decompress(widget_script(b"text").compressed) == b"text"


def test_the_bundle_is_the_same_each_time() -> None:
    assert bundle() == SCRIPT.encode()


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
    assert not re.search(forbidden, SCRIPT)


def test_html_is_parsed_in_one_place_only() -> None:
    assert SCRIPT.count("innerHTML") == 1
    assert "template.innerHTML =" in MODULES["comment_html"]


def test_the_script_loads_nothing_else() -> None:
    assert not re.search(r"^\s*(?:import|export)\b|\bimport\(|\brequire\(", SCRIPT, re.MULTILINE)
    assert re.findall(r"https?://\w[\w.-]*", SCRIPT) == []


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
    for names, module in IMPORT.findall(text):
        for imported in names.split(", "):
            assert imported in EXPORTED.findall(MODULES[module])
            assert re.search(rf"\b{imported}\b", body), f"{name}.js does not use {imported}"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"main"}))
def test_every_export_is_imported_somewhere(name: str) -> None:
    imported = {
        found
        for text in MODULES.values()
        for names, module in IMPORT.findall(text)
        for found in names.split(", ")
        if module == name
    }
    assert set(EXPORTED.findall(MODULES[name])) == imported


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


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.js")), ids=lambda path: path.name)
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
