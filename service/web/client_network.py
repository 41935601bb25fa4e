"""Networks of the client, as pseudonyms."""

from flask import has_request_context, request

from service.deps import Deps


def client_network(deps: Deps) -> str:
    """Return the pseudonym of the client's network; "" outside a request."""
    return deps.pseudonyms.origin(request.remote_addr or "") if has_request_context() else ""


def client_networks(deps: Deps) -> tuple[str, str, str]:
    """Return the pseudonyms of the client's network, of what one machine can have, and of its provider."""
    address = request.remote_addr or ""
    return (deps.pseudonyms.origin(address), *deps.pseudonyms.networks(address))
