"""The page of deliveries: webhooks, emails and sending again."""

from dataclasses import replace
from typing import get_args

import pytest

from comments.audit import AuditAction
from comments.email_subscriptions import NOTICE
from comments.errors import Fault
from comments.job_queue import DELIVER
from comments.lifecycle import Status
from comments.site import Webhook
from comments.smtp_settings import SMTPSettings
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.interfaces import Storage
from service.ops.delivery_pages import ERROR_MESSAGES
from tests.support.builders import NOW, a_site, settings
from tests.support.deliveries import finish
from tests.support.web_app import SignedInClient, WebApp, open_web_app

HOOK = Webhook("hook", "https://example.com/secret-path", NOW, ("k1",))
FAILED = Delivery("hook", "one", 3, Status.SPAM, "example.com", NOW, NOW)


@pytest.fixture
def web_app(storage: Storage) -> WebApp:
    made = open_web_app(storage)
    storage.sites.put(a_site(webhooks=(HOOK,)))
    storage.deliveries.enqueue("blog", "hook", [FAILED, replace(FAILED, comment="two")])
    over = replace(FAILED, state=DeliveryStatus.FAILED, attempts=28, error="timeout", ms=5001)
    assert finish(storage, FAILED, over)
    return made


@pytest.fixture
def op(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("op", operator=True)


def replay_of(delivery: Delivery, site: str = "blog") -> str:
    return f"/ops/deliveries/{site}/{delivery.id}/replay"


def test_the_page_shows_the_result_of_each_delivery(op: SignedInClient) -> None:
    page = op.get("/ops/deliveries").text
    for said in (
        "one:3",
        "two:3",
        "example.com",
        "timed out",
        "Failed",
        "Pending",
        "waiting for receiver",
        ">28<",
        ">5001<",
    ):
        assert said in page
    assert page.index("two:3") < page.index("one:3"), "what is on its way comes first"


def test_the_page_does_not_show_the_url_which_may_be_secret(op: SignedInClient) -> None:
    assert "secret-path" not in op.get("/ops/deliveries").text


def test_each_site_has_its_own_log(op: SignedInClient) -> None:
    page = op.get("/ops/deliveries?site=shop").text
    assert "one:3" not in page
    assert "replygate webhook add shop" in page
    assert op.get("/ops/deliveries?site=nowhere").status_code == 404


def test_sending_again_restarts_a_delivery(op: SignedInClient, web_app: WebApp, storage: Storage) -> None:
    answer = op.post_form(replay_of(FAILED))
    assert (answer.status_code, answer.location) == (303, "/ops/deliveries?site=blog")
    assert storage.deliveries.get("blog", FAILED.id) == replace(FAILED, began=web_app.clock(), due=web_app.clock())
    assert storage.deliveries.figures("blog").pending == 2
    assert (DELIVER, "blog") in web_app.jobs.enqueued
    (noted,) = storage.audit.all("blog")
    assert (noted.by, noted.action, noted.subject, noted.after) == (
        "op",
        AuditAction.WEBHOOK_REPLAY,
        "hook",
        FAILED.event,
    )


def test_a_second_click_changes_nothing(op: SignedInClient, storage: Storage) -> None:
    for _ in range(2):
        assert op.post_form(replay_of(FAILED)).status_code == 303
    assert storage.deliveries.figures("blog").pending == 2


def test_sending_again_needs_the_csrf_token(op: SignedInClient, storage: Storage) -> None:
    for csrf in ("", "wrong"):
        assert op.client.post(replay_of(FAILED), data={"csrf": csrf}).status_code == 403
    foreign = op.client.post(replay_of(FAILED), data={"csrf": op.csrf}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert storage.deliveries.get("blog", FAILED.id).state is DeliveryStatus.FAILED


def test_only_operators_send_again(web_app: WebApp, storage: Storage) -> None:
    assert web_app.signed_in("mo", blog="owner").post_form(replay_of(FAILED)).status_code == 404
    assert web_app.anonymous().post(replay_of(FAILED)).status_code == 401
    assert storage.deliveries.get("blog", FAILED.id).state is DeliveryStatus.FAILED


def test_an_unknown_delivery_or_disabled_webhook_gets_404(op: SignedInClient, storage: Storage) -> None:
    assert op.post_form(replay_of(replace(FAILED, comment="other"))).status_code == 404
    assert op.post_form(replay_of(FAILED, "nowhere")).status_code == 404
    storage.sites.put(a_site(webhooks=(replace(HOOK, enabled=False),)))
    assert op.post_form(replay_of(FAILED)).status_code == 404
    assert "Send again" not in op.get("/ops/deliveries?site=blog").text


def test_sending_again_is_never_a_get(op: SignedInClient) -> None:
    assert op.get(replay_of(FAILED)).status_code == 405


def test_every_delivery_error_has_a_message() -> None:
    assert set(get_args(Fault)) == set(ERROR_MESSAGES)


def test_without_sites_the_page_is_empty(storage: Storage) -> None:
    assert open_web_app(storage, sites=()).signed_in("op", operator=True).get("/ops/deliveries").status_code == 200


# Mail


SERVER = SMTPSettings("mail.example", 587, "starttls")
BOUNCED = Delivery(NOTICE, "three", 1, Status.APPROVED, "mail.example", NOW, NOW)


@pytest.fixture
def bounced(storage: Storage) -> Delivery:
    storage.deliveries.enqueue("blog", NOTICE, [BOUNCED])
    over = replace(BOUNCED, state=DeliveryStatus.FAILED, attempts=1, answer=550, error="refused")
    assert finish(storage, BOUNCED, over, healthy=True)
    return over


def test_emails_are_in_the_log_and_counted_separately(web_app: WebApp, op: SignedInClient, bounced: Delivery) -> None:
    page = op.get("/ops/deliveries").text
    for said in (
        "three:1",
        "mail.example",
        "error from the receiver (550)",
        "Email about replies",
        "Failed 1",
        ">off<",
    ):
        assert said in " ".join(page.split())
    metrics = op.get("/metrics").text
    assert 'replygate_mail_total{result="failed",site="blog"} 1.0' in metrics
    assert 'replygate_webhook_deliveries_total{result="failed",site="blog"} 1.0' in metrics, "of the webhook's own"


def test_an_email_is_sent_again_only_with_a_mail_server(storage: Storage, bounced: Delivery) -> None:
    storage.sites.put(a_site())
    for settings_, status in ((settings(), 404), (settings(smtp_url=SERVER, mail_from="r@blog.example"), 303)):
        op = open_web_app(storage, settings_).signed_in("op", operator=True)
        assert op.post_form(replay_of(BOUNCED)).status_code == status
    assert storage.deliveries.get("blog", BOUNCED.id).state is DeliveryStatus.PENDING
