"""`replygate webhook` manages webhooks; the secret it shows once is the one that signs."""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from click.testing import CliRunner, Result

from comments.audit import CONSOLE, AuditAction
from comments.lifecycle import Status
from comments.rq_stats import NoRQStats
from comments.site import Webhook
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import NOW, a_site, settings
from tests.support.deliveries import finish
from tests.support.receiver import Receiver, says

Run = Callable[..., Result]


@pytest.fixture
def run(storage: Storage, receiver: Receiver) -> Run:
    """Run one command on a deployment that trusts the receiver."""
    trusting = settings(webhook_http_allow=receiver.authority)
    here = Deployment(trusting, storage, NoRQStats(), lambda: datetime.now(UTC))
    storage.sites.put(a_site())

    def command(*words: str) -> Result:
        return CliRunner().invoke(cli, ("webhook", *words), obj=here, catch_exceptions=False)

    return command


def hook(storage: Storage) -> Webhook:
    (only,) = storage.sites.get("blog").webhooks
    return only


def signs(secret: str, receiver: Receiver) -> bool:
    """Return whether the receiver's last request has a signature made with this secret."""
    request = receiver.requests[-1]
    t, *marks = request.headers["replygate-signature"].split(",")
    signed = t.removeprefix("t=").encode() + b"." + request.body
    return f"v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}" in marks


def test_a_webhook_is_added_listed_tested_and_removed(run: Run, storage: Storage, receiver: Receiver) -> None:
    secret = run("add", "blog", receiver.url, "--event", "published").stdout.strip()
    assert secret.startswith("rgw_")
    assert (hook(storage).url, hook(storage).events, hook(storage).enabled) == (receiver.url, ("published",), True)
    assert run("list", "blog").stdout.split()[5:] == [hook(storage).id, receiver.url, "published", "1", "on"]
    assert "Status 200" in run("test", "blog", hook(storage).id).stdout
    assert signs(secret, receiver)
    assert b'"type":"test"' in receiver.requests[0].body
    run("remove", "blog", hook(storage).id)
    assert storage.sites.get("blog").webhooks == ()


def test_the_secret_is_not_stored(run: Run, storage: Storage, receiver: Receiver) -> None:
    secret = run("add", "blog", receiver.url).stdout.strip()
    assert secret not in repr(storage.sites.get("blog"))
    assert secret not in run("list", "blog").stdout


def test_both_secrets_sign_until_the_rotation_is_finished(run: Run, storage: Storage, receiver: Receiver) -> None:
    old = run("add", "blog", receiver.url).stdout.strip()
    id = hook(storage).id
    new = run("rotate", "blog", id).stdout.strip()
    run("test", "blog", id)
    assert signs(old, receiver)
    assert signs(new, receiver)
    run("rotate", "blog", id, "--finish")
    run("test", "blog", id)
    assert (signs(old, receiver), signs(new, receiver)) == (False, True)
    newest = run("rotate", "blog", id).stdout.strip()
    run("rotate", "blog", id)
    run("test", "blog", id)
    assert len(hook(storage).keys) == 2
    assert (signs(new, receiver), signs(newest, receiver)) == (False, True)


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "https://example.com:22/", "hook"])
def test_a_forbidden_address_is_refused(run: Run, storage: Storage, url: str) -> None:
    result = run("add", "blog", url)
    assert result.exit_code == 2
    assert "url must" in result.stderr
    assert storage.sites.get("blog").webhooks == ()


def test_a_failed_test_event_ends_with_1(run: Run, storage: Storage, receiver: Receiver) -> None:
    run("add", "blog", receiver.url)
    receiver.behave = says(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n")
    result = run("test", "blog", hook(storage).id)
    assert result.exit_code == 1
    assert "not delivered: refused, status 503" in result.stderr


def test_a_webhook_is_turned_off_and_on(run: Run, storage: Storage, receiver: Receiver) -> None:
    run("add", "blog", receiver.url)
    run("set", "blog", hook(storage).id, "--off")
    assert not hook(storage).enabled
    assert run("list", "blog").stdout.split()[-1] == "off"
    run("set", "blog", hook(storage).id, "--event", "published")
    assert (hook(storage).enabled, hook(storage).events) == (False, ("published",))
    assert run("set", "blog", hook(storage).id, "--on").stdout == f"{hook(storage).id} is on and receives published.\n"
    assert hook(storage).enabled
    assert run("set", "blog", hook(storage).id).exit_code == 2


def test_every_change_of_a_webhook_is_logged_without_its_address(
    run: Run, storage: Storage, receiver: Receiver
) -> None:
    run("add", "blog", f"{receiver.url}a-secret-of-the-receiver", "--event", "decision")
    id = hook(storage).id
    run("set", "blog", id, "--off")
    run("rotate", "blog", id)
    run("rotate", "blog", id, "--finish")
    run("remove", "blog", id)
    on, off = (f"127.0.0.1: decision, {state}" for state in ("on", "off"))
    assert [(e.by, e.action, e.subject, e.before, e.after) for e in storage.audit.all("blog")] == [
        (CONSOLE, AuditAction.WEBHOOK_ADD, id, "", on),
        (CONSOLE, AuditAction.WEBHOOK_SET, id, on, off),
        (CONSOLE, AuditAction.WEBHOOK_ROTATE, id, "1 secret", "2 secrets"),
        (CONSOLE, AuditAction.WEBHOOK_ROTATE, id, "2 secrets", "1 secret"),
        (CONSOLE, AuditAction.WEBHOOK_REMOVE, id, off, ""),
    ]


@pytest.mark.parametrize("command", [("remove",), ("rotate",), ("test",), ("set", "--off")])
def test_an_unknown_webhook_is_answered_with_the_existing_ones(
    run: Run, storage: Storage, receiver: Receiver, command: tuple[str, ...]
) -> None:
    run("add", "blog", receiver.url)
    name, *options = command
    result = run(name, "blog", "nothing", *options)
    assert result.exit_code == 1
    assert hook(storage).id in result.stderr


def test_the_log_shows_deliveries_with_their_state(run: Run, storage: Storage) -> None:
    pending = Delivery("hook", "one", 1, Status.APPROVED, "example.com", NOW, NOW)
    over, later = replace(pending, comment="two"), replace(pending, comment="six", due=datetime(2999, 1, 1, tzinfo=UTC))
    storage.deliveries.enqueue("blog", "hook", [pending, over, later])
    finish(storage, over, replace(over, state=DeliveryStatus.FAILED, error="timeout", attempts=28, ms=5000))
    head, *rows, last = run("log", "blog").stdout.splitlines()
    first, planned = sorted(rows)
    assert head.split() == ["WEBHOOK", "EVENT", "HOST", "STATE", "STATUS", "ATTEMPTS", "MS", "TIME"]
    assert first.split() == ["hook", "one:1", "example.com", "pending", "-", "0", "0", "waiting", "for", "receiver"]
    assert planned.split()[-3:] == ["next", "2999-01-01", "00:00:00"]
    assert last.split()[3:8] == ["failed", "(timeout)", "-", "28", "5,000"]


def test_removing_a_webhook_removes_its_pending_deliveries(run: Run, storage: Storage, receiver: Receiver) -> None:
    run("add", "blog", receiver.url)
    id = hook(storage).id
    storage.deliveries.enqueue("blog", id, [Delivery(id, "one", 1, Status.SPAM, "example.com", NOW, NOW)])
    run("remove", "blog", id)
    assert storage.deliveries.figures("blog").pending == 0
