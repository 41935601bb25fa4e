"""Checks the project's English: `python -m tools.plain_english`, a part of `make lint`.

The rules are few and mechanical; they keep the worst from coming back. See CONTRIBUTING.md, *Style*.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: A docstring starts with a verb or a noun. These start a riddle.
RIDDLE = re.compile(r"(What|Whether|Who|Whom|Whose|How|Where|Which|Why|When|One's)\b")

#: Labels a page must not use, each with what to write instead.
BANNED_LABELS = {
    r"\btake(?:n)? (?:\w+ )?back\b": "Undo, or Withdraw for an author",
    r"\bsettle[ds]?\b": "decide",
    r"\bin other words\b": "edit",
    r"\bwhat became of\b": "status",
    r"\bmeanwhile\b": "name what changed",
    r"\bthe filters' machine\b": "filters",
    r"\bstandings?\b": "rule",
    r"\berrands\b": "background",
    r"\blook(?:ed)? at by chance\b": "Spot checks",
    r"\bpeople who sign in\b": "Team",
    r"\bheld back\b": "Needs review",
}
#: Comments, expressions, scripts and tags of a template: what a reader does not see.
INVISIBLE = re.compile(
    r"\{#.*?#\}|<!--.*?-->|\{%.*?%\}|\{\{.*?\}\}|<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL
)


def tracked(*patterns: str) -> list[Path]:
    """Files in git that match, committed or not yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def riddles(source: str) -> Iterator[tuple[int, str]]:
    """Line and first words of each docstring that starts with a question word."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = ast.get_docstring(node) or ""
        if RIDDLE.match(text):
            yield node.body[0].lineno, text.splitlines()[0]


def banned_labels(template: str) -> Iterator[tuple[int, str]]:
    """Line and advice for each banned label in a template's visible text."""
    visible = INVISIBLE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), template)
    for pattern, advice in BANNED_LABELS.items():
        for found in re.finditer(pattern, visible, re.IGNORECASE):
            yield visible.count("\n", 0, found.start()) + 1, f'"{found[0]}": write {advice}'


def main() -> int:
    """Print every finding as `file:line: text`; 1 if there is any."""
    findings = [
        (path, *found)
        for pattern, check in (("*.py", riddles), ("*.html", banned_labels))
        for path in tracked(pattern)
        for found in check(path.read_text(encoding="utf-8"))
    ]
    for path, line, text in findings:
        print(f"{path.relative_to(ROOT)}:{line}: {text}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
