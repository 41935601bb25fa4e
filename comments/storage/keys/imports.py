"""Keys of imports that are under way."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class ImportKeys(Names):
    @stored(ExportClass.TEMPORARY, "name of the person who imports")
    def import_state(self, site: str) -> str:
        """string; ImportState as JSON; imports/replace; ImportUploads; a week."""
        return self._of(site, "import")

    @stored(ExportClass.TEMPORARY, "everything in an uploaded file")
    def import_part(self, site: str, id: str, part: str) -> str:
        """list; pieces of an uploaded file, or batches of its rows; ImportUploads; the same; a day."""
        return self._of(site, f"import:{id}:{part}")
