"""Mail survives a kill of the delivery process: the message is sent again with the same Message-ID."""

import signal
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

from comments.email_subscriptions import NOTICE
from comments.settings import Settings
from comments.storage.deliveries import DeliveryStatus
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import a_site, published
from tests.support.deliveries import finish
from tests.support.delivery_process import start_delivery
from tests.support.mail_server import MailServer
from tests.support.wait import wait_until
from workers.deps import build_deps
from workers.sweep import Sweep

SENDER = "replies@blog.example"


def test_a_message_is_not_lost_when_its_sender_is_killed(redis_storage: Storage, valkey_settings: Settings) -> None:
    redis_storage.sites.put(a_site())
    comment = published(redis_storage, notify="replies")
    redis_storage.subscriptions.confirm("blog", comment.identity)
    reply = published(redis_storage, parent=comment.id, identity="bob")
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
        (delivery,) = redis_storage.deliveries.recent("blog", 5)
        assert delivery.state is DeliveryStatus.PENDING
        assert server.hold
        server.hold.set()
        # As if the lease of three minutes had expired.
        assert finish(redis_storage, delivery, replace(delivery, due=datetime.now(UTC)))
        worker = start_delivery(valkey_settings, server, SENDER)

        def is_delivered() -> bool:
            sweep.run_once()
            return redis_storage.deliveries.get("blog", delivery.id).state is DeliveryStatus.DELIVERED

        wait_until(is_delivered)
        worker.terminate()
        assert worker.wait(60) == 0
        assert {letter.message["Message-ID"] for letter in server.letters} == {f"<reply.{reply.id}@blog.example>"}
        assert 1 <= len(server.letters) <= 2, "the server may have accepted the message before the kill"
    assert redis_storage.deliveries.figures("blog").mailed == {"delivered": 1}
    assert redis_storage.deliveries.recent("blog", 5)[0].webhook == NOTICE
