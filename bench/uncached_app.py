"""The service with a cache that keeps nothing: every page is loaded and rendered."""

from service.web.response_cache import ResponseCache

ResponseCache.put = lambda *_: None  # type: ignore[method-assign,assignment]

from service.wsgi import app  # noqa: E402  # its cache is the one above

__all__ = ["app"]
