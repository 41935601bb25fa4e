"""The report of an import: what it adds, what it skips and changes, with reasons and examples."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Examples kept of each reason.
EXAMPLES = 3
#: Reasons kept. Exports give a few; this bounds what a hostile one can make of them.
_MAX_REASONS = 60


#: Words at the beginning of a reason, as they are for one row.
_SINGULAR = {
    "replies": "reply",
    "pages": "page",
    "reviews": "review",
    "pingbacks or trackbacks": "pingback or trackback",
}


@dataclass
class Reason:
    """Rows with the same fate: how many, and the first of them."""

    n: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str, n: int = 1) -> None:
        self.n += n
        if example and len(self.examples) < EXAMPLES:
            self.examples.append(example[:160])


@dataclass
class ImportReport:
    """Counts of one import. A dry run and the import itself give the same one."""

    rows: int = 0  # comments in the file
    pages: int = 0  # with comments that are imported
    added: Counter[str] = field(default_factory=Counter)  # status -> comments
    present: int = 0  # comments that an earlier run imported
    lessons: int = 0  # comments that are given to the spam filter, which leaves out most near-duplicates
    skipped: dict[str, Reason] = field(default_factory=dict)
    changed: dict[str, Reason] = field(default_factory=dict)

    def skip(self, reason: str, example: str = "", n: int = 1) -> None:
        if n:
            _reason(self.skipped, reason).add(example, n)

    def change(self, reason: str, example: str = "", n: int = 1) -> None:
        if n:
            _reason(self.changed, reason).add(example, n)

    @property
    def total_added(self) -> int:
        return self.added.total()

    @property
    def total_skipped(self) -> int:
        return sum(reason.n for reason in self.skipped.values())

    def lines(self, is_dry_run: bool = False) -> Iterator[str]:
        """Yield the report as text."""
        verb = "would be imported" if is_dry_run else "imported"
        yield f"{_counted(self.rows, 'comment')} read; {self.total_added} {verb} on {_counted(self.pages, 'page')}"
        for status, n in self.added.most_common():
            yield f"  {n} {status}"
        if self.present:
            yield f"{self.present} {'is' if self.present == 1 else 'are'} there already, from an earlier import"
        if self.lessons:
            yield f"up to {self.lessons} of them teach the spam filter: near-duplicates count at most five times"
        for title, reasons in ((f"{self.total_skipped} skipped", self.skipped), ("changed", self.changed)):
            if reasons:
                yield f"{title}:"
            for text, reason in sorted(reasons.items(), key=lambda item: -item[1].n):
                yield f"  {reason.n} {self.wording(text, reason.n)}"
                yield from (f"      for example {example}" for example in reason.examples)

    @staticmethod
    def wording(reason: str, n: int) -> str:
        """Return a reason as it is written after the number of its rows."""
        words = next((words for words in _SINGULAR if n == 1 and reason.startswith(words)), "")
        return _SINGULAR[words] + reason.removeprefix(words) if words else reason

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "pages": self.pages,
            "added": dict(self.added),
            "present": self.present,
            "lessons": self.lessons,
            "skipped": _to_json(self.skipped),
            "changed": _to_json(self.changed),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "ImportReport":
        return cls(
            rows=found["rows"],
            pages=found["pages"],
            added=Counter(found["added"]),
            present=found["present"],
            lessons=found["lessons"],
            skipped=_from_json(found["skipped"]),
            changed=_from_json(found["changed"]),
        )


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _reason(reasons: dict[str, Reason], text: str) -> Reason:
    name = text if text in reasons or len(reasons) < _MAX_REASONS else "for other reasons"
    return reasons.setdefault(name, Reason())


def _to_json(reasons: Mapping[str, Reason]) -> list[dict[str, Any]]:
    return [{"reason": text, "n": reason.n, "examples": reason.examples} for text, reason in reasons.items()]


def _from_json(found: list[dict[str, Any]]) -> dict[str, Reason]:
    return {row["reason"]: Reason(row["n"], list(row["examples"])) for row in found}
