"""The network a request comes from, as a pseudonym."""

from flask import has_request_context, request

from service.deps import Deps


def client_network(deps: Deps) -> str:
    """The pseudonym of the caller's network; empty outside a request."""
    return deps.pseudonyms.origin(request.remote_addr or "") if has_request_context() else ""
