"""The service without what stands in front of Flask, to measure what that is worth."""

from typing import Any

import service


class WithoutFastPath:
    """Passes every request on, and is nothing that the server could ask for cached answers."""

    def __init__(self, app: Any, *_: object, **__: object) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._app(environ, start_response)

    def init_app(self, app: Any) -> None:
        pass


service.ReadingFastPath = WithoutFastPath  # type: ignore[assignment,misc]

from service.wsgi import app  # noqa: E402  # it is made of the name above

__all__ = ["app"]
