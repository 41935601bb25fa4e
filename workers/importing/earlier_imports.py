"""Find the comments of an export that an earlier import stored, so that all imports together teach a bounded number."""

from collections.abc import Callable, Mapping, Sequence

from comments.import_programs import ImportProgram
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.store_waits import retried

from .converted_comments import imported_id

#: Called with the name of the export's website and some old ids. Returns the old ids that are stored already, each with
#: True if the comment teaches the spam filter.
EarlierImports = Callable[[str, Sequence[str]], Mapping[str, bool]]


def no_earlier_imports(_source: str, _old_ids: Sequence[str]) -> Mapping[str, bool]:
    return {}


def earlier_imports(storage: Storage, site: Site, program: ImportProgram) -> EarlierImports:
    """Look the comments up in a site. While the server does not answer, this waits."""

    def stored(source: str, old_ids: Sequence[str]) -> Mapping[str, bool]:
        ids = [imported_id(program.name, source, old_id) for old_id in old_ids]
        found = retried(lambda: storage.comments.load(site.id, ids))
        teaches = {comment.id: comment.lesson is not None for comment in found if comment}
        return {old_id: teaches[id] for old_id, id in zip(old_ids, ids, strict=True) if id in teaches}

    return stored
