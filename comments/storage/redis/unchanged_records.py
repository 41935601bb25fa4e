"""Compare a stored record with what was read before.

Another version may have stored the same value with other bytes: with its fields in another order, or with a field of
its own. So values are compared here, and scripts compare the bytes that are stored.
"""

from collections.abc import Callable

from comments.storage.codec import dump


def unchanged_bytes(stored: bytes | None, before: object, parse: Callable[[bytes], object]) -> bytes | None:
    """Return the bytes in storage, b"" for none, if they are the record `before`; None if it changed."""
    if not stored:
        return None if before else b""
    return stored if before and dump(parse(stored)) == dump(before) else None
