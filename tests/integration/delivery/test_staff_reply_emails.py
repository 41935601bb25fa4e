"""Replies of the team are mailed to the author of the comment, as any other reply."""

from collections.abc import Iterator

import pytest

from comments.storage.interfaces import Storage
from tests.support.reply_emails import MailDeployment, open_deployment


@pytest.fixture
def deployment(storage: Storage) -> Iterator[MailDeployment]:
    with open_deployment(storage) as opened:
        yield opened


def test_the_author_gets_the_reply_of_the_team(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    staff = {"author": "Maria", "email": "", "identity": "", "user": "staff-maria", "role": "staff"}
    deployment.replied(comment, content="We fixed it.", **staff)
    notice = deployment.deliver()[-1]
    assert notice.message["To"] == "ada@example.org"
    assert "We fixed it." in notice.text
    assert "Maria" in notice.text


def test_a_signed_user_gets_no_email_about_a_reply_of_their_own(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    own = deployment.replied(comment, user="u", identity="", email="")
    answered = deployment.replied(comment, user="u", email="u@example.net", identity="u-mail", notify="replies")
    deployment.storage.subscriptions.confirm("blog", "u-mail")
    deployment.deliver()
    before = len(deployment.server.letters)
    deployment.replied(answered, user="u", identity="", email="", content="My own addition.")
    assert own.user == answered.user
    assert len(deployment.deliver()) == before
