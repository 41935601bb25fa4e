"""A site with moderators and channels that receive notices, with a mail server and a chat service on real sockets."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comments.chat_receivers import ChatKind, ChatReceiver
from comments.lifecycle import Action
from comments.model import Comment, Signal
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic, SiteNotices
from comments.person import Person
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, settings
from tests.support.mail_server import Letter, MailServer
from tests.support.receiver import Receiver
from tests.support.recorded_jobs import RecordedJobs
from tests.support.web_app import Clock, WebApp, judged, open_web_app
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.notice_sender import send_due_notices
from workers.delivery.outbox import queue_events
from workers.delivery.smtp import Mailer
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy, catalogue

SENDER = "notices@blog.example"
INSTANT = NoticeChoice(NoticeFrequency.INSTANT, tuple(NoticeTopic))
#: A signal of an attack on people, whose harm is great.
ATTACK = Signal("toxicity.attack", 1.0, "you are all", holds=True)
FIRST_COMMENT = Signal("author.first", 1.0, "", holds=True)
#: Log-odds of a comment that no model takes for spam.
HONEST = -4.0


@dataclass
class NoticeDeployment:
    """The delivery process with a clock of its own, a mail server and a chat service."""

    storage: Storage
    mail: MailServer
    chat: Receiver
    clock: Clock
    deps: Deps

    def send(self) -> None:
        """Queue what is new and send what is due, as the delivery process does."""
        site = self.storage.sites.get("blog")
        queue_events(self.deps, site)
        send_due_notices(self.deps)

    def letters(self) -> list[Letter]:
        self.send()
        return self.mail.letters

    def messages(self) -> list[dict[str, Any]]:
        """Return the bodies that the chat service received."""
        self.send()
        return [json.loads(request.body) for request in self.chat.requests]

    def add_person(
        self, name: str = "Ines", choice: NoticeChoice = INSTANT, role: str = "moderator", **changes: Any
    ) -> Person:
        person = Person(
            name,
            {"blog": role},
            email="ines@staff.example",
            email_confirmed=True,
            notices=(SiteNotices("blog", choice),),
        )
        person = replace(person, **changes)
        self.storage.people.put(person)
        return person

    def add_channel(self, kind: ChatKind, choice: NoticeChoice = INSTANT, **changes: Any) -> ChatReceiver:
        url = f"http://{self.chat.authority}/secret-path"
        channel = ChatReceiver("c1", kind, "#moderation", datetime.now(UTC), url, "", "", choice)
        channel = replace(channel, **changes)
        site = self.storage.sites.get("blog")
        self.storage.sites.put(replace(site, chat_receivers=(*site.chat_receivers, channel)))
        return channel

    def held(self, *signals: Signal, **changes: Any) -> Comment:
        """Return a comment that needs review, by default only because it is its author's first."""
        changes = {"log_odds": HONEST, "received": self.clock()} | changes
        return judged(self.storage, Action.HOLD, *(signals or (FIRST_COMMENT,)), **changes)

    def advance(self, **time: float) -> None:
        """Move the clock on, and the data with it where the server's clock counts."""
        self.clock.advance(timedelta(**time))


def links(letter: Letter, label: str) -> list[str]:
    """Return the paths behind a label in the text of the email."""
    return re.findall(rf"^{label}:? ?http://127\.0\.0\.1:8000(/\S+)", letter.text, re.MULTILINE)


@contextmanager
def open_notices(storage: Storage, **changes: Any) -> Iterator[NoticeDeployment]:
    with MailServer() as mail, Receiver() as chat:
        chosen = settings(smtp_url=mail.settings, mail_from=SENDER, telegram_api=f"http://{chat.authority}", **changes)
        clock = Clock(datetime.now(UTC).replace(minute=10, second=0, microsecond=0))
        storage.sites.put(a_site())
        deps = Deps(
            chosen,
            storage,
            clock,
            RecordedJobs(),
            (),
            build_policy((), {}),
            http=GuardedHTTP(frozenset({chat.authority}), total=60.0),
            mailer=Mailer(mail.settings, SENDER),
            signals=catalogue(BUILT_IN),
        )
        set_deps(deps)
        yield NoticeDeployment(storage, mail, chat, clock, deps)


def open_web_app_of(notices: NoticeDeployment) -> WebApp:
    """Return the web service of a deployment, with the same storage, settings and time."""
    app = open_web_app(notices.storage, notices.deps.settings)
    app.clock.at = notices.clock.at
    return app
