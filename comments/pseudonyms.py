"""Keyed names for what must not be kept or shown: addresses of visitors, and authors by their e-mail."""

import hmac
import ipaddress
import secrets
from base64 import urlsafe_b64encode
from hashlib import blake2b, sha256

ID_LETTERS = 26
ORIGIN_BYTES = 9

#: Every byte as one of 32 letters, each for eight bytes.
BASE32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8


def new_id() -> str:
    """130 random bits in lower-case base 32: safe in addresses, file names and HTML ids."""
    return id_of(secrets.token_bytes(ID_LETTERS))


def id_of(chance: bytes) -> str:
    """ID_LETTERS bytes as an id."""
    return chance.translate(BASE32).decode()


def digest(*parts: str) -> str:
    """128 bits naming exactly these parts, in this order."""
    text = "".join(f"{len(p)}:{p}" for p in parts)
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=16).digest()).decode().rstrip("=")


def token_digest(token: str) -> str:
    """What is kept of a secret that a person or a server holds."""
    return sha256(token.encode()).hexdigest()


class Pseudonyms:
    """Keyed hashes with the deployment's secret: equal things stay equal, and nobody without the key can guess."""

    def __init__(self, secret: str) -> None:
        self._key = sha256(b"replygate pseudonyms\0" + secret.encode()).digest()

    def _name(self, kind: str, *parts: str, size: int = ORIGIN_BYTES) -> str:
        text = "\0".join((kind, *parts))
        return urlsafe_b64encode(blake2b(text.encode(), key=self._key, digest_size=size).digest()).decode().rstrip("=")

    def origin(self, address: str) -> str:
        """The network an address belongs to: an IPv4 address, or the /64 that one IPv6 subscriber has. "" for none."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return ""
        if isinstance(ip, ipaddress.IPv6Address):
            ip = ip.ipv4_mapped or ipaddress.IPv6Network((ip, 64), strict=False).network_address
        return self._name("origin", str(ip))

    def author(self, email: str, origin: str = "") -> str:
        """An author by e-mail, or by e-mail and network together. "" without an e-mail."""
        return self._name("author", email.strip().lower(), origin) if email.strip() else ""

    def authenticator(self, person: str, salt: str) -> bytes:
        """The secret that a person's authenticator shares with us. Derived, so that it need not be stored."""
        return hmac.digest(self._key, f"authenticator\0{person}\0{salt}".encode(), "sha1")

    def receipt(self, site: str, id: str) -> str:
        """The secret with which an author asks what became of a comment. Derived, so it need not be stored."""
        return self._name("receipt", site, id, size=18)

    def webhook_secret(self, site: str, webhook: str, key: str) -> str:
        """The secret that one key of a webhook stands for; derived, so that no dump of the store can sign."""
        return "rgw_" + self._name("webhook", site, webhook, key, size=32)

    def seal(self, kind: str, *parts: str) -> str:
        """What only we can write under these parts: 22 characters."""
        return self._name(f"seal {kind}", *parts, size=16)

    def is_receipt(self, site: str, id: str, given: str) -> bool:
        return hmac.compare_digest(self.receipt(site, id).encode(), given.encode("utf-8", "replace"))
