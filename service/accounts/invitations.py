"""Names of people, and links that sign a person in once."""

import secrets
from datetime import timedelta

from comments.errors import Invalid, Problem
from comments.pseudonyms import token_digest
from comments.storage.interfaces import Storage

#: Long enough to read one's email; a leaked link expires soon.
LINK_LIFE = timedelta(days=1)

MAX_NAME = 60


def checked_name(name: str) -> str:
    """The name itself. Raises Invalid if it is malformed."""
    if not name.isprintable() or not name.strip() or len(name) > MAX_NAME:
        raise Invalid([Problem("name", "malformed", f"must be 1 to {MAX_NAME} printable characters")])
    return name


def sign_in_link(storage: Storage, public_url: str, name: str) -> str:
    """A link that signs the person in once. Only its digest is stored."""
    token = secrets.token_urlsafe(24)
    storage.people.put_link(token_digest(token), name, LINK_LIFE.total_seconds())
    return f"{public_url.rstrip('/')}/link/{token}"
