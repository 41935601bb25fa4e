"""Read the body of a request from Granian, up to a limit that depends on its kind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from service.web.request_body import FORM_TYPES, PLAIN_TEXT
from service.web.upload_limits import (
    LONG_COMMENTS_AT_ONCE,
    UPLOAD_SECONDS,
    UPLOADS_AT_ONCE,
    Uploader,
    large_request_limit,
    long_comment_limit,
)


class TooManyUploads(Exception):
    """Raised if this process reads as many large bodies as fit into its memory."""


class BodyReader:
    """Reads bodies of requests, each with the limit and the time of its kind.

    `permit` finds the person who may upload a large body. Others get the limit of ordinary requests.
    """

    def __init__(
        self, max_body: int, max_form: int, timeout: float, permit: Callable[[Any], Awaitable[Uploader | None]]
    ) -> None:
        self._max_body, self._max_form, self._timeout, self._permit = max_body, max_form, timeout, permit
        self._uploads = list[Uploader]()
        self._long_comments = 0

    async def read(self, scope: Any, protocol: Any) -> bytes:
        """Raises TimeoutError and TooManyUploads."""
        headers = scope.headers  # a copy, each time
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return b""
        ordinary = self._max_form if is_form(headers) else self._max_body
        long_comment = long_comment_limit(scope.method, scope.path)
        credentials = headers.get("cookie") or headers.get("authorization") or ""
        most = long_comment or large_request_limit(scope.method, scope.path, credentials)
        if int(headers.get("content-length") or most) <= ordinary:
            most = 0  # a short request needs no place among the large ones
        if most <= ordinary:
            return await read_body(scope, protocol, ordinary, self._timeout)
        if long_comment:
            return await self._read_long_comment(scope, protocol, most)
        if uploader := await self._permit(scope):
            return await self._read_upload(scope, protocol, most, uploader)
        return await read_body(scope, protocol, ordinary, self._timeout)

    async def _read_upload(self, scope: Any, protocol: Any, most: int, uploader: Uploader) -> bytes:
        is_taken = any(u.person == uploader.person or (u.site and u.site == uploader.site) for u in self._uploads)
        if is_taken or len(self._uploads) >= UPLOADS_AT_ONCE:
            raise TooManyUploads
        self._uploads.append(uploader)
        try:
            return await read_body(scope, protocol, most, UPLOAD_SECONDS)
        finally:
            self._uploads.remove(uploader)

    async def _read_long_comment(self, scope: Any, protocol: Any, most: int) -> bytes:
        if self._long_comments >= LONG_COMMENTS_AT_ONCE:
            raise TooManyUploads
        self._long_comments += 1
        try:
            return await read_body(scope, protocol, most, self._timeout)
        finally:
            self._long_comments -= 1


async def read_body(scope: Any, protocol: Any, max_bytes: int, timeout: float) -> bytes:
    """Read the body. Stop soon after `max_bytes`, which the application refuses.

    Raises TimeoutError.
    """
    declared = scope.headers.get("content-length")
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


def is_form(headers: Any) -> bool:
    """Return True for a browser's form. It may be larger, so that a page can show its text again."""
    kind = (headers.get("content-type") or "").partition(";")[0].strip().lower()
    return kind in (*FORM_TYPES, PLAIN_TEXT)
