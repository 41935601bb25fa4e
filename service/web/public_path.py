"""The path below which the service is public, such as `/replies` of https://example.com/replies.

A proxy may pass it on or take it away. Either way it becomes the root of the application, so that Flask begins every
address with it. Health checks inside a container have no such path.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def inner_path(path: str, public_path: str) -> str:
    """Return the path as the application sees it."""
    is_below = path == public_path or path.startswith(f"{public_path}/")
    return path.removeprefix(public_path) if is_below else path


class PublicPath:
    """A WSGI application that is reached below `path`, and without it."""

    def __init__(self, app: WSGIApplication, path: str) -> None:
        self._app, self._path = app, path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = inner_path(environ["PATH_INFO"], self._path)
        environ["SCRIPT_NAME"] = self._path
        return self._app(environ, start_response)
