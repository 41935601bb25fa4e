"""The formats that can be imported. To add one, add its reader and a row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .commento_export import read_commento
from .converted_comments import Program
from .disqus_export import read_disqus
from .export_files import ExportReader
from .isso_database import read_isso
from .remark42_export import read_remark42
from .source_rows import SourceRow
from .wordpress_export import read_wxr


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its program, how people get the file, and its reader, which raises ExportUnreadable."""

    program: Program
    file: str
    read: Callable[[ExportReader], Iterator[SourceRow]]


FORMATS: Mapping[str, ExportFormat] = {
    found.program.name: found
    for found in (
        ExportFormat(Program("wxr", "WordPress"), "WXR, from Tools > Export in WordPress", read_wxr),
        ExportFormat(Program("disqus", "Disqus"), "XML, from Setup > Export in Disqus", read_disqus),
        ExportFormat(Program("isso", "Isso"), "SQLite, the file that `dbpath` names in Isso's settings", read_isso),
        ExportFormat(Program("remark42", "Remark42"), "JSON lines, from `backup` in Remark42", read_remark42),
        ExportFormat(Program("commento", "Commento"), "JSON, from the export of Commento or Comentario", read_commento),
    )
}  # fmt: skip
