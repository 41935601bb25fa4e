"""`replygate mail` sends a test mail and reports the result in one line."""

from datetime import UTC, datetime

from click.testing import CliRunner, Result

from comments.rq_stats import NoRQStats
from comments.settings import Settings
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import settings
from tests.support.mail_server import MailServer


def run(storage: Storage, of: Settings, address: str = "me@example.org") -> Result:
    here = Deployment(of, storage, NoRQStats(), lambda: datetime.now(UTC))
    return CliRunner().invoke(cli, ("mail", address), obj=here, catch_exceptions=False)


def test_a_test_mail_arrives(storage: Storage) -> None:
    with MailServer() as server:
        answer = run(storage, settings(smtp_url=server.settings, mail_from="replies@blog.example"))
    assert (answer.exit_code, answer.stdout) == (0, "Sent the test mail to 127.0.0.1.\n")
    assert (server.letters[0].to, server.letters[0].message["Subject"]) == ("me@example.org", "Test message")


def test_an_error_of_the_mail_server_is_shown(storage: Storage) -> None:
    with MailServer({"MAIL": "550 not from you"}) as server:
        answer = run(storage, settings(smtp_url=server.settings, mail_from="replies@blog.example"))
    assert (answer.exit_code, answer.stderr) == (1, "Error: not sent: refused, code 550\n")


def test_a_missing_server_or_address_is_named(storage: Storage) -> None:
    assert "set REPLYGATE_SMTP_URL" in run(storage, settings()).stderr
    with MailServer() as server:
        wrong = run(storage, settings(smtp_url=server.settings, mail_from="replies@blog.example"), "me")
    assert (wrong.exit_code, server.connections) == (2, 0)
    assert "is not an email address" in wrong.stderr
