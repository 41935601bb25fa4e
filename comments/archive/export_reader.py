"""Read an export line by line, and check everything that can be checked before anything is stored."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.site import Site
from comments.storage.archives import ArchivedComment, StoredRow
from comments.storage.codec import ANY_ID, DRAFT_SUFFIX
from comments.storage.values import DATA_VERSION

from .export_lines import EXPORT_END, EXPORT_HEADER, EXPORT_VERSION, row_of
from .exported_members import Member
from .left_out import with_placeholders
from .row_checks import COMMENT_ROWS, is_row, row_problem

#: Bytes of the longest line: a comment with 200 edits of the longest text fits.
LONGEST_LINE = 32 * 1024 * 1024
#: Version of an export without a first line of its own: the site, and its comments by status.
FORMER_VERSION = 1
#: Years of comments and decisions. Computing with later or earlier times fails at the ends of the calendar.
STORED_YEARS = range(1900, 9000)
_SITE_ID = re.compile(r"(?!all$)[a-z0-9-]{1,40}")
#: Order of the kinds of lines.
LINE_ORDER = (EXPORT_HEADER, "site", "member", "comment", "row", EXPORT_END)

_SITE, _MEMBER, _COMMENT = TypeAdapter(Site), TypeAdapter(Member), TypeAdapter(Comment)


class ExportHeader(NamedTuple):
    version: int
    secrets: bool = False
    secret_key: str = ""  # fingerprint of the secret key of the service that wrote the export


@dataclass(frozen=True, slots=True)
class ExportedSite:
    site: Site
    left_out: tuple[str, ...]


ExportPart = ExportHeader | ExportedSite | Member | ArchivedComment | StoredRow


def read_export(lines: Iterable[bytes]) -> Iterator[tuple[int, ExportPart]]:
    """Yield the parts of an export, each with the number of its line. A comment comes with its rows.

    Raises Invalid at the first line that is damaged or unknown, and at the end of a truncated file.
    """
    reader = _Reader()
    waiting: tuple[int, ArchivedComment] | None = None
    for n, part in reader.parts(lines):
        if waiting and isinstance(part, StoredRow) and part.key in COMMENT_ROWS:
            first, archived = waiting
            if archived.comment.id not in (part.of, part.name):
                raise damaged(n, "belongs to another comment than the one before it")
            waiting = first, ArchivedComment(archived.comment, (*archived.rows, part))
            continue
        if waiting:
            yield waiting
        waiting = (n, part) if isinstance(part, ArchivedComment) else None
        if waiting is None:
            yield n, part
    if waiting:
        yield waiting


def damaged(n: int, reason: str) -> Invalid:
    return Invalid([Problem(f"line {n}", "damaged", reason)])


class _Reader:
    def __init__(self) -> None:
        self._version, self._site, self._part = 0, "", 0
        self._last_entry = (0, 0)

    def parts(self, lines: Iterable[bytes]) -> Iterator[tuple[int, ExportPart]]:
        seen, n = sha256(), 0
        for n, text in enumerate(lines, 1):
            if LINE_ORDER[self._part] == EXPORT_END and self._version == EXPORT_VERSION:
                raise damaged(n, "comes after the end")
            kind, values = _parsed(n, text)
            self._enter(n, kind)
            if kind == EXPORT_END:
                if values != {"kind": EXPORT_END, "lines": n - 1, "sha256": seen.hexdigest()}:
                    raise damaged(n, "does not fit the lines before it: the file was changed")
                continue
            seen.update(text.rstrip(b"\r\n") + b"\n")
            try:
                yield n, self._read(n, kind, values)
            except (ValidationError, ValueError, TypeError, KeyError) as error:
                raise damaged(n, _reason(error)) from error
        if self._version == 0 or (self._version == EXPORT_VERSION and LINE_ORDER[self._part] != EXPORT_END):
            raise damaged(n + 1, "is missing: the file is empty or was cut off")

    def _enter(self, n: int, kind: str) -> None:
        """Check the order of the kinds. Raises Invalid."""
        name = "row" if is_row(kind) else kind
        if name not in LINE_ORDER:
            raise damaged(n, f"has the unknown kind {kind!r}")
        if n == 1 and name not in (EXPORT_HEADER, "site"):
            raise damaged(n, "is not the beginning of an export of Replygate")
        part = LINE_ORDER.index(name)
        repeats = part == self._part and name in ("member", "comment", "row")
        follows_comment = name == "row" and kind in COMMENT_ROWS and LINE_ORDER[self._part] == "comment"
        if follows_comment:
            return
        if n > 1 and not repeats and part <= self._part:
            raise damaged(n, f"is out of order: {name} after {LINE_ORDER[self._part]}")
        if kind in COMMENT_ROWS:
            raise damaged(n, "belongs to no comment")
        if part > 1 and not self._site:
            raise damaged(n, "comes before the site")
        self._part = part

    def _read(self, n: int, kind: str, values: Mapping[str, Any]) -> ExportPart:
        if kind == EXPORT_HEADER:
            return self._header(n, values)
        if kind == "site":
            self._version = self._version or FORMER_VERSION
            site = _SITE.validate_python(with_placeholders(values))
            if not _SITE_ID.fullmatch(site.id):
                raise ValueError("has no valid id")
            self._site = site.id
            return ExportedSite(site, tuple(values.get("left_out", ())))
        if kind == "member":
            return self._member(values)
        if kind == "comment":
            return ArchivedComment(self._comment(values))
        row = row_of(kind, values)
        if problem := row_problem(row, self._site) or self._entry_problem(row):
            raise ValueError(problem)
        return row

    def _header(self, n: int, values: Mapping[str, Any]) -> ExportHeader:
        version, data = values["version"], values["data"]
        if version not in (EXPORT_VERSION,) or data > DATA_VERSION:
            raise Invalid(
                [Problem(f"line {n}", "newer", "names a later version of the format: upgrade this installation first")]
            )
        self._version = version
        return ExportHeader(version, values["secrets"] is True, str(values["secret_key"]))

    def _member(self, values: Mapping[str, Any]) -> Member:
        member = _MEMBER.validate_python(values)
        if not member.name.isprintable() or any(view.site != self._site for view in member.views):
            raise ValueError("has no valid name, or a view of another site")
        return member

    def _comment(self, values: Mapping[str, Any]) -> Comment:
        comment = _COMMENT.validate_python(values)
        last = comment.decisions[-1] if comment.decisions else None
        if comment.site != self._site:
            raise ValueError("belongs to another site")
        if not ANY_ID.fullmatch(comment.id) or comment.draft_of != _draft_of(comment.id):
            raise ValueError("has no valid id")
        if comment.version != len(comment.decisions) or (last and last.status != comment.status):
            raise ValueError("has a status that its decisions do not give")
        if not last and comment.status != "queued":
            raise ValueError("has a status without a decision")
        if any(at.year not in STORED_YEARS for at in (comment.received, *(step.at for step in comment.decisions))):
            raise ValueError("has a time that cannot be counted")
        return comment

    def _entry_problem(self, row: StoredRow) -> str:
        """Return "" unless this is an audit entry that is not later than the one before."""
        if row.key != "audit":
            return ""
        ms, _, sequence = row.name.partition("-")
        before, self._last_entry = self._last_entry, (int(ms), int(sequence))
        return "" if self._last_entry > before else "is not later than the entry before"


def _draft_of(id: str) -> str:
    return id.removesuffix(DRAFT_SUFFIX) if id.endswith(DRAFT_SUFFIX) else ""


def _parsed(n: int, text: bytes) -> tuple[str, Mapping[str, Any]]:
    if len(text) > LONGEST_LINE:
        raise damaged(n, "is too long")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(n, "is not JSON in UTF-8") from error
    if not isinstance(values, dict) or not isinstance(values.get("kind"), str):
        raise damaged(n, "is not a JSON object with a kind")
    return values["kind"], values


def _reason(error: Exception) -> str:
    """Say what is wrong without quoting the line, which has personal data."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"has no valid {'.'.join(map(str, first['loc'])) or 'values'}: {first['msg']}"
    return f"has no field {error}" if isinstance(error, KeyError) else str(error)


def bounded_lines(file: Any) -> Iterator[bytes]:
    """Yield the lines of a file, never more than a little above LONGEST_LINE at once."""
    while text := file.readline(LONGEST_LINE + 1):
        yield text
