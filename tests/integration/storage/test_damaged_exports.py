"""A damaged, changed or foreign file is refused with the number of its line, and nothing is stored."""

import io
import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import pytest
import redis

from comments.archive.export_reader import LONGEST_LINE
from comments.archive.site_export import export_lines
from comments.archive.site_import import check_export, import_site
from comments.errors import Invalid, SiteTaken
from comments.pseudonyms import Pseudonyms, new_id
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import SECRET
from tests.support.lively_site import fill_site
from tests.support.stored import new_storage

NAMES = Pseudonyms(SECRET)
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def export() -> bytes:
    source = new_storage()
    fill_site(source, 3)
    return "".join(f"{line}\n" for line in export_lines(source, source.sites.get("blog"), NAMES, True)).encode()


@pytest.fixture
def client(valkey_settings: Settings) -> redis.Redis:
    return connect(valkey_settings)


def refusal(storage: Storage, file: bytes) -> str:
    """Import a file that must be refused, and return the field and the reason."""
    with pytest.raises(Invalid) as refused:
        import_site(storage, io.BytesIO(file), NAMES, "mo")
    (problem,) = refused.value.problems
    return f"{problem.field} {problem.message}"


def changed(export: bytes, change: Callable[[Lines], object]) -> bytes:
    """Return an export that somebody changed, with the right last line."""
    lines = [json.loads(line) for line in export.splitlines()][:-1]
    change(lines)
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    end = {"kind": "end", "lines": len(lines), "sha256": sha256(text.encode()).hexdigest()}
    return f"{text}{json.dumps(end)}\n".encode()


def first_line(lines: Lines, kind: str) -> tuple[int, dict[str, Any]]:
    return next((n, line) for n, line in enumerate(lines, 1) if line["kind"] == kind)


def test_a_file_that_was_only_written_in_another_way_is_imported(storage: Storage, export: bytes) -> None:
    import_site(storage, io.BytesIO(changed(export, lambda lines: None)), NAMES, "mo")
    assert storage.sites.get("blog")


def test_a_file_that_is_cut_off_anywhere_is_refused(storage: Storage, client: redis.Redis, export: bytes) -> None:
    random = Random(5)
    for end in sorted({0, 1, len(export) - 2, *(random.randrange(len(export)) for _ in range(40))}):
        assert refusal(storage, export[:end]).startswith("line ")
    assert client.keys() == []


def test_a_file_in_which_one_byte_changed_is_refused(storage: Storage, client: redis.Redis, export: bytes) -> None:
    random = Random(6)
    for _ in range(60):
        at = random.randrange(len(export) - 1)
        damaged = export[:at] + bytes([export[at] ^ 1 << random.randrange(8)]) + export[at + 1 :]
        assert refusal(storage, damaged)
    assert client.keys() == []


def test_a_file_with_a_line_less_or_twice_is_refused(storage: Storage, client: redis.Redis, export: bytes) -> None:
    lines = export.splitlines(keepends=True)
    for n in range(len(lines)):
        assert refusal(storage, b"".join(lines[:n] + lines[n + 1 :]))
        assert refusal(storage, b"".join(lines[:n] + lines[n : n + 1] + lines[n:]))
    assert client.keys() == []


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "line 1 is missing"),
        (b"\n", "line 1 is not JSON"),
        (b"\xff\xfe", "line 1 is not JSON"),
        (b"[" * 100_000, "line 1 is not JSON"),
        (b"[]\n", "line 1 is not a JSON object"),
        (b'{"kind":"comment"}\n', "line 1 is not the beginning"),
        (b'{"kind":"replygate","version":2,"data":1,"secrets":false,"secret_key":""}\n', "line 2 is missing"),
        (b'{"kind":"replygate","version":3,"data":1}\n', "line 1 names a later version"),
        (b'{"kind":"replygate","version":2,"data":999,"secrets":false}\n', "line 1 names a later version"),
        (b'{"kind":"replygate","version":2,"data":"x","secrets":false}\n', "line 1 "),
        (b'{"kind":"replygate"}\n', "line 1 has no field"),
        (b'{"kind":"site"}\n', "line 1 has no valid id"),
        (b'{"kind":"site","webhooks":[1]}\n', "line 1 "),
        (b'{"kind":"site","keys":7}\n', "line 1 "),
    ],
)
def test_a_file_that_is_no_export_is_refused(storage: Storage, file: bytes, reason: str) -> None:
    assert refusal(storage, file).startswith(reason)


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "another site": ("comment", lambda line: line.update(site="shop")),
    "no id": ("comment", lambda line: line.update(id="../../etc/passwd")),
    "a status without a decision": ("comment", lambda line: line.update(status="approved", decisions=[], version=0)),
    "another version": ("comment", lambda line: line.update(version=99)),
    "a time at the end of the calendar": ("comment", lambda line: line.update(received="9999-12-31T23:59:59+00:00")),
    "a time at its beginning": ("comment", lambda line: line.update(received="0001-01-01T00:00:00+00:00")),
    "a decision at the end of the calendar": (
        "comment",
        lambda line: [step.update(at="9999-12-31T23:59:59+00:00") for step in line["decisions"]],
    ),
    "no time": ("comment", lambda line: line.update(received="yesterday")),
    "an unknown action": ("comment", lambda line: line.update(decisions=[{"action": "explode"}])),
    "a lesson that is none": ("learned", lambda line: line.update(value={"label": "ham", "tokens": 5})),
    "a quota that is none": (
        "learned",
        lambda line: line.update(value={"label": "ham", "tokens": [], "quotas": [[1]]}),
    ),
    "a lesson of another comment": ("learned", lambda line: line.update(field=new_id())),
    "a count that is none": ("authors", lambda line: line.update(value="many")),
    "a status that is none": ("authors", lambda line: line.update(of="loved")),
    "a counter that is none": ("counters", lambda line: line.update(value="1; DROP TABLE")),
    "a score that is none": ("known_threads", lambda line: line.update(score="high")),
    "a rule that is none": ("terms", lambda line: line.update(value={"about": "term"})),
    "a rule under another name": ("terms", lambda line: line.update(field="term:other")),
    "an entry that is none": ("audit", lambda line: line.update(value=[])),
    "an entry without an id": ("audit", lambda line: line.update(id="*")),
    "views of another site": (
        "shared_views",
        lambda line: line.update(value=[{"site": "x", "name": "n", "query": ""}]),
    ),
    "a note that is none": ("notes", lambda line: line.update(value="x")),
    "an alias that is none": ("thread_aliases", lambda line: line.update(value="x")),
    "counts of another site": ("notice_counts", lambda line: line.update(field='["shop","email","sent"]')),
    "a temporary key": ("counters", lambda line: line.update(kind="removal")),
    "a derived key": ("counters", lambda line: line.update(kind="nodes")),
    "the people": ("counters", lambda line: line.update(kind="people")),
    "an unknown kind": ("counters", lambda line: line.update(kind="__class__")),
    "a name that is no text": ("staff_names", lambda line: line.update(member=["x"])),
    "a key with places": ("staff_names", lambda line: line.update(of="x")),
    "a setting out of its limits": ("site", lambda line: line.update(max_content=10**9)),
    "a site id that is none": ("site", lambda line: line.update(id="a b")),
    "a webhook without an id": ("site", lambda line: line.update(webhooks=[{"url": "https://x"}])),
    "the id of all sites": ("site", lambda line: line.update(id="all")),
    "a role that is none": ("member", lambda line: line.update(role="operator")),
    "a name that is none": ("member", lambda line: line.update(name="mo\n")),
    "a member without a name": ("member", lambda line: line.pop("name")),
    "a view that is none": ("member", lambda line: line.update(views=[3])),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_line_with_wrong_values_is_refused(storage: Storage, client: redis.Redis, export: bytes, case: str) -> None:
    kind, change = CHANGES[case]
    numbers: list[int] = []

    def damage(lines: Lines) -> None:
        n, line = first_line(lines, kind)
        change(line)
        numbers.append(n)

    assert refusal(storage, changed(export, damage)).startswith(f"line {numbers[0]} " if numbers else "line ")
    assert client.keys() == []


@pytest.mark.parametrize("is_decided", [True, False])
def test_a_comment_that_is_there_twice_ends_the_import_and_leaves_nothing(
    storage: Storage, client: redis.Redis, export: bytes, is_decided: bool
) -> None:
    def repeat(lines: Lines) -> None:
        n = next(
            n for n, line in enumerate(lines) if line["kind"] == "comment" and bool(line["decisions"]) is is_decided
        )
        lines.insert(n, {**lines[n]})

    with pytest.raises(SiteTaken):
        import_site(storage, io.BytesIO(changed(export, repeat)), NAMES, "mo")
    assert client.keys() == []


@pytest.mark.parametrize("parents", ["missing", "a circle", "itself"])
def test_a_comment_without_its_parent_ends_the_import_and_leaves_nothing(
    storage: Storage, client: redis.Redis, export: bytes, parents: str
) -> None:
    def orphan(lines: Lines) -> None:
        one, two = [line for line in lines if line["kind"] == "comment" and not line["draft_of"]][:2]
        one["parent"] = {"missing": new_id(), "a circle": two["id"], "itself": one["id"]}[parents]
        two["parent"] = one["id"]

    assert "has no parent" in refusal(storage, changed(export, orphan))
    assert client.keys() == []


def test_replies_that_are_nested_too_deeply_end_the_import(
    storage: Storage, client: redis.Redis, export: bytes
) -> None:
    def nest(lines: Lines) -> None:
        n, line = first_line(lines, "comment")
        ids = [new_id() for _ in range(600)]
        above = dict(zip(ids[1:], ids, strict=False))
        nested = [{**line, "id": id, "parent": above.get(id, ""), "draft_of": ""} for id in ids]
        lines[n - 1 : n - 1] = nested

    assert "is too deep" in refusal(storage, changed(export, nest))
    assert client.keys() == []


def test_a_line_without_an_end_is_not_read_into_memory(export: bytes) -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.asked = size or 0
            return b"x" * self.asked

    endless = Endless()
    with pytest.raises(Invalid, match="too long"):
        check_export(endless, NAMES)  # type: ignore[arg-type]
    assert endless.asked <= LONGEST_LINE + 1
