"""Check webhook addresses: only public https addresses, and hosts that the operator trusts.

The table is our own, because `ipaddress.is_global` accepts NAT64, 6to4, multicast and old loopback forms, and changes
with the Python version. Of IPv6 only the public range (2000::/3) is accepted, which excludes addresses that wrap an
IPv4 address (v4-mapped, v4-compatible, NAT64). 6to4 and Teredo lie inside that range, so they are in the table.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from comments.errors import Invalid, Problem
from comments.validation import UNSAFE_IN_URL

ALLOWED_PORTS = {443, 80, 8443}
_UNLESS_ALLOWED = ", unless REPLYGATE_WEBHOOK_HTTP_ALLOW names its host"

IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; cloud metadata with credentials
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
IPV6_PUBLIC = IPv6Network("2000::/3")
IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # Teredo (wraps IPv4) and other protocol assignments
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 (wraps IPv4)
            "3fff::/20",  # documentation
        ),
    )
)

#: ASCII only, because the resolver turns some other digits and dots into ASCII ones.
HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
#: All spellings that C libraries read as an IPv4 address: "0x7f.1", "2130706433", "127.1".
NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


def is_public(address: str) -> bool:
    """Return whether an IP address is public. An address with a zone is link-local."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in IPV4)
    return ip.scope_id is None and ip in IPV6_PUBLIC and not any(ip in network for network in IPV6)


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed web address. A `trusted` one may be private, on any port, and without TLS."""

    secure: bool
    host: str  # a name, or an IP address without brackets
    port: int
    path: str  # with the query
    trusted: bool = False

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def trusted_hosts(text: str) -> frozenset[str]:
    """Parse a comma-separated list of hosts, each with or without a port."""
    return frozenset(part.strip().lower() for part in text.split(",") if part.strip())


def target(url: str, trusted: frozenset[str] = frozenset()) -> Target:
    """Parse a web address. Raises Invalid for one that is not allowed. Does not resolve the host name."""
    found = _parsed(url)
    host = f"[{found.host}]" if ":" in found.host else found.host
    if trusted & {host, f"{host}:{found.port}"}:
        return Target(found.secure, found.host, found.port, found.path, trusted=True)
    if not found.secure:
        raise _refused(f"must begin with https://{_UNLESS_ALLOWED}")
    if found.port not in ALLOWED_PORTS:
        raise _refused(f"must use one of the ports {', '.join(map(str, sorted(ALLOWED_PORTS)))}{_UNLESS_ALLOWED}")
    if _is_ip(found.host) and not is_public(found.host):
        raise _refused(f"must not be a private or reserved address{_UNLESS_ALLOWED}")
    return found


def _parsed(url: str) -> Target:
    if not url.isascii() or UNSAFE_IN_URL.search(url) or len(url) > 2000:
        raise _refused("must be ASCII without spaces; write an international name as xn--...")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise _refused("is not a web address") from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment or port == 0:
        raise _refused("must look like https://example.com/hook, without user, password or fragment")
    if not (_is_ip(host) if "[" in parts.netloc or NUMERIC.fullmatch(host) else HOST_NAME.fullmatch(host)):
        raise _refused("has no valid host")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def _is_ip(host: str) -> bool:
    """Return whether it is an IP address in its standard spelling."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return False
    return "%" not in host and (ip.version == 6 or str(ip) == host)


def _refused(message: str) -> Invalid:
    return Invalid([Problem("url", "address", message)])


def host_of(url: str) -> str:
    """Return the host, the only part of a webhook's address that may be shown: the path can be a secret."""
    return urlsplit(url).hostname or ""
