"""Addresses in pages. A queue page has about 300, and building them is a tenth of its time, so they are cached."""

from functools import lru_cache

from flask import Flask, has_request_context, request, url_for

#: Addresses kept in each process: those of some pages, with their frames.
CACHED_ADDRESSES = 4096


def current_address() -> str:
    """Return the address of the request on this server, with its query."""
    return f"{request.root_path}{request.full_path}".rstrip("?")


def register_page_addresses(app: Flask) -> None:
    """Give templates a `url_for` that builds an address with the same values once."""

    @lru_cache(CACHED_ADDRESSES)
    def cached(root: str, endpoint: str, values: tuple[tuple[str, str | None], ...]) -> str:
        return url_for(endpoint, **dict(values))  # type: ignore[arg-type]

    def cached_url_for(endpoint: str, **values: str | None) -> str:
        """`root` is the path at which the application is mounted, which begins every address."""
        is_plain = all(value is None or type(value) is str for value in values.values())
        if not is_plain or endpoint.startswith(".") or "_external" in values or not has_request_context():
            return url_for(endpoint, **values)  # type: ignore[arg-type]
        return cached(request.root_path, endpoint, tuple(values.items()))

    app.jinja_env.globals["url_for"] = cached_url_for
