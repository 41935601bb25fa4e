"""Hands letters to the operator's mail server, or writes them into a folder where there is none."""

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
from comments.smtp_settings import Relay

#: Seconds for each step of the conversation with the server; a busy one thinks about a letter for some.
STEP = 10.0
#: From this code on a server means no for good (RFC 5321, 4.2.1).
FOR_GOOD = 500
#: The server is about to close, whatever it was asked.
CLOSING = 421


@dataclass(frozen=True, slots=True)
class Reception:
    """How a letter was taken: by its `error` or the lack of one, and whether that is for good."""

    answer: int = 0  # the server's code; 0: none came
    error: Fault | Literal[""] = ""
    well: bool = True  # whether others may be sent to this server meanwhile
    final: bool = False  # whether this letter will fare no better later


class Mailer:
    """May be used by many threads at once: each letter goes by a connection of its own."""

    def __init__(self, relay: Relay, sender: str, context: ssl.SSLContext | None = None) -> None:
        self.sender = sender
        self._relay, self._context = relay, context

    @property
    def host(self) -> str:
        return self._relay.name

    def send(self, letter: EmailMessage, to: str) -> Reception:
        if self._relay.folder:
            return _filed(letter, self._relay.folder)
        try:
            return self._sent(letter, to)
        except SMTPException as error:
            return _taken(error)
        except TimeoutError:
            return Reception(error="timeout", well=False)
        except ssl.SSLError:
            return Reception(error="tls", well=False)
        except (socket.gaierror, UnicodeError):
            return Reception(error="dns", well=False)
        except OSError:
            return Reception(error="connect", well=False)

    def _sent(self, letter: EmailMessage, to: str) -> Reception:
        smtp = self._open()
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._relay.tls == "starttls":
                if not smtp.has_extn("starttls"):
                    return Reception(error="tls", well=False)
                smtp.starttls(context=self._tls())
            if self._relay.user:
                smtp.login(self._relay.user, self._relay.password)
            smtp.ehlo_or_helo_if_needed()
            if not to.isascii() and not smtp.has_extn("smtputf8"):
                return Reception(error="address", final=True)
            smtp.send_message(letter, self.sender, [to])
            with contextlib.suppress(OSError):  # it is taken; how the server says good-bye changes nothing
                smtp.quit()
            return Reception(250)
        finally:
            smtp.close()

    def _open(self) -> SMTP:
        at, name = self._relay, self.sender.rpartition("@")[2]  # else smtplib looks for our name in the DNS each time
        if at.tls == "always":
            return SMTP_SSL(at.host, at.port, name, timeout=STEP, context=self._tls())
        return SMTP(at.host, at.port, name, timeout=STEP)

    def _tls(self) -> ssl.SSLContext:
        self._context = self._context or ssl.create_default_context()
        return self._context


def _taken(error: SMTPException) -> Reception:
    """What the server said no to: this address, this letter, or us."""
    if isinstance(error, SMTPRecipientsRefused):
        ((code, _),) = error.recipients.values()
        return Reception(code, "refused", well=code != CLOSING, final=code >= FOR_GOOD)
    if isinstance(error, SMTPDataError):
        final = error.smtp_code >= FOR_GOOD
        return Reception(error.smtp_code, "refused", well=final, final=final)
    if isinstance(error, SMTPResponseException):
        return Reception(error.smtp_code, "refused", well=False)
    return Reception(error="broken", well=False)


def _filed(letter: EmailMessage, folder: Path) -> Reception:
    """Under its Message-ID, so that the same letter is there once."""
    name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.eml").write_bytes(letter.as_bytes())
    except OSError:
        return Reception(error="broken", well=False)
    return Reception(250)
