"""Register views of a thread at two addresses: thread as a query parameter, and in the path."""

from collections.abc import Callable
from typing import Any, Protocol

from flask import Blueprint, Response
from pydantic import BaseModel

from service.web.operations import operation

PATH_DESCRIPTION = (
    "The same with the thread in the path, percent-encoded. Some proxies merge the two slashes of an address in a "
    "path; use `?thread=` behind them."
)


class ThreadQueryModel(Protocol):
    """A query that names its thread."""

    @property
    def thread(self) -> str: ...


#: Takes site, thread and query.
ThreadView = Callable[[str, str, Any], Response]


def thread_route(
    blueprint: Blueprint,
    name: str,
    query_with_thread: type[BaseModel],
    query: type[BaseModel],
    *,
    summary: str,
    **declared: Any,
) -> Callable[[ThreadView], ThreadView]:
    """Serve the view as `/name?thread=...` and as `/threads/<thread>/name`, where `query` lacks the thread."""

    def register(view: ThreadView) -> ThreadView:
        @operation(summary=summary, query=query_with_thread, **declared)
        def by_parameter(site: str, query: ThreadQueryModel) -> Response:
            return view(site, query.thread, query)

        @operation(
            summary=f"{summary} (thread in the path)", query=query, **{**declared, "description": PATH_DESCRIPTION}
        )
        def by_path(site: str, thread: str, query: BaseModel) -> Response:
            return view(site, thread, query)

        endpoint = view.__name__
        blueprint.add_url_rule(f"/{name}", endpoint, by_parameter)
        blueprint.add_url_rule(f"/threads/<thread:thread>/{name}", f"{endpoint}_by_path", by_path)
        return view

    return register
