"""Ranges of IP addresses in rules: their normal form, and those that contain a client's address.

No address is stored: the web process compares it when it accepts a comment, and stores the keyed names of ranges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Self

from .author_rules import RuleTarget
from .client_addresses import client_address
from .pseudonyms import Pseudonyms

#: A wider range would be a large part of the internet: IPv4 /8 and IPv6 /19 are the largest that registries give.
WIDEST = {4: 8, 6: 19}
#: IPv6 networks of one subscriber, which have pseudonyms of their own.
SUBSCRIBER_LENGTHS = (64, 56, 48)


def parse_range(text: str) -> IPv4Network | IPv6Network:
    """Parse an address or a range in CIDR notation. Raises ValueError with a sentence."""
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise ValueError("is not an IP address or a range such as 203.0.113.0/24") from error
    if "%" in text:
        raise ValueError("has the name of a network interface after “%”: write the address alone")
    # A longer IPv6 prefix is one subscriber, whichever address is given.
    is_wide = found.prefixlen < (32 if found.version == 4 else 64)
    if is_wide and ip_interface(text.strip()).ip != found.network_address:
        raise ValueError(f"is an address inside a range: write {found} for the whole range, or the address alone")
    if found.prefixlen < WIDEST[found.version]:
        raise ValueError(f"is too wide: the widest IPv{found.version} range is /{WIDEST[found.version]}")
    inner = client_address(str(found.network_address))
    if found.version == 6 and (inner is None or inner.version == 4):
        raise ValueError("contains IPv4 addresses: write them as IPv4")
    return found


def range_target(network: IPv4Network | IPv6Network, pseudonyms: Pseudonyms) -> tuple[RuleTarget, str, str]:
    """Return target, value and id of the rule about a range.

    The network of one subscriber becomes its pseudonym, so that no single address is stored.
    """
    first = str(network.network_address)
    if network.version == 4 and network.prefixlen == 32:
        return RuleTarget.ORIGIN, pseudonyms.origin(first), ""
    if network.version == 6 and network.prefixlen >= 64:
        return RuleTarget.ORIGIN, pseudonyms.origin(first), ""
    if network.version == 6 and network.prefixlen in SUBSCRIBER_LENGTHS:
        wide, wider = pseudonyms.wider_networks(first)
        return RuleTarget.ORIGIN, wide if network.prefixlen == 56 else wider, ""
    return RuleTarget.RANGE, str(network), pseudonyms.network_range(str(network))


@dataclass(frozen=True, slots=True)
class RangeTable:
    """Many ranges, each looked up by its length and first bits."""

    ids: Mapping[tuple[int, int], Mapping[int, str]] = field(default_factory=dict)  # version, length -> bits -> id

    @classmethod
    def of(cls, ranges: Iterable[tuple[str, str]]) -> Self:
        """Make the table of pairs of id and range."""
        ids: dict[tuple[int, int], dict[int, str]] = {}
        for id, text in ranges:
            found = ip_network(text)
            length = found.max_prefixlen - found.prefixlen
            ids.setdefault((found.version, length), {})[int(found.network_address) >> length] = id
        return cls(ids)

    def containing(self, address: str) -> tuple[str, ...]:
        """Return the ids of the ranges that contain the address, sorted."""
        ip = client_address(address) if self.ids else None
        if ip is None:
            return ()
        found = [
            self.ids[version, length].get(int(ip) >> length) for version, length in self.ids if version == ip.version
        ]
        return tuple(sorted(filter(None, found)))
