"""Exports that are damaged, huge or built to do harm are refused with a reason, in flat memory."""

import gzip
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments.import_report import ImportReport
from tests.support.builders import a_site
from workers.importing.export_files import ExportUnreadable, open_export
from workers.importing.file_import import arrange_file
from workers.importing.formats import READERS
from workers.importing.import_plan import open_plan
from workers.importing.page_names import PageNames
from workers.importing.planned_rows import PlannedComment, PlanOptions
from workers.importing.source_rows import SourceStatus

EXPORTS = Path(__file__).parents[3] / "data/imports"
WXR = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    "<wp:base_blog_url>https://pier.example</wp:base_blog_url>"
    "<item><title>T</title><link>https://pier.example/a</link><wp:post_id>1</wp:post_id><wp:status>publish</wp:status>"
    "{}</item></channel></rss>"
)
COMMENT = (
    "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Ada</wp:comment_author>"
    "<wp:comment_date_gmt>2024-01-01 00:00:00</wp:comment_date_gmt><wp:comment_content>{text}</wp:comment_content>"
    "<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
)


def comment(id: int = 1, text: str = "Hello", parent: int = 0, approved: str = "1") -> str:
    return COMMENT.format(id=id, text=text, parent=parent, approved=approved)


def read(path: Path, name: str = "wxr", limit: int = 2**30) -> tuple[list[PlannedComment], ImportReport]:
    report = ImportReport()
    with open_plan() as plan:
        names = PageNames(a_site(origins=("https://pier.example",)))
        arrange_file(plan, path, READERS[name], names, PlanOptions(), report, limit, lambda done, total: None)
        return [row for row in plan.planned() if isinstance(row, PlannedComment)], report


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "export"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(tmp_path: Path, content: str | bytes, name: str = "wxr") -> str:
    with pytest.raises(ExportUnreadable) as raised:
        read(written(tmp_path, content), name)
    return str(raised.value)


def test_nested_entities_are_refused(tmp_path: Path) -> None:
    bombs = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 40))
    text = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{bombs}]><rss>&e39;</rss>'
    assert "document type" in refused(tmp_path, text)


def test_external_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    text = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss><channel>&x;</channel></rss>'
    message = refused(tmp_path, text)
    assert "document type" in message
    assert "the secret" not in message


@pytest.mark.parametrize(
    "text",
    [
        f'<rss a="{"x" * 1_000_000}"/>',
        "<rss " + " ".join(f"a{n}='1'" for n in range(1_000)) + "/>",
        "<a>" * 10_000,
        "not XML at all",
        "",
        "<html><body>A page</body></html>",
        WXR.format(comment())[:-40],
        WXR.format("<wp:comment><oops></wp:comment>"),
        b"\xff\xfe\x00\xd8",
        b'<?xml version="1.0" encoding="rot13"?><rss/>',
        b'<?xml version="1.0" encoding="no-such"?><rss/>',
    ],
)
def test_damaged_and_foreign_xml_is_refused(tmp_path: Path, text: str | bytes) -> None:
    assert refused(tmp_path, text)


def test_the_export_of_another_program_is_refused(tmp_path: Path) -> None:
    assert "not an export of Disqus" in refused(tmp_path, WXR.format(comment()), "disqus")


@pytest.mark.parametrize("name", ["disqus", "isso", "remark42", "commento"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"nonsense", b"\x00" * 100, b"{" * 5_000, b'{"a":' * 5_000])
def test_files_that_are_no_export_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refused(tmp_path, content, name)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("wxr", "wordpress.wxr.xml"),
        ("disqus", "disqus.xml"),
        ("commento", "commento.json"),
        ("isso", "isso.db"),
        ("remark42", "remark42.json.gz"),
        ("commento", "comentario.json.gz"),
    ],
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_files_that_are_cut_off_are_refused(tmp_path: Path, name: str, file: str, share: float) -> None:
    content = (EXPORTS / file).read_bytes()
    assert refused(tmp_path, content[: int(len(content) * share)], name)


def test_archives_are_unpacked_and_bombs_are_refused(tmp_path: Path) -> None:
    packed = gzip.compress(WXR.format(comment()).encode())
    assert len(read(written(tmp_path, packed))[0]) == 1
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("export.xml", WXR.format(comment()))
    assert len(read(tmp_path / "one.zip")[0]) == 1
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.xml", "")
        archive.writestr("b.xml", "")
    with pytest.raises(ExportUnreadable, match="2 files"):
        read(tmp_path / "two.zip")
    bomb = gzip.compress(WXR.format(comment(text="a" * 30_000_000)).encode())
    with pytest.raises(ExportUnreadable, match="10 MiB"):
        read(written(tmp_path, bomb), limit=10 * 2**20)


def test_archives_that_unpack_to_many_times_their_size_are_refused_early(tmp_path: Path) -> None:
    path = tmp_path / "export"
    with gzip.open(path, "wb") as file:
        file.write(WXR.format(comment(text="a" * 40_000_000)).encode())
    with open_export(path, 2**40) as reader, pytest.raises(ExportUnreadable, match="200 times its size"):
        list(reader.pieces())
    assert reader.total < 17 * 2**20


def test_a_huge_text_is_cut(tmp_path: Path) -> None:
    texts = comment(text="word " * 1_000_000) + comment(text="short", id=3)
    (row, other), _ = read(written(tmp_path, WXR.format(texts)))
    assert len(row.comment.content) == 200_000
    assert row.comment.cut
    assert (other.comment.content, other.comment.cut) == ("short", False)


def test_control_characters_and_wrong_bytes_do_not_stop_an_import(tmp_path: Path) -> None:
    content = WXR.format(comment(text="bad \x0b byte \x1f here")).encode().replace(b"byte", b"by\xffte")
    (row,), _ = read(written(tmp_path, content))
    assert row.comment.content == "bad  by\ufffdte  here"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    name = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    (row,), _ = read(written(tmp_path, (name + WXR.format(comment(text="Größe"))).encode(encoding)))
    assert row.comment.content == "Größe"


def test_rows_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    rows = comment(1) + comment(2, approved="perhaps") + comment(1, text="twice") + "<wp:comment></wp:comment>"
    planned, report = read(written(tmp_path, WXR.format(rows)))
    statuses = [(row.comment.id, row.comment.status) for row in planned]
    assert statuses == [("1", SourceStatus.APPROVED), ("2", SourceStatus.PENDING)]
    assert {reason: found.n for reason, found in report.skipped.items()} == {
        "cannot be read": 1,
        "with the id of an earlier row": 1,
    }


def test_very_deep_replies_join_the_last_level(tmp_path: Path) -> None:
    rows = "".join(comment(n, parent=n - 1) for n in range(1, 2_001))
    planned, _ = read(written(tmp_path, WXR.format(rows)))
    levels: dict[str, int] = {}
    for row in planned:
        levels[row.comment.id] = levels[row.above] + 1 if row.above else 0
    assert len(planned) == 2_000
    assert max(levels.values()) == 499


def test_circles_are_cut_and_nothing_is_lost(tmp_path: Path) -> None:
    rows = "".join(comment(n, parent=n + 1 if n % 50 else n - 49) for n in range(1, 501))
    planned, _ = read(written(tmp_path, WXR.format(rows)))
    seen: set[str] = set()
    for row in planned:
        assert not row.above or row.above in seen
        seen.add(row.comment.id)
    assert len(seen) == 500


def test_circles_are_named_and_are_no_missing_parents(tmp_path: Path) -> None:
    rows = comment(1, parent=2) + comment(2, parent=1) + comment(3, parent=3) + comment(4, parent=99) + comment(5)
    _, report = read(written(tmp_path, WXR.format(rows)))
    assert {reason: found.n for reason, found in report.changed.items()} == {
        "replies in a circle, now at the top of their page": 2,
        "replies to a missing comment, now at the top of their page": 1,
    }
    lines = list(report.lines())
    assert "  1 reply to a missing comment, now at the top of their page" in lines
    assert "  2 replies in a circle, now at the top of their page" in lines


def test_a_date_in_the_future_becomes_the_time_of_the_import(tmp_path: Path) -> None:
    content = WXR.format(comment(1).replace("2024-", "2099-") + comment(2))
    before = datetime.now(UTC) - timedelta(seconds=1)
    planned, report = read(written(tmp_path, content))
    received = {row.comment.id: row.comment.received for row in planned}
    assert before < (received["1"] or before) < datetime.now(UTC)
    assert received["2"] == datetime(2024, 1, 1, tzinfo=UTC)
    assert report.changed["with a date in the future, dated with the time of the import"].examples == ["comment 1"]


def test_a_comment_with_an_unknown_status_waits_for_a_moderator_and_is_reported(tmp_path: Path) -> None:
    row = {"commentHex": "a", "domain": "pier.example", "url": "/a", "state": "evil", "markdown": "Hello"}
    content = json.dumps({"version": 1, "comments": [row, {**row, "commentHex": "b", "state": "approved"}]})
    planned, report = read(written(tmp_path, content), "commento")
    assert {row.comment.id: row.comment.status for row in planned} == {
        "a": SourceStatus.PENDING,
        "b": SourceStatus.APPROVED,
    }
    assert report.changed["with the unknown status “evil”, now in Needs review"].examples == ["comment a"]


def test_pages_elsewhere_count_only_if_their_comments_are_imported(tmp_path: Path) -> None:
    draft = WXR.format(comment(1)).replace("pier.example/a", "other.example/a").replace("publish", "draft")
    _, report = read(written(tmp_path, draft))
    assert (report.pages, report.changed) == (0, {})
    elsewhere = WXR.format(comment(1)).replace("pier.example/a", "other.example/a")
    _, report = read(written(tmp_path, elsewhere))
    assert report.pages == 1
    lines = list(report.lines())
    assert lines[0] == "1 comment read; 0 imported on 1 page"
    assert "  1 page on no address of this site: use a file of moved pages, or add the address to the site" in lines


def test_a_view_in_place_of_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "isso.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE threads (id, uri, title)")
        database.execute(
            "CREATE VIEW comments AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        )
        database.commit()
    with pytest.raises(ExportUnreadable, match="no tables"):
        read(path, "isso")


def test_odd_values_in_json_are_reported_and_do_no_harm(tmp_path: Path) -> None:
    odd = [
        {},
        {"id": 5},
        {"id": "x", "user": [], "locator": {}},
        {"id": "y", "user": {"name": {"a": 1}}, "locator": {"url": "https://pier.example/b"}, "text": ["no"]},
        {"id": "z", "user": {"name": "\ud800"}, "locator": {"url": "https://pier.example/b"}, "text": "\ud800 fine"},
    ]
    lines = [json.dumps({"version": 1, "posts": [None, 3]}), *map(json.dumps, odd), "[" * 50_000, '"text"']
    planned, report = read(written(tmp_path, "\n".join(lines)), "remark42")
    assert [row.comment.content for row in planned] == ["? fine"]
    assert report.skipped["cannot be read"].n == 5
