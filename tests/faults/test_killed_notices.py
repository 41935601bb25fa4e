"""A notice survives a kill of the delivery process: it is sent again with the same Message-ID, and not lost."""

import signal
from dataclasses import replace
from threading import Event

from comments.lifecycle import Action
from comments.moderator_notices import NoticeChoice, NoticeFrequency, SiteNotices
from comments.person import Person
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import a_site
from tests.support.delivery_process import start_delivery
from tests.support.mail_server import MailServer
from tests.support.stored import age
from tests.support.wait import wait_until
from tests.support.web_app import judged
from workers.deps import build_deps
from workers.sweep import Sweep

SENDER = "notices@blog.example"


def test_a_notice_is_not_lost_when_its_sender_is_killed(redis_storage: Storage, valkey_settings: Settings) -> None:
    redis_storage.sites.put(a_site())
    choice = SiteNotices("blog", NoticeChoice(NoticeFrequency.INSTANT))
    redis_storage.people.put(
        Person("Ines", {"blog": "moderator"}, email="ines@staff.example", email_confirmed=True, notices=(choice,))
    )
    comment = judged(redis_storage, Action.HOLD)
    with MailServer(hold=Event()) as server:
        deps = build_deps(replace(valkey_settings, smtp_url=server.settings, mail_from=SENDER))
        sweep = Sweep(deps, connect(valkey_settings))
        worker = start_delivery(valkey_settings, server, SENDER)

        def is_sending() -> bool:
            sweep.run_once()
            return "DATA" in server.lines

        wait_until(is_sending)
        worker.kill()
        assert worker.wait() == -signal.SIGKILL
        assert server.hold
        server.hold.set()
        age(connect(valkey_settings), 200)  # the lease of three minutes has expired
        worker = start_delivery(valkey_settings, server, SENDER)

        def is_counted() -> bool:
            sweep.run_once()
            return redis_storage.notices.figures().get(("blog", "email", "sent")) == 1

        wait_until(is_counted)
        worker.terminate()
        assert worker.wait(60) == 0
        assert 1 <= len(server.letters) <= 2, "the server may have accepted the message before the kill"
        assert len({letter.message["Message-ID"] for letter in server.letters}) == 1
        assert all(f"/review/blog/{comment.id}" in letter.text for letter in server.letters)
