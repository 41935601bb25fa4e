"""Ids and keyed hashes: pseudonyms of networks and authors, receipts and seals."""

import hmac
import secrets
from binascii import b2a_base64
from hashlib import blake2b, sha256

from .client_addresses import client_address, is_local, network

ID_LETTERS = 26
ORIGIN_BYTES = 9
AKISMET_KEY_BYTES = 6

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
#: Maps every byte to one of 32 letters.
BASE32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8


def new_id() -> str:
    """Return 130 random bits in lower-case base 32: safe in addresses, file names and HTML ids."""
    return id_of(secrets.token_bytes(ID_LETTERS))


def id_of(random_bytes: bytes) -> str:
    """Encode ID_LETTERS bytes as an id."""
    return random_bytes.translate(BASE32).decode()


def digest(*parts: str) -> str:
    """Return a 128-bit digest of exactly these parts, in this order."""
    text = "".join([f"{len(p)}:{p}" for p in parts])
    return _unpadded(blake2b(text.encode(), digest_size=16).digest())


def _unpadded(value: bytes) -> str:
    """Encode bytes in the Base64 alphabet of URLs, without padding."""
    return b2a_base64(value, newline=False).translate(_URL_SAFE, b"=").decode()


def token_digest(token: str) -> str:
    """Return the digest to store of a secret that a person or a server holds."""
    return sha256(token.encode()).hexdigest()


class Pseudonyms:
    """Keyed hashes with the deployment's secret. Equal inputs give equal hashes; guessing needs the key."""

    def __init__(self, secret: str) -> None:
        self._key = sha256(b"replygate pseudonyms\0" + secret.encode()).digest()

    def _name(self, kind: str, *parts: str, size: int = ORIGIN_BYTES) -> str:
        text = "\0".join((kind, *parts))
        return _unpadded(blake2b(text.encode(), key=self._key, digest_size=size).digest())

    def origin(self, address: str) -> str:
        """Hash the network of an address: an IPv4 address, or the /64 of an IPv6 subscriber. "" for no address."""
        ip = client_address(address)
        return self._name("origin", network(ip, 32 if ip.version == 4 else 64)) if ip else ""

    def wider_networks(self, address: str) -> tuple[str, str]:
        """Hash the /56 and the /48 of an IPv6 address: a subscriber may have that many. "" for IPv4 and no address."""
        ip = client_address(address)
        if not ip or ip.version == 4:
            return "", ""
        return self._name("network", f"{network(ip, 56)}/56"), self._name("network", f"{network(ip, 48)}/48")

    def network_range(self, cidr: str) -> str:
        """Hash a range of addresses, in its normal form."""
        return self._name("range", cidr)

    def networks(self, address: str) -> tuple[str, str]:
        """Hash the addresses that one machine can have (IPv4 /24, IPv6 /48), and its provider's (/16, /32)."""
        ip = client_address(address)
        if not ip:
            return "", ""
        household, provider = (f"{network(ip, n)}/{n}" for n in ((24, 16) if ip.version == 4 else (48, 32)))
        return self._name("household", household), self._name("provider", provider)

    def reader_networks(self, address: str) -> tuple[str, str]:
        """Hash the same networks for reports. One machine can take any local address: all of them are one."""
        ip = client_address(address)
        return self.networks("127.0.0.1" if ip and is_local(ip) else address)

    def user_agent(self, address: str, text: str) -> str:
        """Hash a browser's User-Agent; begins with the IP version of its address. "" without one of the two."""
        ip = client_address(address)
        return f"{ip.version}{self._name('user agent', text.strip())}" if ip and text.strip() else ""

    def author(self, email: str, origin: str = "") -> str:
        """Hash an author's email address, alone or together with the network. "" without an address."""
        return self._name("author", email.strip().lower(), origin) if email.strip() else ""

    def user(self, site: str, subject: str) -> str:
        """Hash the id that a site gave to its user."""
        return self._name("user", site, subject)

    def staff(self, site: str, person: str) -> str:
        """Hash the sign-in name of a moderator who replies. It never equals the hash of a site's user."""
        return self._name("staff", site, person)

    def browser(self, site: str, secret: str) -> str:
        """Hash the secret of an author's browser: the same browser has another hash on each site."""
        return self._name("browser", site, secret)

    def text(self, site: str, content: str) -> str:
        """Hash the text of a comment, to recognize it after it was deleted."""
        return self._name("text", site, content, size=16)

    def author_secret(self, site: str, id: str) -> str:
        """Derive the secret of the browser that sent the comment `id`. It is sealed, so nobody can choose one."""
        return f"{id}.{self.seal('author', site, id)}"

    def is_author_secret(self, site: str, given: str) -> bool:
        made = self.author_secret(site, given.partition(".")[0])
        return hmac.compare_digest(made.encode(), given.encode())

    def user_secret(self, site: str, key: str) -> str:
        """Derive the secret with which a site signs its users, so that a dump of the store cannot sign."""
        return "rgu_" + self._name("user key", site, key, size=32)

    def akismet_key(self, site: str, key: str) -> str:
        """Derive a key of the Akismet API: 48 bits in 12 hexadecimal digits.

        Akismet's plugin accepts no other length, and removes other characters from what people enter. A digest of so
        short a secret could be guessed from a dump of the store. A derived one cannot.
        """
        text = "\0".join(("akismet key", site, key))
        return blake2b(text.encode(), key=self._key, digest_size=AKISMET_KEY_BYTES).hexdigest()

    def authenticator(self, person: str, salt: str) -> bytes:
        """Derive the secret of a person's authenticator app, so that it is not stored."""
        return hmac.digest(self._key, f"authenticator\0{person}\0{salt}".encode(), "sha1")

    def receipt(self, site: str, id: str) -> str:
        """Derive the secret with which an author sees and edits a comment, so that it is not stored."""
        return self._name("receipt", site, id, size=18)

    def webhook_secret(self, site: str, webhook: str, key: str) -> str:
        """Derive the secret of a webhook key, so that a dump of the store cannot sign."""
        return "rgw_" + self._name("webhook", site, webhook, key, size=32)

    def seal(self, kind: str, *parts: str) -> str:
        """Sign these parts: 22 characters that only this deployment can produce."""
        return self._name(f"seal {kind}", *parts, size=16)

    def is_receipt(self, site: str, id: str, given: str) -> bool:
        return hmac.compare_digest(self.receipt(site, id).encode(), given.encode("utf-8", "replace"))
