"""Send messages through the operator's mail server, or write them to a folder."""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Literal

from comments.errors import Fault
from comments.smtp_settings import SMTPSettings

#: Seconds for each step of an SMTP session; a busy server may need some for a message.
STEP_TIMEOUT = 10.0
#: Codes from here on are permanent errors (RFC 5321, 4.2.1).
PERMANENT = 500
#: The server closes the connection, in reply to any command.
CLOSING = 421


@dataclass(frozen=True, slots=True)
class SMTPResult:
    """The result of sending one message."""

    code: int = 0  # the server's reply code; 0: no reply
    error: Fault | Literal[""] = ""
    server_ok: bool = True  # whether the server can take other messages
    permanent: bool = False  # whether a retry is pointless


class Mailer:
    """Sends mail; thread-safe, because each message uses its own connection."""

    def __init__(self, server: SMTPSettings, sender: str, context: ssl.SSLContext | None = None) -> None:
        self.sender = sender
        self._server, self._context = server, context

    @property
    def host(self) -> str:
        return self._server.name

    def send(self, message: EmailMessage, to: str) -> SMTPResult:
        if self._server.folder:
            return _write_file(message, self._server.folder)
        try:
            return self._send(message, to)
        except SMTPException as error:
            return _failure(error)
        except TimeoutError:
            return SMTPResult(error="timeout", server_ok=False)
        except ssl.SSLError:
            return SMTPResult(error="tls", server_ok=False)
        except (socket.gaierror, UnicodeError):
            return SMTPResult(error="dns", server_ok=False)
        except OSError:
            return SMTPResult(error="connect", server_ok=False)

    def _send(self, message: EmailMessage, to: str) -> SMTPResult:
        smtp = self._open()
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._server.tls == "starttls":
                if not smtp.has_extn("starttls"):
                    return SMTPResult(error="tls", server_ok=False)
                smtp.starttls(context=self._tls())
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
            smtp.ehlo_or_helo_if_needed()
            if not to.isascii() and not smtp.has_extn("smtputf8"):
                return SMTPResult(error="address", permanent=True)
            smtp.send_message(message, self.sender, [to])
            with contextlib.suppress(OSError):  # the message is accepted; a failure of QUIT changes nothing
                smtp.quit()
            return SMTPResult(250)
        finally:
            smtp.close()

    def _open(self) -> SMTP:
        # Without a name smtplib would query the DNS for one each time.
        at, name = self._server, self.sender.rpartition("@")[2]
        if at.tls == "always":
            return SMTP_SSL(at.host, at.port, name, timeout=STEP_TIMEOUT, context=self._tls())
        return SMTP(at.host, at.port, name, timeout=STEP_TIMEOUT)

    def _tls(self) -> ssl.SSLContext:
        self._context = self._context or ssl.create_default_context()
        return self._context


def _failure(error: SMTPException) -> SMTPResult:
    """Tell apart a refused address, a refused message and a failing server."""
    if isinstance(error, SMTPRecipientsRefused):
        ((code, _),) = error.recipients.values()
        return SMTPResult(code, "refused", server_ok=code != CLOSING, permanent=code >= PERMANENT)
    if isinstance(error, SMTPDataError):
        permanent = error.smtp_code >= PERMANENT
        return SMTPResult(error.smtp_code, "refused", server_ok=permanent, permanent=permanent)
    if isinstance(error, SMTPResponseException):
        return SMTPResult(error.smtp_code, "refused", server_ok=False)
    return SMTPResult(error="broken", server_ok=False)


def _write_file(message: EmailMessage, folder: Path) -> SMTPResult:
    """Name the file after the Message-ID, so that a repeated message replaces it."""
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
    except OSError:
        return SMTPResult(error="broken", server_ok=False)
    return SMTPResult(250)
