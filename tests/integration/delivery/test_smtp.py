"""Sending mail by SMTP: TLS, passwords, and the result of each server reply."""

import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments.smtp_settings import SMTPSettings
from tests.support.builders import NOW, a_comment, a_site
from tests.support.mail_server import MailServer
from tests.support.receiver import CERTIFICATE
from workers.delivery.email_messages import Envelope, notification_email
from workers.delivery.smtp import Mailer, SMTPResult

SENDER, ADA = "replies@blog.example", "ada@example.org"


def a_message(to: str = ADA) -> EmailMessage:
    envelope = Envelope(a_site(), SENDER, to, "https://replies.example/stop", NOW)
    return notification_email(envelope, ["a" * 26], a_comment(content=".\n..\nGrüße"), "https://blog.example/")


def send_message(server: MailServer, to: str = ADA, context: ssl.SSLContext | None = None) -> SMTPResult:
    return Mailer(server.settings, SENDER, context).send(a_message(to), to)


def trusting_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.check_hostname = False  # the certificate is for hook.example
    return context


@pytest.mark.parametrize("tls", ["", "starttls", "always"])
def test_a_message_arrives_unchanged(tls: str) -> None:
    with MailServer(tls=tls, user="blog") as server:
        assert send_message(server, context=trusting_context()) == SMTPResult(250)
        (letter,) = server.letters
    assert (letter.sender, letter.to) == (SENDER, ADA)
    assert "> .\n> ..\n> Grüße" in letter.text.replace("\r\n", "\n")
    assert server.lines[0] == "EHLO blog.example"


def test_the_password_is_sent_only_over_verified_tls() -> None:
    with MailServer(tls="starttls", user="blog") as server:
        assert send_message(server) == SMTPResult(error="tls", server_ok=False)
        assert [line for line in server.lines if line.startswith("AUTH")] == []
    with MailServer(user="blog") as plain:
        server_settings = SMTPSettings("127.0.0.1", plain.port, "starttls", "blog", "secret")
        assert Mailer(server_settings, SENDER).send(a_message(), ADA) == SMTPResult(error="tls", server_ok=False)
        assert [line for line in plain.lines if line.startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("says", "result"),
    [
        ({"RCPT": "550 no such user"}, SMTPResult(550, "refused", permanent=True)),
        ({"RCPT": "450 come again"}, SMTPResult(450, "refused")),
        ({"RCPT": "421 closing"}, SMTPResult(421, "refused", server_ok=False)),
        ({".": "554 looks like spam"}, SMTPResult(554, "refused", permanent=True)),
        ({".": "452 full"}, SMTPResult(452, "refused", server_ok=False)),
        ({"MAIL": "550 not from you"}, SMTPResult(550, "refused", server_ok=False)),
        ({"AUTH": "535 wrong"}, SMTPResult(535, "refused", server_ok=False)),
        ({"": "554 go away"}, SMTPResult(554, "refused", server_ok=False)),
        ({"DATA": ""}, SMTPResult(error="broken", server_ok=False)),
        ({".": ""}, SMTPResult(error="broken", server_ok=False)),
        ({"": ""}, SMTPResult(error="broken", server_ok=False)),
        ({"QUIT": "500 what"}, SMTPResult(250)),
        ({"QUIT": ""}, SMTPResult(250)),
    ],
)
def test_each_server_reply_has_a_result(says: dict[str, str], result: SMTPResult) -> None:
    with MailServer(says, user="blog") as server:
        assert send_message(server) == result


def test_an_unavailable_or_unknown_server_is_an_error() -> None:
    with MailServer() as server:
        server_settings = server.settings
    assert Mailer(server_settings, SENDER).send(a_message(), ADA) == SMTPResult(error="connect", server_ok=False)
    nowhere = SMTPSettings("mail.invalid", 25)
    assert Mailer(nowhere, SENDER).send(a_message(), ADA) == SMTPResult(error="dns", server_ok=False)


def test_an_international_address_needs_a_server_with_smtputf8(tmp_path: Path) -> None:
    with MailServer() as server:
        assert send_message(server, "ädä@example.org") == SMTPResult(error="address", permanent=True)
        assert server.letters == []
    with MailServer({"EHLO": "250-ready\r\n250-8BITMIME\r\n250 SMTPUTF8"}) as modern:
        assert send_message(modern, "ädä@example.org") == SMTPResult(250)
        assert modern.letters[0].to == "ädä@example.org"


def test_a_folder_stores_each_message_once(tmp_path: Path) -> None:
    mailer, letter = Mailer(SMTPSettings(folder=tmp_path / "mail"), SENDER), a_message()
    assert [mailer.send(letter, ADA), mailer.send(letter, ADA)] == [SMTPResult(250), SMTPResult(250)]
    (file,) = (tmp_path / "mail").iterdir()
    assert b"To: ada@example.org\r\n" in file.read_bytes()
    blocked = Mailer(SMTPSettings(folder=file / "no folder"), SENDER)
    assert blocked.send(letter, ADA) == SMTPResult(error="broken", server_ok=False)
