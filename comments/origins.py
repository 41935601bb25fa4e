"""The origin of a web address: what browsers compare, and what a site lists as its own."""

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str:
    """The origin of an http or https address as browsers write it; "" for anything else."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")
