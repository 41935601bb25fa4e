"""Views of a thread, each at two addresses: with the thread as a parameter, and in the path."""

from collections.abc import Callable
from typing import Any, Protocol

from flask import Blueprint, Response
from pydantic import BaseModel

from service.web.operations import operation

PATH = (
    "The same with the thread in the path, percent-encoded. Some proxies merge the two slashes of an address in a "
    "path; the form with `?thread=` is safe from them."
)


class Asked(Protocol):
    """A query that names its thread."""

    @property
    def thread(self) -> str: ...


#: Answers of a site: which thread, and what else is asked of it.
ThreadView = Callable[[str, str, Any], Response]


def of_a_thread(
    blueprint: Blueprint, name: str, named: type[BaseModel], query: type[BaseModel], *, summary: str, **declared: Any
) -> Callable[[ThreadView], ThreadView]:
    """Serve `name` by a query of the type `named`, and below the thread in the path by `query`, which lacks it."""

    def declare(view: ThreadView) -> ThreadView:
        @operation(summary=summary, query=named, **declared)
        def by_parameter(site: str, query: Asked) -> Response:
            return view(site, query.thread, query)

        @operation(summary=f"{summary} by its path", query=query, **{**declared, "description": PATH})
        def by_path(site: str, thread: str, query: BaseModel) -> Response:
            return view(site, thread, query)

        own = view.__name__
        blueprint.add_url_rule(f"/{name}", own, by_parameter)
        blueprint.add_url_rule(f"/threads/<path:thread>/{name}", f"{own}_by_path", by_path)
        return view

    return declare
