"""Settings of the outgoing mail server, parsed from one URL. Pure."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

SMTP_PORTS = {"smtp": 25, "smtps": 465}
#: The default port with STARTTLS (RFC 6409).
SUBMISSION_PORT = 587
#: Hosts to which a password may be sent without TLS, because it does not leave the machine.
LOCALHOST = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class SMTPSettings:
    """An SMTP server; or a `folder` to which each message is written, for testing."""

    host: str = ""
    port: int = 0
    tls: str = ""  # "", "starttls" (required, not optional) or "always"
    user: str = field(repr=False, default="")
    password: str = field(repr=False, default="")
    folder: Path | None = None

    @property
    def name(self) -> str:
        """The server's name to show."""
        return self.host or "files"


def parse_smtp_url(url: str) -> SMTPSettings | None:
    """Parse a URL; None for "". Raises ValueError, whose message never contains the URL: it may hold a password."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError("must name a folder, like file:///var/mail")
        return SMTPSettings(folder=Path(unquote(parts.path)))
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("has an invalid port") from None
    if parts.scheme not in SMTP_PORTS or not host or parts.path not in ("", "/") or parts.query not in ("", "starttls"):
        raise ValueError("must look like smtp://user:password@host:587?starttls, smtps://... or file:///folder")
    tls = "always" if parts.scheme == "smtps" else parts.query
    if parts.password and not tls and host not in LOCALHOST:
        raise ValueError("a password requires ?starttls or smtps://")
    default = SUBMISSION_PORT if tls == "starttls" else SMTP_PORTS[parts.scheme]
    return SMTPSettings(host, port or default, tls, unquote(parts.username or ""), unquote(parts.password or ""))
