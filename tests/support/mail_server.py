"""A mail server for tests. It listens on loopback, replies as the test configures, and keeps the messages."""

import contextlib
import email
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self, cast

from comments.smtp_settings import SMTPSettings
from tests.support.receiver import CERTIFICATE


@dataclass
class Letter:
    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, email.message_from_bytes(self.raw, policy=SMTP))

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class MailServer:
    """Runs as a context manager. `says` replaces the usual reply to lines with this prefix. The key "." is the reply
    after a message, and "" is the greeting.
    """

    says: Mapping[str, str] = field(default_factory=dict)
    tls: str = ""  # as SMTPSettings.tls
    user: str = ""
    hold: threading.Event | None = None  # if set, the server waits for it before it replies to a message
    letters: list[Letter] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._server, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._server.close()

    @property
    def settings(self) -> SMTPSettings:
        return SMTPSettings("127.0.0.1", self.port, self.tls, self.user, "secret" if self.user else "")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            if self.tls == "always":
                connection = _secured(connection)
            stack.callback(connection.close)
            self._answer(connection, self.says.get("", "220 ready"))
            sender = to = ""
            while line := _line(connection):
                verb, space, rest = line.partition(" ")
                line = verb.upper() + space + rest
                self.lines.append(line)
                if line == "STARTTLS":
                    self._answer(connection, "220 ready for TLS")
                    connection = _secured(connection)
                    stack.callback(connection.close)
                    continue
                if line.startswith("MAIL FROM:"):
                    sender = _address(line)
                if line.startswith("RCPT TO:"):
                    to = _address(line)
                self._answer(connection, self._usual(line))
                if line == "DATA" and "DATA" not in self.says:
                    self._take(connection, sender, to)
                if line == "QUIT":
                    return

    def _take(self, connection: socket.socket, sender: str, to: str) -> None:
        raw = b""
        while not raw.endswith(b"\r\n.\r\n"):
            if not (more := connection.recv(65536)):
                return
            raw += more
        if self.hold:
            self.hold.wait(30)
        answer = self.says.get(".", "250 accepted")
        if answer.startswith("2"):
            self.letters.append(Letter(sender, to, raw[:-3].replace(b"\r\n..", b"\r\n.")))
        self._answer(connection, answer)

    def _usual(self, line: str) -> str:
        for start, answer in self.says.items():
            if start and line.startswith(start):
                return answer
        if line.startswith("EHLO"):
            offers = [
                "localhost",
                *(["STARTTLS"] if self.tls == "starttls" else []),
                *(["AUTH PLAIN"] if self.user else []),
            ]
            return "\r\n".join(f"250-{offer}" for offer in offers) + "\r\n250 8BITMIME"
        if line.startswith("AUTH PLAIN"):
            right = b64decode(line.split()[2]) == f"\0{self.user}\0secret".encode()
            return "235 welcome" if right else "535 wrong password"
        return {"DATA": "354 go on", "QUIT": "221 bye"}.get(line, "250 fine")

    def _answer(self, connection: socket.socket, text: str) -> None:
        """Send a reply. An empty text closes the connection."""
        if not text:
            raise ConnectionError
        connection.sendall(text.encode() + b"\r\n")


def _line(connection: socket.socket) -> str:
    raw = b""
    while not raw.endswith(b"\r\n"):
        if not (byte := connection.recv(1)):
            return ""
        raw += byte
    return raw.decode().strip()


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


def _secured(connection: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(connection, server_side=True)
