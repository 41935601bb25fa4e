"""JSON exports are read whole, with rows of any length in pieces of any size."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workers.importing.commento_export import read_commento
from workers.importing.converted_comments import MAX_CONTENT, content_of
from workers.importing.export_files import open_export
from workers.importing.json_rows import JsonListReader
from workers.importing.source_rows import SourceComment


class PieceReader:
    """An export in memory that is read in pieces of one size."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content, self._size = content, size

    def pieces(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), self._size):
            yield self._content[at : at + self._size]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.integers(0, 600).map("x".__mul__),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=8), st.lists(VALUES, max_size=3), st.integers(1, 700), st.booleans())
def test_rows_of_any_size_are_read_in_pieces_of_any_size(
    rows: list[Any], others: list[Any], size: int, is_ascii: bool
) -> None:
    content = json.dumps({"version": 1, "rows": rows, "others": others}, ensure_ascii=is_ascii).encode()
    reader = JsonListReader(PieceReader(content, size))  # type: ignore[arg-type]  # it has `pieces`
    expected = [("version", 1), *(("rows", row) for row in rows), *(("others", row) for row in others)]
    assert list(reader.elements()) == expected


def test_a_long_comment_of_commento_is_cut_and_refuses_no_file(tmp_path: Path) -> None:
    for length in (10_000, 65_000, 70_000, 130_000, 131_500, 3_000_000):
        row = {"commentHex": "a", "domain": "pier.example", "url": "/a", "state": "approved", "markdown": "x" * length}
        (tmp_path / "export").write_text(json.dumps({"version": 1, "comments": [row], "commenters": []}))
        with open_export(tmp_path / "export", 2**30) as file:
            (comment,) = (found for found in read_commento(file) if isinstance(found, SourceComment))
        changes: list[str] = []
        assert len(content_of(comment, changes)) == min(length, MAX_CONTENT)
        assert changes == (["longer than 50,000 characters, which are cut"] if length > MAX_CONTENT else [])
