"""A batch that is repeated after the server gave no answer is reported once, as imported."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from comments.comment_export import all_comments
from comments.errors import StorageDown
from comments.import_programs import PROGRAMS
from comments.import_report import ImportReport
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site
from workers.importing.batch_importer import BatchImporter
from workers.importing.planned_rows import PlannedComment
from workers.importing.source_rows import SourceComment


class Unanswered:
    """Comments of a server whose answers are lost: some commands do their work, and their caller gets an error."""

    def __init__(self, comments: Any, losses: Sequence[Callable[[int], int]]) -> None:
        self._comments, self._losses = comments, [*losses]

    def add_decided(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        if not self._losses:
            return self._comments.add_decided(site, comments)  # type: ignore[no-any-return]
        done = self._losses.pop()(len(comments))
        self._comments.add_decided(site, comments[:done])
        raise StorageDown("no answer")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._comments, name)


def rows() -> list[PlannedComment]:
    texts = {"1": "one", "2": "two", "3": " ", "4": "four"}
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        PlannedComment(SourceComment(id, "p", text, at), "https://pier.example/a", "", False, True, "pier.example")
        for id, text in texts.items()
    ]


@pytest.mark.parametrize("losses", [[lambda n: n], [lambda n: 1], [lambda n: 0, lambda n: n - 1], [lambda n: 0] * 3])
def test_a_repeated_batch_counts_once(storage: Storage, losses: Sequence[Callable[[int], int]]) -> None:
    storage.sites.put(a_site())
    flaky = replace(storage, comments=Unanswered(storage.comments, losses))
    names = Pseudonyms(SECRET)
    importer = BatchImporter(flaky, storage.sites.get("blog"), PROGRAMS["wxr"], names, ImportReport(rows=4))
    for _ in losses:
        with pytest.raises(StorageDown):
            importer.add(rows())
    importer.add(rows())
    report = importer.report
    assert (report.rows, report.added["published"], report.present, report.lessons) == (4, 3, 0, 3)
    assert report.skipped["without text that can be shown"].n == 1
    assert len(list(all_comments(storage, "blog"))) == 3
    importer.add(rows())
    assert (importer.report.added["published"], importer.report.present) == (3, 3)
