"""The address of a mail server is parsed strictly, and a password needs TLS."""

from pathlib import Path

import pytest

from comments.errors import SettingsInvalid
from comments.settings import Settings
from comments.smtp_settings import SMTPSettings, parse_smtp_url

KEY = {"REPLYGATE_SECRET_KEY": "x" * 32}
FROM = {"REPLYGATE_MAIL_FROM": "replies@blog.example"}


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://localhost", SMTPSettings("localhost", 25)),
        ("smtp://mail.example?starttls", SMTPSettings("mail.example", 587, "starttls")),
        (
            "smtp://a%40b:p%2Fw@mail.example:2525/?starttls",
            SMTPSettings("mail.example", 2525, "starttls", "a@b", "p/w"),
        ),
        ("smtps://u:p@mail.example", SMTPSettings("mail.example", 465, "always", "u", "p")),
        ("smtp://u:p@127.0.0.1:1025", SMTPSettings("127.0.0.1", 1025, "", "u", "p")),
        ("smtp://[::1]:1025", SMTPSettings("::1", 1025)),
        ("file:///var/mail%20out", SMTPSettings(folder=Path("/var/mail out"))),
        ("", None),
    ],
)
def test_an_address_contains_host_port_tls_and_user(url: str, read: SMTPSettings | None) -> None:
    assert parse_smtp_url(url) == read


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example", "http://mail.example", "smtp://", "smtp://host:port", "smtp://host/path", "smtp://[::1"),
        *("smtp://host?starttls=0", "file:mail", "file://mail/box", "smtp://u:geheim@mail.example", "smtp://h:99999"),
    ],
)
def test_a_malformed_address_stops_the_start_and_is_not_shown(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="REPLYGATE_SMTP_URL") as refused:
        Settings.from_env({**KEY, **FROM, "REPLYGATE_SMTP_URL": url})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "Blog <replies@blog.example>", "a@b", "ü@blog.example", "a@b.example\nBcc: c"])
def test_mail_comes_from_a_plain_address(sender: str) -> None:
    env = {**KEY, "REPLYGATE_SMTP_URL": "smtp://localhost"}
    assert Settings.from_env({**env, **FROM}).sends_mail
    with pytest.raises(SettingsInvalid, match="REPLYGATE_MAIL_FROM"):
        Settings.from_env({**env, "REPLYGATE_MAIL_FROM": sender})


def test_a_password_is_shown_nowhere() -> None:
    assert "geheim" not in repr(Settings.from_env({**KEY, **FROM, "REPLYGATE_SMTP_URL": "smtps://u:geheim@h"}))
    assert "geheim" not in repr(parse_smtp_url("smtps://u:geheim@h"))
