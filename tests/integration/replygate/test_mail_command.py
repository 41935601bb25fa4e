"""`replygate mail`: whether the settings for mail are right, in one line."""

from datetime import UTC, datetime

from click.testing import CliRunner, Result

from comments.rq_stats import NoRQStats
from comments.settings import Settings
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Installation
from tests.support.builders import settings
from tests.support.mail_server import MailServer


def run(memory: Storage, of: Settings, address: str = "me@example.org") -> Result:
    here = Installation(of, memory, NoRQStats(), lambda: datetime.now(UTC))
    return CliRunner().invoke(cli, ("mail", address), obj=here, catch_exceptions=False)


def test_a_trial_arrives(memory: Storage) -> None:
    with MailServer() as server:
        answer = run(memory, settings(smtp_url=server.relay, mail_from="replies@blog.example"))
    assert (answer.exit_code, answer.stdout) == (0, "127.0.0.1 took it.\n")
    assert (server.letters[0].to, server.letters[0].message["Subject"]) == ("me@example.org", "A trial")


def test_what_the_server_said_instead_is_repeated(memory: Storage) -> None:
    with MailServer({"MAIL": "550 not from you"}) as server:
        answer = run(memory, settings(smtp_url=server.relay, mail_from="replies@blog.example"))
    assert (answer.exit_code, answer.stderr) == (1, "Error: not taken: refused, with 550\n")


def test_without_a_server_or_an_address_it_says_what_is_missing(memory: Storage) -> None:
    assert "REPLYGATE_SMTP_URL is not set" in run(memory, settings()).stderr
    with MailServer() as server:
        wrong = run(memory, settings(smtp_url=server.relay, mail_from="replies@blog.example"), "me")
    assert (wrong.exit_code, server.connections) == (2, 0)
    assert "is not an e-mail address" in wrong.stderr
