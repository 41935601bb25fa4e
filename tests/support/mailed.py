"""A web process, a deliverer and a mail server of their own, for tests of mail about replies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask.testing import FlaskClient

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.values import Delivery
from tests.support.builders import decided, published, settings
from tests.support.mail_server import Letter, MailServer
from tests.support.recorded_jobs import RecordedJobs
from tests.support.waiting import until
from tests.support.web import SUBMIT, Web, a_reply, open_web
from workers.delivery.smtp import Mailer
from workers.deps import Deps, install, now
from workers.jobs import deliver
from workers.judging.policy import build

PAGE = "https://blog.example/post"
SENDER = "replies@blog.example"


@dataclass
class House:
    """The web service, the process that delivers, and a mail server."""

    storage: Storage
    server: MailServer
    web: Web
    deps: Deps

    def deliver(self) -> list[Letter]:
        """Everything that has to be sent; the letters so far."""

        def is_done() -> bool:
            deliver("blog", "")  # again and again, as the sweep asks for it: a courier may not be back yet
            return self.storage.deliveries.figures("blog").pending == 0

        until(is_done)
        return self.server.letters

    def waits(self, kind: str) -> Delivery:
        """The only delivery of a kind."""
        (found,) = (d for d in self.storage.deliveries.recent("blog", 50) if d.webhook == kind)
        return found

    def hurry(self, kind: str) -> None:
        """Let it be due now, as time would."""
        delivery = self.waits(kind)
        assert self.storage.deliveries.finish("blog", delivery, replace(delivery, due=datetime.now(UTC)))

    def comment(self, **changes: str) -> Comment:
        """Sent by the form, with the tick, and not approved yet."""
        reply = a_reply(thread=PAGE, notify="replies", **changes)
        answer = self.web.client.post(SUBMIT, json=reply)
        assert answer.status_code == 202, answer.json
        return self.web.comment(answer.json["id"])

    def approved(self, **changes: str) -> Comment:
        return decided(self.storage, self.comment(**changes), Action.APPROVE)

    def subscribed(self, **changes: str) -> Comment:
        """An approved comment whose author said yes."""
        comment = self.approved(**changes)
        self.storage.subscriptions.confirm("blog", comment.identity)
        return comment

    def replied(self, to: Comment, **changes: str) -> Comment:
        plain = {"author": "Bob", "email": "bob@example.net", "identity": "bob", "thread": PAGE, "parent": to.id}
        return published(self.storage, **(plain | changes))

    @property
    def client(self) -> FlaskClient:
        return self.web.client


def a_house(storage: Storage, server: MailServer, web: Web) -> House:
    chosen = settings(smtp_url=server.settings, mail_from=SENDER)
    mailer = Mailer(server.settings, SENDER)
    made = Deps(chosen, storage, now, RecordedJobs(), (), build((), {}), mailer=mailer)
    install(made)
    return House(storage, server, web, made)


def link(letter: Letter, purpose: str) -> str:
    """A link of the letter as a path, found where people find it."""
    found = re.search(rf"^http://127\.0\.0\.1:8000(/notices/blog/{purpose}/\S+)\r?$", letter.text, re.MULTILINE)
    assert found
    return found[1]


def one_click(letter: Letter) -> str:
    """Where mail programs send their click, from the header."""
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/\S+)>", letter.message["List-Unsubscribe"])
    assert found
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return found[1]


@contextmanager
def open_house(storage: Storage) -> Iterator[House]:
    with MailServer() as server:
        web = open_web(storage, smtp_url=server.settings, mail_from=SENDER)
        yield a_house(storage, server, web)
