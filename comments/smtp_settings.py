"""The server that takes our mail: what one line of configuration says about it. Pure."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}
#: With STARTTLS a server expects people's own mail on another port (RFC 6409).
SUBMISSION_PORT = 587
#: Where a password may go without TLS: it does not leave the machine.
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP server; or, for trying things out, a `folder` into which each letter is written instead."""

    host: str = ""
    port: int = 0
    tls: str = ""  # "" for none, "starttls", which is insisted on, or "always"
    user: str = field(repr=False, default="")
    password: str = field(repr=False, default="")
    folder: Path | None = None

    @property
    def name(self) -> str:
        """For people to read."""
        return self.host or "files"


def relay(url: str) -> Relay | None:
    """None for "". Raises ValueError saying what is wrong, never with what was written: it may hold a password."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError("must name a folder like file:///var/mail-to-nobody")
        return Relay(folder=Path(unquote(parts.path)))
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("has a port that is none") from None
    if parts.scheme not in PORTS or not host or parts.path not in ("", "/") or parts.query not in ("", "starttls"):
        raise ValueError("must be like smtp://user:password@host:587?starttls, smtps://... or file:///folder")
    tls = "always" if parts.scheme == "smtps" else parts.query
    if parts.password and not tls and host not in HERE:
        raise ValueError("a password needs ?starttls or smtps://")
    usual = SUBMISSION_PORT if tls == "starttls" else PORTS[parts.scheme]
    return Relay(host, port or usual, tls, unquote(parts.username or ""), unquote(parts.password or ""))
