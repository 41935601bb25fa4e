"""The export file of the import tests, compared with an export of the real WordPress."""

import re
from pathlib import Path

from tests.support.wordpress import open_wordpress
from tests.support.wordpress_export import EXPORT_FILE, wordpress_export

COMMENT = re.compile(r"<wp:comment>.*?</wp:comment>", re.DOTALL)


def test_the_export_file_has_the_comments_that_wordpress_exports(tmp_path: Path) -> None:
    with open_wordpress(tmp_path) as wordpress:
        exported = COMMENT.findall(wordpress_export(wordpress))
    assert len(exported) > 100
    assert exported == COMMENT.findall(EXPORT_FILE.read_text(encoding="utf-8"))
