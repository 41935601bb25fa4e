"""Reports hold a comment only if they are plausible: from several networks, and not more than a site can bear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments.audit import AuditAction
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.lifecycle import Status
from comments.model import Comment
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic
from comments.pseudonyms import Pseudonyms
from comments.report_rules import MAX_REPORT_HOLDS
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site, published
from tests.support.public_app import PublicApp, open_public_app

PLAUSIBLE = ("192.0.2.1", "198.51.100.1", "203.0.113.1")


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(per_minute=0))


def reported(web: PublicApp, comment: Comment, *addresses: str) -> Status:
    """Return the comment's status after reports from these addresses."""
    for address in addresses:
        asked = {"json": {}, "environ_overrides": {"REMOTE_ADDR": address}}
        assert web.client.post(f"/v1/sites/blog/comments/{comment.id}/reports", **asked).status_code == 202
    return web.comment(comment.id).status


def networks_of(addresses: tuple[str, ...]) -> int:
    return len({Pseudonyms(SECRET).origin(address) for address in addresses})


@pytest.mark.parametrize(
    "addresses",
    [
        ("192.0.2.1", "192.0.2.2", "192.0.2.3"),
        ("8.1.1.1", "8.1.2.1", "8.1.3.1", "8.1.4.1"),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("192.0.2.1", "2002:c000:201::1", "64:ff9b::c000:201"),  # an IPv4 address, and IPv6 addresses made from it
        ("10.1.1.1", "192.168.1.1", "172.16.1.1", "127.0.0.1"),
        ("192.0.2.1", "2001:db8:1::1", "2001:dba:1::1"),  # IPv4 and IPv6 of a machine
        ("2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1"),
    ],
)
def test_one_machine_or_one_provider_in_a_minute_holds_nothing(web: PublicApp, addresses: tuple[str, ...]) -> None:
    comment = published(web.storage)
    assert reported(web, comment, *addresses) is Status.APPROVED
    assert sum(web.storage.reports.of("blog", [comment.id])[0].values()) == networks_of(addresses)  # moderators see all


def test_three_networks_hold_a_new_comment(web: PublicApp) -> None:
    assert reported(web, published(web.storage), *PLAUSIBLE) is Status.HELD


def test_a_comment_that_many_have_read_and_answered_needs_more_reports(web: PublicApp) -> None:
    old = published(web.storage, received=datetime.now(UTC) - timedelta(days=8))
    assert reported(web, old, *PLAUSIBLE) is Status.APPROVED
    assert reported(web, old, "8.1.0.1", "8.2.0.1") is Status.HELD
    answered = published(web.storage)
    for _ in range(5):
        published(web.storage, parent=answered.id)
    assert reported(web, answered, *PLAUSIBLE) is Status.APPROVED
    assert reported(web, answered, "8.1.0.1") is Status.HELD


def test_reports_hold_a_limited_number_of_comments_in_an_hour(web: PublicApp) -> None:
    choice = NoticeChoice(NoticeFrequency.INSTANT, (NoticeTopic.LIMIT,))
    channel = ChatReceiver("c1", ChatKind.SLACK, "#mods", datetime.now(UTC), choice=choice)
    web.storage.sites.put(replace(web.storage.sites.get("blog"), chat_receivers=(channel,)))
    comments = [published(web.storage) for _ in range(MAX_REPORT_HOLDS + 2)]
    statuses = [reported(web, comment, *PLAUSIBLE) for comment in comments]
    assert statuses == [Status.HELD] * MAX_REPORT_HOLDS + [Status.APPROVED] * 2
    assert [entry.action for entry in web.storage.audit.all("blog")] == [AuditAction.REPORTS_LIMITED]
    claim = web.storage.notices.claim(datetime.now(UTC), 10)
    assert claim
    assert (claim.receiver, [item.topic for item in claim.items]) == ("chat:c1", [NoticeTopic.LIMIT])
    listed, _ = web.storage.reports.latest("blog", 100)
    assert {comment.id for comment in comments} == set(listed)
