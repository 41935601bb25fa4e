"""Permits for large uploads. They are asked for before a body is read, so only people with the right get a place."""

import re
from typing import Any

from flask import Flask

from comments.errors import ReplygateError
from service.web.upload_limits import Uploader

from . import sessions

UPLOAD_PERMITS = "replygate.upload_permits"
_OF_SITE = re.compile(r".*/sites/(?P<site>[^/]+)/(?P<kind>import|rules/import|threads/moves)/?")


class UploadPermits:
    def __init__(self, app: Flask, public_path: str) -> None:
        self._app, self._public_path = app, public_path
        app.extensions[UPLOAD_PERMITS] = self

    def uploader(self, environment: dict[str, Any]) -> Uploader | None:
        """Return the person who may upload to this address; None for everybody else, who get an error without it."""
        path = environment["PATH_INFO"].removeprefix(self._public_path)
        with self._app.request_context({**environment, "PATH_INFO": path}):
            try:
                return _uploader(path)
            except ReplygateError:
                return None  # the application answers with the reason


def _uploader(path: str) -> Uploader:
    """Raises the error that the person gets."""
    if match := _OF_SITE.fullmatch(path):
        role = "owner" if match["kind"] == "import" else "moderator"
        return Uploader(sessions.require_role(match["site"], role).person.name, match["site"])
    return Uploader(sessions.require_operator().person.name, "")
