"""Public fields of a comment. Only this module decides which fields are public, and in which form."""

from collections.abc import Mapping
from datetime import datetime

from .markdown import html
from .model import Comment
from .storage.values import ThreadRow
from .text_cleaning import without_reordering
from .validation import is_web_address

PublicValue = str | int | bool | datetime | None


def public_fields(comment: Comment, depth: int = 0) -> dict[str, PublicValue]:
    """Return the public fields: never the email address or the network, nor anything derived from them."""
    content = comment.public_content
    return {
        "id": comment.id,
        "thread": comment.thread,
        "parent": comment.parent,
        "depth": depth,
        "author": without_reordering(comment.author),
        # Checked on submission too, but imported comments skip that check, and rules change.
        "url": comment.url if comment.url and is_web_address(comment.url) else "",
        "verified": comment.is_verified,
        "role": comment.role,
        "avatar": comment.avatar if comment.user else "",
        "content": without_reordering(content),
        "html": html(content),
        "received": comment.received,
    }


def public_row(row: ThreadRow) -> Mapping[str, PublicValue]:
    """Return the public fields of a comment on a page. A stub has only its id and its place in the thread."""
    fields = public_fields(row.comment, row.depth)
    if row.removed:
        fields |= {"author": "", "url": "", "content": "", "html": "", "received": None}
        fields |= {"verified": False, "role": "", "avatar": ""}
    fields |= {"pinned": row.pinned, "removed": row.removed, "replies": row.replies, "more": row.more}
    return fields
