"""The service with caches that keep nothing: every page is loaded and rendered, and every record read."""

from comments.storage.redis import threads
from service.web.response_cache import ResponseCache

threads.LARGEST_CACHED = -1
ResponseCache.put = lambda *_: None  # type: ignore[method-assign,assignment]

from service.wsgi import app  # noqa: E402  # its caches are those above

__all__ = ["app"]
