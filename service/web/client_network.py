"""Network of the client, as a pseudonym."""

from flask import has_request_context, request

from service.deps import Deps


def client_network(deps: Deps) -> str:
    """Return the pseudonym of the client's network; "" outside a request."""
    return deps.pseudonyms.origin(request.remote_addr or "") if has_request_context() else ""
