"""Notes that moderators leave for each other."""

from comments.errors import Invalid, Problem
from comments.storage.notes_and_bulks import Note
from service.accounts.sessions import SignedIn
from service.deps import deps


def leave_note(site: str, id: str, text: str, signed: SignedIn) -> Note:
    """Raises NotFound; Invalid for an empty one."""
    deps().storage.comments.get(site, id)
    if not text.strip():
        raise Invalid([Problem("text", "required", "Please write something.")])
    left = Note(signed.person.name, deps().now(), text.strip())
    deps().storage.notes.add(site, id, left)
    return left
