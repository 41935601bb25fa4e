"""Networks of the client and of authors, as pseudonyms, and the texts of their headers."""

import re
from typing import Any

from flask import has_request_context, request

from comments.site import Site
from service.deps import Deps

from .range_cache import RangeCache

#: Characters kept of headers and of the honeypot. People never write longer ones.
MAX_HEADER, MAX_TRAP = 400, 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def client_network(deps: Deps) -> str:
    """Return the pseudonym of the client's network; "" outside a request."""
    return deps.pseudonyms.origin(request.remote_addr or "") if has_request_context() else ""


def client_networks(deps: Deps) -> tuple[str, str, str]:
    """Return the pseudonyms of the client's network, of what one machine can have, and of its provider."""
    address = request.remote_addr or ""
    return (deps.pseudonyms.origin(address), *deps.pseudonyms.networks(address))


def network_fields(deps: Deps, site: Site, address: str, ranges: RangeCache) -> dict[str, Any]:
    """Return the pseudonyms of the networks that the address is in, and the ranges in rules that contain it."""
    network_56, network_48 = deps.pseudonyms.wider_networks(address)
    return {
        "origin": deps.pseudonyms.origin(address),
        "network_56": network_56,
        "network_48": network_48,
        "ranges": ranges.containing(site.id, address),
    }


def header_text(text: str) -> str:
    """Return the part of a header's value that is stored with a comment."""
    return _CONTROL.sub("", text[:MAX_HEADER])
