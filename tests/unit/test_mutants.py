"""The mutation tool changes what it should, and notices whether a test notices."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.equivalent_mutants import FILE, equivalents
from tools.mutants import mutants_of

ROOT = Path(__file__).parents[2]

PYTHON = '''"""A module with 1 number in its text."""
LIMIT: Annotated[int, Field(ge=3)] = 10
TIMEOUT_MS = 1000
ROWS_PER_READ, READS_AT_ONCE = 100, 5
if TYPE_CHECKING:
    SIZE = 3


class Row:
    def __repr__(self) -> str:
        return f"{self.n + 1}"


@cached(5)
def sized() -> bool:
    fill(maxsize=9)
    return False


def wanted(é: int, other: int = 7) -> bool:
    """Return True for 2 reasons."""
    log.info("1")
    if é < LIMIT and not other:
        raise ValueError("2")
    other += 1
    check(é)
    return é == 3
'''

LUA = """-- 1 and 2
-- KEYS     due
local due, args = KEYS[1], cjson.decode(ARGV[1])
if #due > 0 then return due end
redis.call("ZADD", due, "NX and 5", args.n)
return 1
"""


def changed_lines(file: str, text: str) -> set[str]:
    """Return the lines that differ from the original in any mutant."""
    return {
        line.strip()
        for mutant in mutants_of(file, text)
        if mutant.is_valid
        for line in set(mutant.changed_text.splitlines()) - set(text.splitlines())
    }


def test_python_is_changed_where_it_does_something() -> None:
    assert changed_lines("a.py", PYTHON) == {
        "return True",
        "LIMIT: Annotated[int, Field(ge=3)] = 11",
        "if é <= LIMIT and not other:",
        "if é < LIMIT or not other:",
        "if é < LIMIT and bool(other):",
        "if True:",
        "if False:",
        "pass",
        "other += 2",
        "return None",
        "TIMEOUT_MS = 2000",
        "return é != 3",
        "return é == 4",
    }


def test_lua_is_changed_outside_of_text_and_comments() -> None:
    assert changed_lines("a.lua", LUA) == {
        "local due, args = KEYS[2], cjson.decode(ARGV[1])",
        "local due, args = KEYS[1], cjson.decode(ARGV[2])",
        "if #due >= 0 then return due end",
        "if #due > 1 then return due end",
        "if true then return due end",
        "if false then return due end",
        "if #due > 0 then return nil end",
        "",
        "return 2",
        "return nil",
    }


def test_every_change_in_the_list_of_those_without_an_effect_can_be_made() -> None:
    for row in equivalents(FILE.read_text()):
        assert any(row.matches(mutant) for mutant in mutants_of(row.file, (ROOT / row.file).read_text())), row
        assert row.reason


def test_a_change_is_without_an_effect_only_in_the_line_that_the_list_names() -> None:
    (row,) = equivalents("a.py: a reason\n    TIMEOUT_MS = 1000\n        1000 -> 2000\n")
    assert [mutant.line for mutant in mutants_of("a.py", PYTHON) if row.matches(mutant)] == [3]
    assert not any(row.matches(mutant) for mutant in mutants_of("b.py", PYTHON))


@pytest.mark.parametrize(
    ("file", "line", "tests", "result"),
    [
        ("comments/storage/lua/queue/claim.lua", "args.lease_ms, id)", "tests/contract/test_queue.py", "caught"),
        ("service/web/intake.py", "PAUSE_TTL = 1.0", "tests/integration/ops/test_paused_intake.py", "caught"),
        (
            "service/web/intake.py",
            ">= self._until",
            "tests/integration/submission/test_json_submissions.py",
            "survived",
        ),
    ],
    ids=["a script", "a default", "a line that a test runs and does not check"],
)
def test_the_tool_reports_what_the_tests_notice_and_changes_no_file(
    file: str, line: str, tests: str, result: str, tmp_path: Path
) -> None:
    text = (ROOT / file).read_text()
    (number,) = [str(n) for n, row in enumerate(text.splitlines(), 1) if line in row]
    command = [sys.executable, "-m", "tools.mutate", file, "--line", number, "--sample", "999", "--tests", tests]
    command += ["--recording", str(tmp_path / "recording")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [row for row in done.stdout.splitlines() if f"{file}:{number}: " in row]
    assert rows
    assert result in {row[:10].rstrip() for row in rows}
    assert (ROOT / file).read_text() == text
