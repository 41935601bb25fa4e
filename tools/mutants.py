"""Make mutants: copies of a source file with one small change that a test should notice.

Python is changed by its syntax tree, Lua by regular expressions. Changes without an effect that a test could see are
not made: text, annotations, log lines, `__repr__`, conditions on TYPE_CHECKING, numbers that only make a step larger.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
#: Names of constants that change how much is done in one step, and no result.
TUNING = re.compile(r"PER_(READ|COMMAND|SCAN|STEP|WINDOW|ROUND_TRIP)$|AT_ONCE$|BATCH|CACHED|CHUNK|PARALLEL")
#: Arguments without an effect: the size of a cache, of a read, and of a step of a scan, and a check of zip.
SIZES = ("maxsize", "chunk_size", "buffering", "count", "stacklevel", "strict")
#: Numbers from here on are doubled: an interval of 1,001 ms in place of 1,000 is no fault.
LARGE = 100
#: Pattern in a line of Lua without its text -> replacement.
LUA_CHANGES = (
    (r"==", "~="),
    (r"~=", "=="),
    (r"<=", "<"),
    (r">=", ">"),
    (r"<(?!=)", "<="),
    (r"(?<![=~<>])>(?!=)", ">="),
    (r"\band\b", "or"),
    (r"\bor\b", "and"),
    (r"\bnot ", ""),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"(?<=\bif ).+?(?= then\b)", "true"),
    (r"(?<=\bif ).+?(?= then\b)", "false"),
    (r"\bbreak\b", ""),
    (r"(?<=\breturn )[^ ].*?(?= end$|$)", "nil"),
    (r"^redis\.call\(.*\)$", ""),
    (r"(?<= then )redis\.call\(.*\)(?= end$)", ""),
)
LUA_NUMBER = re.compile(r"(?<![\w.#])\d+\b(?!\.)")
#: The last of some keys that are given names: one more has none.
LUA_LAST_KEY = re.compile(r"(?<=unpack\(KEYS, )\d+, \d+")
LUA_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Mutant:
    """`before`, at `start` of the file's text, becomes `after`."""

    file: str
    text: str
    line: int
    start: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.change}"

    @property
    def change(self) -> str:
        return f"{_short(self.before)} -> {_short(self.after) or 'nothing'}"

    @property
    def is_valid(self) -> bool:
        """False for a change that Python cannot read."""
        try:
            return self.file.endswith(".lua") or bool(ast.parse(self.changed_text))
        except SyntaxError:
            return False

    @property
    def changed_text(self) -> str:
        return self.text[: self.start] + self.after + self.text[self.start + len(self.before) :]


def _other_number(n: float) -> str:
    return str(n + 1 if abs(n) < LARGE else 2 * n)


def _is_false(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value is False) or (isinstance(node, ast.Tuple) and not node.elts)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 100 else f"{words[:97]}..."


def mutants_of(file: str, text: str) -> list[Mutant]:
    """Return all mutants of a file, in order."""
    changes = _lua_changes(text) if file.endswith(".lua") else _python_changes(text)
    made = {
        Mutant(file, text, text.count("\n", 0, start) + 1, start, text[start:end], after)
        for start, end, after in changes
        if text[start:end] != after
    }
    return sorted(made, key=lambda m: (m.start, m.before, m.after))


class _Changes(ast.NodeVisitor):
    """Collects the changes of a module as start, end and new text."""

    def __init__(self, text: str) -> None:
        # Positions of the syntax tree are in bytes of UTF-8.
        self._lines = [line.encode() for line in text.splitlines(keepends=True)]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line.decode()))
        self._text = text
        self.found: list[tuple[int, int, str]] = []

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1][:column].decode())

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _replace(self, node: ast.expr | ast.stmt, after: str) -> None:
        self.found.append((*self._span(node), after))

    def _replace_between(self, left: ast.expr, right: ast.expr, before: str, after: str) -> None:
        start, end = self._span(left)[1], self._span(right)[0]
        if found := re.search(r"\s+".join(map(re.escape, before.split())), self._text[start:end]):
            self.found.append((start + found.start(), start + found.end(), after))

    def visit_Compare(self, node: ast.Compare) -> None:
        if "monotonic()" in ast.unparse(node):  # no test can meet the very moment
            return self.generic_visit(node)
        terms = [node.left, *node.comparators]
        for left, operator, right in zip(terms, node.ops, terms[1:], strict=False):
            self._replace_between(left, right, *COMPARISONS[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        before, after = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._replace_between(left, right, before, after)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, f"bool({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._replace(node, _other_number(node.value))

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._replace_condition(node.test)
        self.generic_visit(node)

    visit_While = visit_If  # type: ignore[assignment]

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._replace_condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self._replace_condition(condition)
        self.generic_visit(node)

    def _replace_condition(self, test: ast.expr) -> None:
        """A name assigned in the condition would be missing, so such a condition stays."""
        if not any(isinstance(part, ast.NamedExpr) for part in ast.walk(test)):
            self._replace(test, "True")
            self._replace(test, "False")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            if isinstance(node.value, ast.BoolOp):  # a comparison is turned round by its operator
                self._replace(node.value, f"not ({ast.unparse(node.value)})")
            if not _is_false(node.value):  # callers only ask if it is true
                self._replace(node.value, "None")
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if not (node.arg in SIZES and isinstance(node.value, ast.Constant)):
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Drop a call. A docstring, and a line for the log, is no behavior."""
        if isinstance(node.value, ast.Call) and not ast.unparse(node.value.func).startswith("log."):
            self._replace(node, "pass")
            self.generic_visit(node)

    def _drop(self, node: ast.stmt) -> None:
        self._replace(node, "pass")
        self.generic_visit(node)

    visit_Raise = visit_AugAssign = visit_Continue = visit_Break = visit_Delete = _drop  # type: ignore[assignment]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Without annotations and decorators. Defaults are evaluated once, and so are the fields of a class."""
        for part in node.body if node.name != "__repr__" else []:
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                self.visit(part)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(TUNING.search(part.id) for part in ast.walk(node.targets[0]) if isinstance(part, ast.Name)):
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)


def _python_changes(text: str) -> list[tuple[int, int, str]]:
    changes = _Changes(text)
    changes.visit(ast.parse(text))
    return changes.found


def _lua_changes(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for line in text.splitlines(keepends=True):
        code = LUA_TEXT.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', line.rstrip("\n"))
        code = code.partition("--")[0].rstrip()
        first = position + len(code) - len(code.lstrip())
        for pattern, after in LUA_CHANGES:
            for found in re.finditer(pattern, code.lstrip()):
                yield first + found.start(), first + found.end(), after
        last = [found.end() for found in LUA_LAST_KEY.finditer(code)]
        for number in LUA_NUMBER.finditer(code):
            if number.end() in last:
                continue
            yield position + number.start(), position + number.end(), _other_number(int(number[0]))
        position += len(line)
