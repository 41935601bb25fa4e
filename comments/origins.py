"""Origins of web addresses, as browsers compare them and sites list them."""

from urllib.parse import urlsplit

WEB_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str:
    """Return the origin of an http or https address as browsers write it; "" for anything else."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}" + (f":{port}" if port and port != WEB_PORTS[parts.scheme] else "")
