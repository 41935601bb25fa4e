"""Lists of rules as people paste, import and export them: CSV, one value per line, WordPress's list, hosts files."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .author_rules import FOREVER, AuthorRule, RuleEffect, RuleHits, RuleTarget
from .csv_cells import escaped_cell, unescaped_cell
from .pseudonyms import Pseudonyms
from .rule_values import (
    FIELDS_WITHOUT_EMAIL,
    KIND_OF_TARGET,
    RULE_KINDS,
    check_combination,
    check_hidden_emails,
    guess_kind,
    parse_effect,
    parse_value,
    with_value,
)
from .utc_times import parse_utc_time
from .visitor_fields import VISITOR_FIELDS

#: Lines of one list, and rules of one site or of the deployment.
MAX_LINES, MAX_RULES = 20_000, 50_000
#: Regular expressions of one site or of the deployment: each is compared with every comment.
MAX_EXPRESSIONS = 500
MAX_RULE_NOTE = 200
#: Columns of an export. An import needs the first five at most, in this order or named in a first line.
RULE_COLUMNS = (
    *("kind", "value", "effect", "expiry", "reason"),
    *("fields", "inside", "on", "by", "added", "hits", "last_hit"),
)
HOSTS_LINE = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S.*)")
DURATION = re.compile(r"([0-9]{1,4})\s*d(?:ays?)?")
YES, NO = ("yes", "on", "true", "1"), ("no", "off", "false", "0")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that cannot be a rule, counted from 1, with a predicate such as "is not a domain"."""

    line: int
    text: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text} {self.message}"


@dataclass(frozen=True, slots=True)
class ParsedRules:
    """The rules of a list, without duplicates; the last of two with the same value counts."""

    rules: tuple[AuthorRule, ...]
    problems: tuple[LineProblem, ...]
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class ListDefaults:
    """Values of a list for lines that have none of their own. `kind` is "" to recognize it in each line."""

    by: str
    at: datetime
    site: str
    kind: str = ""
    effect: RuleEffect = RuleEffect.BAN
    until: datetime = FOREVER
    note: str = ""
    inside: bool = False
    sees_emails: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of lines that name none."""
        return VISITOR_FIELDS if self.sees_emails else FIELDS_WITHOUT_EMAIL

    @property
    def rule(self) -> AuthorRule:
        return AuthorRule(RuleTarget.TERM, "", self.effect, self.by, self.at, self.until, self.note, inside=self.inside)


@dataclass(frozen=True, slots=True)
class RuleFields:
    """One rule as it is written. "" and None stand for the default of the list."""

    kind: str
    value: str
    effect: str = ""
    expiry: str = ""
    reason: str = ""
    fields: tuple[str, ...] = ()  # () for all
    inside: bool | None = None
    enabled: bool = True


def parse_rules(text: str, defaults: ListDefaults, pseudonyms: Pseudonyms) -> ParsedRules:
    """Parse a list. Every wrong line gives a problem; empty lines and those that begin with "#" are left out."""
    found: dict[str, AuthorRule] = {}
    problems: list[LineProblem] = []
    columns: tuple[str, ...] = RULE_COLUMNS[:5]
    n_rules = 0
    for number, line in enumerate(map(str.strip, text.removeprefix("\ufeff").splitlines()), 1):
        if number > MAX_LINES:
            problems.append(LineProblem(number, "The list", f"has more than {MAX_LINES:,} lines"))
            break
        if not line or line.startswith("#"):
            continue
        if line.lower().replace(" ", "").startswith("kind,value"):
            columns = tuple(name.strip().lower() for name in next(csv.reader([line])))
            continue
        try:
            for row in _rows(line, columns, defaults):
                rule = parse_row(row, defaults, pseudonyms)
                found[rule.name] = rule
                n_rules += 1
        except ValueError as error:
            problems.append(LineProblem(number, line[:80], str(error)))
    return ParsedRules(tuple(found.values()), tuple(problems), n_rules - len(found))


def _rows(line: str, columns: tuple[str, ...], defaults: ListDefaults) -> Iterator[RuleFields]:
    """Yield each rule in a line. A line of a hosts file may name several hosts. Raises ValueError."""
    if match := HOSTS_LINE.fullmatch(line):
        names = match[1].partition("#")[0].split()
        yield from [RuleFields("domain", name) for name in names if "." in name and not name.startswith("0.")]
        return
    cells = [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
    if columns == RULE_COLUMNS:  # an export
        cells = [unescaped_cell(cell) for cell in cells]
    if len(cells) < 2 or cells[0].lower() not in RULE_KINDS:
        yield RuleFields(defaults.kind or guess_kind(line), line)
        return
    row = dict(zip(columns, cells, strict=False))
    yield RuleFields(
        row["kind"].lower(),
        row["value"],
        row.get("effect", ""),
        row.get("expiry", ""),
        row.get("reason", ""),
        tuple(row.get("fields", "").replace("+", " ").split()),
        _flag(row.get("inside", "")),
        _flag(row.get("on", "")) is not False,
    )


def _flag(text: str) -> bool | None:
    if text.lower() in ("", *YES, *NO):
        return text.lower() in YES if text else None
    raise ValueError(f"has {text!r} where yes or no is expected")


def parse_row(row: RuleFields, defaults: ListDefaults, pseudonyms: Pseudonyms) -> AuthorRule:
    """Return the rule of a row. Raises ValueError with every problem."""
    problems: list[str] = []
    inside = defaults.inside if row.inside is None else row.inside
    rule = replace(defaults.rule, fields=row.fields or defaults.fields, inside=inside, enabled=row.enabled)
    if unknown := [name for name in row.fields if name not in VISITOR_FIELDS]:
        problems.append(f"has unknown fields: {', '.join(unknown)}")
    try:
        rule = replace(rule, effect=parse_effect(row.effect) if row.effect else defaults.effect)
    except ValueError as error:
        problems.append(str(error))
    try:
        rule = replace(rule, until=parse_expiry(row.expiry, defaults.at) if row.expiry else defaults.until)
    except ValueError as error:
        problems.append(str(error))
    if row.kind not in RULE_KINDS:
        problems.append(f"has the kind {row.kind!r}, which is none of {', '.join(RULE_KINDS)}")
    else:
        try:
            rule = check_combination(with_value(rule, parse_value(row.kind, row.value, defaults.site, pseudonyms)))
            rule = rule if defaults.sees_emails else check_hidden_emails(row.kind, rule)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("; ".join(problems))
    return replace(rule, note=(row.reason or defaults.note)[:MAX_RULE_NOTE])


def parse_expiry(text: str, now: datetime) -> datetime:
    """Parse a number of days ("30d"), a date (the end of that day, UTC) or a time. Raises ValueError."""
    text = text.strip().lower()
    if text in ("", "never", "forever"):
        return FOREVER
    if days := DURATION.fullmatch(text):
        return now + timedelta(days=int(days[1]))
    moment = parse_utc_time(text)
    if moment is None:
        raise ValueError(f"has the expiry {text!r}: write 2027-01-31, a time such as 2027-01-31T12:00, or 30d")
    length = timedelta(days=1 if len(text) == len("2027-01-31") else 0)
    end = min(moment, FOREVER - length) + length
    if end <= now:
        raise ValueError(f"has the expiry {text!r}, which is over")
    return end


def export_rules(rules: Iterable[AuthorRule], hits: Mapping[str, RuleHits]) -> str:
    """Return the rules as CSV with a line of column names. An import of it gives the same rules.

    Spreadsheets run no cell as a formula.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(RULE_COLUMNS)
    for rule in rules:
        of_rule = hits.get(rule.name, RuleHits())
        cells = (
            *(KIND_OF_TARGET[rule.target], rule.value, rule.effect),
            "" if rule.is_forever else rule.until.isoformat(),
            rule.note,
            "" if rule.fields == VISITOR_FIELDS else "+".join(rule.fields),
            *("yes" if rule.inside else "", "" if rule.enabled else "no", rule.by, rule.at.isoformat()),
            *(str(of_rule.n), of_rule.last.isoformat() if of_rule.last else ""),
        )
        writer.writerow(map(escaped_cell, cells))
    return file.getvalue()


def check_limits(stored: Iterable[AuthorRule], added: Iterable[AuthorRule]) -> None:
    """Raises ValueError if there would be too many rules."""
    together = {rule.name: rule for rule in (*stored, *added)}
    if len(together) > MAX_RULES:
        raise ValueError(f"would make {len(together):,} rules; at most {MAX_RULES:,} are possible")
    expressions = sum(rule.target is RuleTarget.EXPRESSION for rule in together.values())
    if expressions > MAX_EXPRESSIONS:
        raise ValueError(f"would make {expressions:,} regular expressions; at most {MAX_EXPRESSIONS:,} are possible")
