"""The readers of exports, one for each program of `comments.import_programs`."""

from collections.abc import Callable, Iterator, Mapping

from .commento_export import read_commento
from .disqus_export import read_disqus
from .export_files import ExportReader
from .isso_database import read_isso
from .remark42_export import read_remark42
from .replygate_export import read_replygate
from .source_rows import SourceRow
from .wordpress_export import read_wxr

#: Each raises ExportUnreadable.
ReadExport = Callable[[ExportReader], Iterator[SourceRow]]

READERS: Mapping[str, ReadExport] = {
    "wxr": read_wxr,
    "disqus": read_disqus,
    "isso": read_isso,
    "remark42": read_remark42,
    "commento": read_commento,
    "replygate": read_replygate,
}
