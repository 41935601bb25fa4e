"""Make the export file of the import tests with a real WordPress: `python -m tests.support.wordpress_export`."""

import sys
import tempfile
from pathlib import Path

from tests.support.wordpress import WordPress, open_wordpress

COMMENTS = Path(__file__).with_name("wordpress_comments.php")
EXPORT_FILE = Path(__file__).parents[1] / "data" / "imports" / "wordpress.wxr.xml"


def wordpress_export(wordpress: WordPress) -> str:
    """Replace the content of WordPress with comments of every kind, and return its own export (WXR)."""
    return wordpress.run(f"require {str(COMMENTS)!r}; require ABSPATH . 'wp-admin/includes/export.php'; export_wp();")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, open_wordpress(Path(folder)) as wordpress:
        EXPORT_FILE.parent.mkdir(parents=True, exist_ok=True)
        EXPORT_FILE.write_text(wordpress_export(wordpress), encoding="utf-8")
    sys.stderr.write(f"Wrote {EXPORT_FILE}.\n")
