"""The note in place of a text that was deleted: after its time, or because its author asked for that."""

from .errors import ActionNotAllowed

#: Value of Comment.text_kept_days for a comment whose author asked to erase it.
ERASED = 0


def deletion_note(kept_days: int) -> str:
    """Return the note in place of the text, as in "Text deleted after 30 days"; "" while the text is there."""
    if kept_days < 0:
        return ""
    if kept_days == ERASED:
        return "Text deleted at the request of its author"
    return f"Text deleted after {kept_days} day{'' if kept_days == 1 else 's'}"


def check_text(kept_days: int) -> None:
    """Raises ActionNotAllowed if the text was deleted: such a comment can never be published again."""
    if kept_days >= 0:
        raise ActionNotAllowed(f"{deletion_note(kept_days)}. Nobody can decide about this comment any more.")
