"""Handing letters to a mail server: TLS, a password, and what each answer means for this letter and for others."""

import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments.smtp_settings import Relay
from tests.support.builders import NOW, a_comment, a_site
from tests.support.mail_server import MailServer
from tests.support.receiver import CERTIFICATE
from workers.delivery.email_messages import Envelope, notice
from workers.delivery.smtp import Mailer, Reception

SENDER, ADA = "replies@blog.example", "ada@example.org"


def a_letter(to: str = ADA) -> EmailMessage:
    envelope = Envelope(a_site(), SENDER, to, "https://replies.example/stop", NOW)
    return notice(envelope, a_comment(), a_comment(content=".\n..\nGrüße"), "https://blog.example/")


def sent(server: MailServer, to: str = ADA, context: ssl.SSLContext | None = None) -> Reception:
    return Mailer(server.relay, SENDER, context).send(a_letter(to), to)


def knowing() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.check_hostname = False  # the certificate is hook.example's
    return context


@pytest.mark.parametrize("tls", ["", "starttls", "always"])
def test_a_letter_arrives_as_it_was_written(tls: str) -> None:
    with MailServer(tls=tls, user="blog") as server:
        assert sent(server, context=knowing()) == Reception(250)
        (letter,) = server.letters
    assert (letter.sender, letter.to) == (SENDER, ADA)
    assert "> .\n> ..\n> Grüße" in letter.text.replace("\r\n", "\n")
    assert server.lines[0] == "EHLO blog.example"


def test_the_password_is_only_said_behind_tls_that_holds() -> None:
    with MailServer(tls="starttls", user="blog") as server:
        assert sent(server) == Reception(error="tls", well=False)
        assert [line for line in server.lines if line.startswith("AUTH")] == []
    with MailServer(user="blog") as plain:
        relay = Relay("127.0.0.1", plain.port, "starttls", "blog", "secret")
        assert Mailer(relay, SENDER).send(a_letter(), ADA) == Reception(error="tls", well=False)
        assert [line for line in plain.lines if line.startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("says", "reception"),
    [
        ({"RCPT": "550 no such user"}, Reception(550, "refused", final=True)),
        ({"RCPT": "450 come again"}, Reception(450, "refused")),
        ({"RCPT": "421 closing"}, Reception(421, "refused", well=False)),
        ({".": "554 looks like spam"}, Reception(554, "refused", final=True)),
        ({".": "452 full"}, Reception(452, "refused", well=False)),
        ({"MAIL": "550 not from you"}, Reception(550, "refused", well=False)),
        ({"AUTH": "535 wrong"}, Reception(535, "refused", well=False)),
        ({"": "554 go away"}, Reception(554, "refused", well=False)),
        ({"DATA": ""}, Reception(error="broken", well=False)),
        ({".": ""}, Reception(error="broken", well=False)),
        ({"": ""}, Reception(error="broken", well=False)),
        ({"QUIT": "500 what"}, Reception(250)),
        ({"QUIT": ""}, Reception(250)),
    ],
)
def test_what_an_answer_means(says: dict[str, str], reception: Reception) -> None:
    with MailServer(says, user="blog") as server:
        assert sent(server) == reception


def test_a_server_that_is_away_or_unknown() -> None:
    with MailServer() as server:
        relay = server.relay
    assert Mailer(relay, SENDER).send(a_letter(), ADA) == Reception(error="connect", well=False)
    nowhere = Relay("mail.invalid", 25)
    assert Mailer(nowhere, SENDER).send(a_letter(), ADA) == Reception(error="dns", well=False)


def test_an_international_name_needs_a_server_that_knows_such(tmp_path: Path) -> None:
    with MailServer() as server:
        assert sent(server, "ädä@example.org") == Reception(error="address", final=True)
        assert server.letters == []
    with MailServer({"EHLO": "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8"}) as modern:
        assert sent(modern, "ädä@example.org") == Reception(250)
        assert modern.letters[0].to == "ädä@example.org"


def test_a_folder_gets_each_letter_once(tmp_path: Path) -> None:
    mailer, letter = Mailer(Relay(folder=tmp_path / "mail"), SENDER), a_letter()
    assert [mailer.send(letter, ADA), mailer.send(letter, ADA)] == [Reception(250), Reception(250)]
    (file,) = (tmp_path / "mail").iterdir()
    assert b"To: ada@example.org\r\n" in file.read_bytes()
    blocked = Mailer(Relay(folder=file / "no folder"), SENDER)
    assert blocked.send(letter, ADA) == Reception(error="broken", well=False)
