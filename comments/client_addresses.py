"""IP addresses of clients: find the machine behind a translated or tunnelled one, and recognize local networks."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

#: NAT64 (RFC 6052), IPv4-translated (RFC 2765) and IPv4-compatible addresses (RFC 4291) end with an IPv4 address.
_IPV4_AT_THE_END = tuple(map(IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
#: Private, loopback, link-local and carrier-grade NAT addresses. One machine can choose among them freely.
_LOCAL = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "::/127", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10"),
    )
)


@lru_cache(16)  # a request asks for its address several times; no address stays long
def client_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address, or the IPv4 address that an IPv6 one contains; None if the text is no address.

    These contain one: IPv4-mapped, 6to4 (2002::/16), Teredo (2001::/32) and the networks of NAT64.
    """
    try:
        ip = ip_address(text)
    except ValueError:
        return None
    if isinstance(ip, IPv4Address):
        return ip
    ip = IPv6Address(int(ip))  # without a zone, such as %eth0
    if any(ip in part for part in _IPV4_AT_THE_END) and int(ip) > 1:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def is_local(ip: IPv4Address | IPv6Address) -> bool:
    """Return True for an address of a local network: private, loopback, link-local, or behind carrier-grade NAT."""
    return any(ip in part for part in _LOCAL)


def network(ip: IPv4Address | IPv6Address, length: int) -> str:
    """Return the first address of the network of this prefix length."""
    rest = ip.max_prefixlen - length
    return str(type(ip)(int(ip) >> rest << rest) if rest else ip)
