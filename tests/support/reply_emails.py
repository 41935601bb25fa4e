"""A web process, a delivery process and a mail server, for tests of reply emails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask.testing import FlaskClient

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.deliveries import Delivery
from comments.storage.interfaces import Storage
from tests.support.builders import decided, published, settings
from tests.support.deliveries import finish
from tests.support.mail_server import Letter, MailServer
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.delivery.smtp import Mailer
from workers.deps import Deps, now, set_deps
from workers.jobs import deliver
from workers.judging.policy import build_policy

PAGE = "https://blog.example/post"
SENDER = "replies@blog.example"


@dataclass
class MailDeployment:
    """The web service, the process that delivers, and a mail server."""

    storage: Storage
    server: MailServer
    web: PublicApp
    deps: Deps

    def deliver(self) -> list[Letter]:
        """Deliver everything that is due, and return all messages so far."""

        def is_done() -> bool:
            deliver("blog", "")  # repeated like the sweep does, because a sender may still be busy
            return self.storage.deliveries.figures("blog").pending == 0

        wait_until(is_done)
        return self.server.letters

    def delivery_of(self, kind: str) -> Delivery:
        """Return the only delivery of this kind."""
        (found,) = (d for d in self.storage.deliveries.recent("blog", 50) if d.webhook == kind)
        return found

    def make_due(self, kind: str) -> None:
        """Make the delivery due now, instead of waiting for its backoff."""
        delivery = self.delivery_of(kind)
        assert finish(self.storage, delivery, replace(delivery, due=datetime.now(UTC)))

    def comment(self, **changes: str) -> Comment:
        """Submit a comment that asks for reply emails. It is not approved yet."""
        reply = a_reply(**({"thread": PAGE, "notify": "replies"} | changes))
        answer = self.web.client.post(SUBMIT, json=reply)
        assert answer.status_code == 202, answer.json
        return self.web.comment(answer.json["id"])

    def approved(self, **changes: str) -> Comment:
        return decided(self.storage, self.comment(**changes), Action.APPROVE)

    def subscribed(self, **changes: str) -> Comment:
        """Return an approved comment whose author confirmed the subscription."""
        comment = self.approved(**changes)
        self.storage.subscriptions.confirm("blog", comment.identity)
        return comment

    def replied(self, to: Comment, **changes: str) -> Comment:
        plain = {"author": "Bob", "email": "bob@example.net", "identity": "bob", "thread": PAGE, "parent": to.id}
        return published(self.storage, **(plain | changes))

    @property
    def client(self) -> FlaskClient:
        return self.web.client


def create_deployment(storage: Storage, server: MailServer, web: PublicApp) -> MailDeployment:
    chosen = settings(smtp_url=server.settings, mail_from=SENDER)
    mailer = Mailer(server.settings, SENDER)
    made = Deps(chosen, storage, now, RecordedJobs(), (), build_policy((), {}), mailer=mailer)
    set_deps(made)
    return MailDeployment(storage, server, web, made)


def link(letter: Letter, purpose: str) -> str:
    """Return the path of a link in the text of the message."""
    found = re.search(rf"^http://127\.0\.0\.1:8000(/notices/blog/{purpose}/\S+)\r?$", letter.text, re.MULTILINE)
    assert found
    return found[1]


def one_click(letter: Letter) -> str:
    """Return the path for one-click unsubscribing, from the header."""
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/\S+)>", letter.message["List-Unsubscribe"])
    assert found
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return found[1]


@contextmanager
def open_deployment(storage: Storage) -> Iterator[MailDeployment]:
    with MailServer() as server:
        web = open_public_app(storage, smtp_url=server.settings, mail_from=SENDER)
        yield create_deployment(storage, server, web)
