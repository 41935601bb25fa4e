"""Rows of WordPress that are no published comments of readers are reported by their kind, and never published."""

from pathlib import Path

import pytest

from comments.import_report import ImportReport
from tests.support.builders import a_site
from workers.importing.file_import import arrange_file
from workers.importing.formats import READERS
from workers.importing.import_plan import open_plan
from workers.importing.page_names import PageNames
from workers.importing.planned_rows import PlannedComment, PlanOptions
from workers.importing.source_rows import SourceStatus

HEAD = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    "<wp:base_blog_url>https://pier.example</wp:base_blog_url>"
)
ROW = (
    "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Ada</wp:comment_author>"
    "<wp:comment_date_gmt>2024-01-01 00:00:00</wp:comment_date_gmt><wp:comment_content>Text {id}</wp:comment_content>"
    "<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{type}</wp:comment_type>"
    "<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
)


def row(id: int, type: str = "", approved: str = "1", parent: int = 0) -> str:
    return ROW.format(id=id, type=type, approved=approved, parent=parent)


def item(comments: str, id: int = 1, path: str = "a", status: str = "publish", parent: int = 0) -> str:
    return (
        f"<item><title>T</title><link>https://pier.example/{path}</link><wp:post_id>{id}</wp:post_id>"
        f"<wp:post_parent>{parent}</wp:post_parent><wp:status>{status}</wp:status>{comments}</item>"
    )


def read(
    tmp_path: Path, *items: str, options: PlanOptions | None = None
) -> tuple[dict[str, PlannedComment], ImportReport]:
    path, report = tmp_path / "export", ImportReport()
    path.write_text(f"{HEAD}{''.join(items)}</channel></rss>")
    with open_plan() as plan:
        names = PageNames(a_site(origins=("https://pier.example",)))
        arrange_file(
            plan, path, READERS["wxr"], names, options or PlanOptions(), report, 2**30, lambda done, total: None
        )
        return {row.comment.id: row for row in plan.planned() if isinstance(row, PlannedComment)}, report


@pytest.mark.parametrize("approved", ["", "2", "approved-by-plugin", "Approved", "null", "-1"])
def test_a_comment_with_an_unknown_status_needs_review(tmp_path: Path, approved: str) -> None:
    found, report = read(tmp_path, item(row(1, approved=approved) + row(2)))
    assert (found["1"].comment.status, found["2"].comment.status) == (SourceStatus.PENDING, SourceStatus.APPROVED)
    assert {text: reason.n for text, reason in report.changed.items()} == {
        f"with the unknown status “{approved or 'empty'}”, now in Needs review": 1
    }


@pytest.mark.parametrize("type", ["order_note", "webhook_delivery", "note", "edd_payment_note", "Pingback", "like"])
def test_a_row_of_a_type_that_readers_do_not_write_is_skipped(tmp_path: Path, type: str) -> None:
    for options in (PlanOptions(), PlanOptions(pingbacks=True, unpublished=True)):
        found, report = read(tmp_path, item(row(1, type) + row(2, type) + row(3, parent=1)), options=options)
        assert [*found] == ["3"]
        assert found["3"].above == ""
        reason = report.skipped[f"of the type “{type}”, which is not for readers"]
        assert (reason.n, reason.examples) == (2, ["comment 1", "comment 2"])


def test_pingbacks_and_trackbacks_are_imported_only_if_asked_for(tmp_path: Path) -> None:
    rows = item(row(1, "pingback") + row(2, "trackback") + row(3, "comment"))
    found, report = read(tmp_path, rows)
    assert [*found] == ["3"]
    assert report.skipped["pingbacks or trackbacks"].n == 2
    assert sorted(read(tmp_path, rows, options=PlanOptions(pingbacks=True))[0]) == ["1", "2", "3"]


def test_reviews_of_products_are_comments(tmp_path: Path) -> None:
    found, _ = read(tmp_path, item(row(1, "review")))
    assert found["1"].comment.has_rating


@pytest.mark.parametrize("status", ["draft", "pending", "private", "future", "trash", "auto-draft"])
def test_comments_on_pages_that_are_not_public_are_skipped(tmp_path: Path, status: str) -> None:
    found, report = read(tmp_path, item(row(1), status=status), item(row(2), 2, "b"))
    assert [*found] == ["2"]
    assert report.skipped["on pages that are not public"].n == 1


@pytest.mark.parametrize("status", ["wc-completed", "acf-disabled", "Publish", "archived", "request-pending"])
def test_comments_on_pages_with_an_unknown_status_are_skipped_by_the_status(tmp_path: Path, status: str) -> None:
    found, report = read(tmp_path, item(row(1) + row(2), status=status), item(row(3), 2, "b"))
    assert [*found] == ["3"]
    assert report.skipped[f"on pages with the unknown status “{status}”"].n == 2


def test_an_attachment_is_as_public_as_its_page(tmp_path: Path) -> None:
    pages = (
        item(row(1), 11, "picture", "inherit", parent=1), item("", 1, "secret", "private"),
        item(row(2), 12, "photo", "inherit", parent=2), item("", 2, "post"), item(row(3), 13, "alone", "inherit"),
    )  # fmt: skip
    found, report = read(tmp_path, *pages)
    assert sorted(found) == ["2", "3"]
    assert report.skipped["on pages that are not public"].n == 1


def test_replies_below_replies_to_a_missing_comment_stay_below_them(tmp_path: Path) -> None:
    rows = row(1, parent=99) + row(2, parent=1) + row(3, parent=2) + row(4, parent=98)
    found, report = read(tmp_path, item(rows))
    assert [found[str(n)].above for n in (1, 2, 3, 4)] == ["", "1", "2", ""]
    assert report.changed["replies to a missing comment, now at the top of their page"].n == 2


def test_a_reply_to_a_comment_of_another_page_moves_to_the_top_of_its_own(tmp_path: Path) -> None:
    found, report = read(tmp_path, item(row(1)), item(row(2, parent=1) + row(3, parent=2), 2, "b"))
    assert [found[id].above for id in ("1", "2", "3")] == ["", "", "2"]
    assert report.changed["replies to a missing comment, now at the top of their page"].n == 1


def test_the_second_comment_with_an_id_is_skipped(tmp_path: Path) -> None:
    found, report = read(tmp_path, item(row(1) + row(1, approved="spam") + row(2, parent=1)))
    assert sorted(found) == ["1", "2"]
    assert found["1"].comment.status is SourceStatus.APPROVED
    assert report.skipped["with the id of an earlier row"].n == 1


def test_two_pages_with_one_id_keep_their_own_comments(tmp_path: Path) -> None:
    found, _ = read(tmp_path, item(row(1)), item(row(2), path="b"), item(row(3), path="c", status="private"))
    assert {id: planned.thread for id, planned in found.items()} == {
        "1": "https://pier.example/a", "2": "https://pier.example/b",
    }  # fmt: skip


def test_a_page_that_is_there_twice_is_private_if_one_of_both_is(tmp_path: Path) -> None:
    found, report = read(tmp_path, item(row(1)), item(row(2), status="private"))
    assert found == {}
    assert report.skipped["on pages that are not public"].n == 2


def test_a_file_with_very_many_types_is_reported_in_bounded_space(tmp_path: Path) -> None:
    found, report = read(tmp_path, item("".join(row(n, f"type{n}") for n in range(1, 500))))
    assert found == {}
    assert len(report.skipped) < 70
    assert report.total_skipped == 499


def test_progress_is_reported_while_rows_are_arranged(tmp_path: Path) -> None:
    path, seen = tmp_path / "export", list[tuple[int, int]]()
    comments = "".join(row(n, parent=n - 1) for n in range(1, 3_000))
    path.write_text(f"{HEAD}{item(comments)}</channel></rss>")
    with open_plan() as plan:
        names, report = PageNames(a_site(origins=("https://pier.example",))), ImportReport()
        arrange_file(
            plan, path, READERS["wxr"], names, PlanOptions(), report, 2**30, lambda done, total: None,
            arranging=lambda done, total: seen.append((done, total)),
        )  # fmt: skip
    assert len({done for done, _ in seen}) >= 3
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
