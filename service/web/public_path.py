"""The path below which the service is public, such as `/replies` of https://example.com/replies.

A proxy may pass it on or take it away. Either way it becomes the root of the application, so that Flask begins every
address with it. Health checks inside a container have no such path.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class PublicPath:
    """A WSGI application that is reached below `path`, and without it."""

    def __init__(self, app: WSGIApplication, path: str) -> None:
        self._app, self._path = app, path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path == self._path or path.startswith(f"{self._path}/"):
            environ["PATH_INFO"] = path.removeprefix(self._path)
        environ["SCRIPT_NAME"] = self._path
        return self._app(environ, start_response)
