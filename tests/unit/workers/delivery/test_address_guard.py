"""Allowed webhook addresses: every row of the table of networks, and every spelling of a host."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.errors import Invalid
from workers.delivery.address_guard import Target, is_public, target, trusted_hosts

PRIVATE_NETWORKS = (
    "127.0.0.0/8", "0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
    "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "192.0.2.0/24", "198.51.100.0/24",
    "203.0.113.0/24",
    "::/128", "::1/128", "::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "100::/64", "3fff::/20", "5f00::/16",
)  # fmt: skip
#: The neighbours of the table's IPv4 networks, and addresses in use.
PUBLIC = (
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "192.0.1.0",
    "192.88.98.255", "192.88.100.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8", "93.184.216.34",
    "2600::", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2003::1", "2001:200::1",
)  # fmt: skip


@pytest.mark.parametrize("network", PRIVATE_NETWORKS)
def test_no_address_of_a_private_network_is_public(network: str) -> None:
    net = ipaddress.ip_network(network)
    middle = net[net.num_addresses // 2]
    assert not any(is_public(str(ip)) for ip in (net[0], net[-1], middle))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_next_to_those_networks_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_wrapping_makes_any_ipv4_address_public(ip: ipaddress.IPv4Address) -> None:
    n = int(ip)
    wrapped = (n, 0xFFFF << 32 | n, 0x64FF9B << 96 | n, 0x2002 << 112 | n << 80, 0x20010000 << 96 | n ^ 0xFFFFFFFF)
    assert not any(is_public(str(ipaddress.IPv6Address(w))) for w in wrapped)


@given(st.ip_addresses())
def test_no_address_is_public_that_python_calls_private(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not (is_public(str(ip)) and ip.is_private)


@pytest.mark.parametrize("text", ["", "localhost", "fe80::1%eth0", "2600::1%1", "1.2.3", "0x7f000001"])
def test_a_malformed_address_is_not_public(text: str) -> None:
    assert not is_public(text)


#: Spellings of 127.0.0.1 and of names that resolve to it.
LOOPBACK = (
    "0x7f.1", "2130706433", "017700000001", "127.1", "0", "127.0.0.1", "0x7f000001", "0177.0.0.1", "127.0.0.01",
    "127.0.0.1.", "localhost.", "[::1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[fe80::1%25lo]",
    "[::1%lo]", "[fe80::1%lo]", "user@127.0.0.1", "user:pass@example.com", "example.com@127.0.0.1", "１２７.0.0.1",
    "①②⑦.0.0.1", "127。0。0。1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[0:0:0:0:0:0:0:1]", "[::]", "0.0.0.0",
    "169.254.169.254", "[fd00::1]", "10.0.0.1", "224.0.0.1", "255.255.255.255", "100.64.0.1",
)  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_spelling_of_a_private_address_is_a_target(host: str) -> None:
    with pytest.raises(Invalid):
        target(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "017700000001", "127.1", "0"])
def test_the_resolver_maps_these_spellings_to_this_machine(host: str) -> None:
    found = {address[0] for *_, address in socket.getaddrinfo(host, 443, socket.AF_INET)}
    assert found <= {"127.0.0.1", "0.0.0.0"}
    assert not any(is_public(address) for address in found)


@pytest.mark.parametrize(
    "url",
    [
        "", "hook", "//example.com/hook", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://",
        "https:///hook", "https://example.com:22/", "https://example.com:0/", "https://example.com:99999/",
        "https://example.com:port/", "https://exa mple.com/", "https://example.com/\r\nHost: other", "https://-a.com/",
        "https://example.com\\@127.0.0.1/", "https://example.com/#part", "https://exämple.com/", "gopher://example.com",
        "https://example..com/", "https://[::1/", "https://example.com/\x00", "https://example.com/" + "x" * 2000,
        "https://[example.com]/", "https://[1.2.3.4]/",
    ],
)  # fmt: skip
def test_addresses_other_than_public_https_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        target(url)


def test_a_target_is_parsed() -> None:
    assert target("https://Example.COM/a/b?c=d") == Target(True, "example.com", 443, "/a/b?c=d")
    assert target("https://xn--exmple-cua.com:8443") == Target(True, "xn--exmple-cua.com", 8443, "/")
    assert target("https://[2600::1]:443/").authority == "[2600::1]"
    assert target("https://example.com:8443/").authority == "example.com:8443"


def test_only_trusted_hosts_may_be_private_or_plain() -> None:
    trusted = trusted_hosts("intranet, 127.0.0.1:9000 ,[::1]")
    assert target("http://intranet:1234/", trusted).trusted
    assert target("http://127.0.0.1:9000/", trusted).trusted
    assert target("http://[::1]:81/", trusted).trusted
    assert target("http://intranet/", trusted) == Target(False, "intranet", 80, "/", trusted=True)
    assert not target("https://example.com/", trusted).trusted
    for url in ("http://127.0.0.1:9001/", "http://127.0.0.1/", "http://intranet.example.com/", "http://xintranet/"):
        with pytest.raises(Invalid):
            target(url, trusted)


def test_nothing_is_trusted_by_default() -> None:
    assert trusted_hosts("") == trusted_hosts(" , ") == frozenset()
