"""Requests that may be larger than others: files and lists of people who are signed in, and comments to check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from flask.globals import request_ctx

#: Bytes of an uploaded export.
MAX_UPLOAD = 8 * 2**20
#: Seconds in which an upload has to arrive.
UPLOAD_SECONDS = 120.0
#: Uploads that one web process reads at once, one of each person and for each site. Each needs its size in memory.
UPLOADS_AT_ONCE = 2
#: Largest body of the Akismet API. WordPress sends a comment of 65,520 bytes twice, and an encoded letter can take nine
#: bytes. Anybody can send one, so that it has to arrive in the time of an ordinary request.
MAX_AKISMET_BODY = 2_000_000
#: Such bodies that one web process reads at once.
LONG_COMMENTS_AT_ONCE = 16
LONG_COMMENT = re.compile(r".*/1\.[12]/(?:comment-check|submit-spam|submit-ham)")
#: Path of a request, below any path of the public address -> its bytes, with all fields of a form.
LARGE_REQUESTS: Mapping[re.Pattern[str], int] = {
    re.compile(r".*/sites/[^/]+/import/?"): MAX_UPLOAD + 2**20,  # and a mapping of pages
    re.compile(r".*/(?:ops|sites/[^/]+)/rules/import"): 2 * 2**20,
    re.compile(r".*/sites/[^/]+/threads/moves"): 2**20,
}
LARGEST_REQUEST = max(LARGE_REQUESTS.values())


def long_comment_limit(method: str, path: str) -> int:
    """Return the bytes that a comment for the Akismet API may have; 0 for other requests."""
    return MAX_AKISMET_BODY if method == "POST" and LONG_COMMENT.fullmatch(path) else 0


@dataclass(frozen=True, slots=True)
class Uploader:
    """A person who may upload something now, and the site; "" for all sites."""

    person: str
    site: str


def large_request_limit(method: str, path: str, credentials: str) -> int:
    """Return the bytes that an upload may have; 0 for other requests. `credentials` are a cookie or a key."""
    if method != "POST" or not credentials:
        return 0
    return next((most for address, most in LARGE_REQUESTS.items() if address.fullmatch(path)), 0)


def limit_request_bodies(app: Flask, max_body: int) -> None:
    """Limit the bodies of requests: ordinary ones to `max_body` bytes, uploads as in `LARGE_REQUESTS`."""
    app.config["MAX_CONTENT_LENGTH"] = max_body

    @app.before_request
    def allow_upload() -> None:
        sent = request_ctx.request
        if sent.method != "POST":
            return
        credentials = sent.headers.get("Cookie") or sent.headers.get("Authorization", "")
        if most := large_request_limit(sent.method, sent.path, credentials):
            sent.max_content_length = sent.max_form_memory_size = most
