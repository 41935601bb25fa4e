"""Requests that may be larger than others: files of owners."""

import re

#: Bytes of an uploaded export.
MAX_UPLOAD = 8 * 2**20
#: Bytes of a request with an upload: the form has other fields, and a mapping of pages.
MAX_UPLOAD_REQUEST = MAX_UPLOAD + 2**20
#: Seconds in which an upload has to arrive.
UPLOAD_SECONDS = 120.0
#: Uploads that one web process reads at once. Each needs its size in memory.
UPLOADS_AT_ONCE = 2

_UPLOAD_PATH = re.compile(r"(?:/v1)?/sites/[^/]+/import/?")


def is_upload(method: str, path: str, cookies: str) -> bool:
    """Return True for a request that may be an owner's upload. Only people who are signed in have a cookie."""
    return method == "POST" and bool(cookies) and bool(_UPLOAD_PATH.fullmatch(path))
