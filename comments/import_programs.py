"""The programs whose exports can be imported.

To add one, add a row, and its reader in `workers/importing/formats.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportProgram:
    """A program: its name in commands and addresses, its name for people, and the file that it exports."""

    name: str
    label: str
    file: str


PROGRAMS: Mapping[str, ImportProgram] = {
    program.name: program
    for program in (
        ImportProgram("wxr", "WordPress", "WXR, from Tools > Export in WordPress"),
        ImportProgram("disqus", "Disqus", "XML, from Setup > Export in Disqus"),
        ImportProgram("isso", "Isso", "SQLite, the file that `dbpath` names in Isso's settings"),
        ImportProgram("remark42", "Remark42", "JSON lines, from `backup` in Remark42"),
        ImportProgram("commento", "Commento or Comentario", "JSON, from the export of Commento or Comentario"),
        ImportProgram("replygate", "Replygate", "JSON lines, from the export of another site; only its comments"),
    )
}
