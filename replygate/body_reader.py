"""Read the body of a request from Granian, up to a limit that depends on its kind."""

import asyncio
from typing import Any

from service.web.request_body import FORM_TYPES, PLAIN_TEXT


async def read_body(scope: Any, protocol: Any, max_bytes: int, timeout: float) -> bytes:
    """Read the body. Stop soon after `max_bytes`, which the application refuses.

    Raises TimeoutError.
    """
    declared = scope.headers.get("content-length")
    if declared is None and "transfer-encoding" not in scope.headers:
        return b""
    if declared is not None and int(declared) > max_bytes:
        return b""  # the application refuses it because of its length
    parts, size = [], 0
    async with asyncio.timeout(timeout):
        if declared is not None:
            return bytes(await protocol())  # at once, which takes less time than by parts
        async for part in protocol:
            parts.append(part)
            size += len(part)
            if size > max_bytes:
                break
    return b"".join(parts)


def is_form(scope: Any) -> bool:
    """Return True for a browser's form. It may be larger, so that a page can show its text again."""
    kind = (scope.headers.get("content-type") or "").partition(";")[0].strip().lower()
    return kind in (*FORM_TYPES, PLAIN_TEXT)
