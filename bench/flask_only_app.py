"""The service without what stands in front of Flask, to measure what that is worth."""

from typing import Any

import service


def without(app: Any, *_: object) -> Any:
    return app


service.ReadingFastPath = without  # type: ignore[assignment,misc]

from service.wsgi import app  # noqa: E402  # it is made of the name above

__all__ = ["app"]
