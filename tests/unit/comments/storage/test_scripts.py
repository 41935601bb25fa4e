"""Load the Lua scripts with the library files they include, and check them with luacheck."""

import re
import subprocess
from pathlib import Path

import pytest

from comments.storage.redis.scripts import source

ROOT = Path(__file__).parents[4]
LUA = ROOT / "comments/storage/lua"
SCRIPTS = sorted(
    str(path.relative_to(LUA).with_suffix("")) for path in LUA.rglob("*.lua") if path.parent != LUA / "lib"
)
FUNCTION = re.compile(r"^local function (\w+)", re.MULTILINE)
LIBRARY = {name: path.stem for path in (LUA / "lib").glob("*.lua") for name in FUNCTION.findall(path.read_text())}


def test_a_script_starts_with_the_files_it_includes() -> None:
    text = source("queue/wakeups_missing")
    assert text.index("local function clock()") < text.index("local function wakeups_missing(") < text.index("KEYS")
    assert "-- include" not in text


def test_a_script_without_includes_is_its_file() -> None:
    assert source("delivery/forget") == (LUA / "delivery/forget.lua").read_text()


def test_a_missing_script_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        source("queue/unknown")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_includes_exactly_the_library_files_it_uses(script: str) -> None:
    text = (LUA / f"{script}.lua").read_text()
    used = {file for name, file in LIBRARY.items() if re.search(rf"\b{name}\(", text)}
    assert set(re.findall(r"^-- include lib/(\w+)$", text, re.MULTILINE)) == used


def test_luacheck_knows_the_functions_of_the_library() -> None:
    listed = re.search(r"local library = \{(.*)\}", (ROOT / ".luacheckrc").read_text())
    assert listed
    assert sorted(re.findall(r'"(\w+)"', listed[1])) == sorted(LIBRARY)


def test_luacheck_finds_nothing() -> None:
    run = subprocess.run(["luacheck", "--quiet", "--no-color", LUA], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
