"""Reply emails: confirmation requests, notifications, unsubscribing, and messages that cannot be delivered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from comments.drafts import drafted, withdrawn
from comments.email_subscriptions import MAILS
from comments.lifecycle import Action
from comments.model import Comment
from comments.site import Webhook
from comments.storage.deliveries import DeliveryStatus
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import a_site, an_admission, decided, moderated, published
from tests.support.deliveries import claimed
from tests.support.receiver import Receiver
from tests.support.reply_emails import PAGE, SENDER, MailDeployment, link, one_click, open_deployment
from tests.support.wait import wait_until
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.reply_emails import AN_HOUR, MAX_PER_SITE
from workers.delivery.sender_pool import SenderPool
from workers.deps import now, set_deps
from workers.jobs import deliver


@pytest.fixture
def deployment(storage: Storage) -> Iterator[MailDeployment]:
    with open_deployment(storage) as opened:
        yield opened


def test_from_subscribing_to_unsubscribing(deployment: MailDeployment) -> None:
    comment = deployment.approved(author="Ada")
    (request,) = deployment.deliver()
    assert (request.sender, request.to) == (SENDER, "ada@example.org")

    confirm = link(request, "confirm")
    assert "<form" in deployment.client.get(confirm).text
    deployment.client.head(confirm)
    deployment.replied(comment, author="Too early")
    assert deployment.deliver() == [request], "opening the link does not confirm"

    assert deployment.client.post(confirm).status_code == 303
    reply = deployment.replied(comment, content="I beg to <differ>.")
    _, notification = deployment.deliver()
    assert notification.message["Subject"] == "Re: Your comment on A blog"
    assert notification.text.startswith("Bob replied to your comment on A blog")
    assert "> I beg to <differ>." in notification.text
    assert f"{PAGE}#comment-{reply.id}" in notification.text
    assert "bob@example.net" not in notification.raw.decode()

    stop = one_click(notification)
    assert stop == link(notification, "stop")
    deployment.client.get(stop)
    deployment.replied(comment, author="Cleo")
    assert len(deployment.deliver()) == 3, "opening the link does not unsubscribe"

    assert deployment.client.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    deployment.replied(comment, author="Dan")
    assert len(deployment.deliver()) == 3


# Confirmation requests


def test_a_comment_that_is_not_approved_sends_no_confirmation_request(deployment: MailDeployment) -> None:
    decided(deployment.storage, deployment.comment(content="1"), Action.HOLD)
    decided(deployment.storage, deployment.comment(content="2"), Action.SPAM)
    deployment.comment(content="3")
    assert deployment.deliver() == []


def test_a_comment_without_the_option_sends_no_confirmation_request(deployment: MailDeployment) -> None:
    comment = published(deployment.storage, thread=PAGE)
    deployment.replied(comment)
    assert deployment.deliver() == []


def test_an_address_gets_one_confirmation_request_for_all_its_comments(deployment: MailDeployment) -> None:
    for n in range(5):
        deployment.approved(content=f"number {n}")
    first = deployment.approved(content="and another", email="ADA@example.org")
    assert len(deployment.deliver()) == 1
    moderated(deployment.storage, moderated(deployment.storage, first, Action.REMOVE), Action.APPROVE)
    deployment.approved(content="later")
    assert len(deployment.deliver()) == 1


def test_an_address_gets_few_confirmation_requests_from_many_sites(deployment: MailDeployment) -> None:
    for n in range(8):
        deployment.storage.sites.put(a_site(id=f"site-{n}"))
        published(deployment.storage, site=f"site-{n}", notify="replies", email="victim@example.org", identity="victim")
        deliver(f"site-{n}", "")
    wait_until(lambda: all(deployment.storage.deliveries.figures(f"site-{n}").pending == 0 for n in range(8)))
    assert len(deployment.server.letters) == 5


def test_a_site_has_an_hourly_limit_of_confirmation_requests(deployment: MailDeployment) -> None:
    for _ in range(MAX_PER_SITE):
        deployment.storage.people.attempt("questions from blog", MAX_PER_SITE, AN_HOUR)
    comment = deployment.approved()
    assert deployment.deliver() == []
    assert deployment.storage.subscriptions.reserve_request("blog", comment.identity, "another comment")


def test_a_refused_request_is_not_repeated(deployment: MailDeployment) -> None:
    deployment.approved()
    (request,) = deployment.deliver()
    deployment.client.post(one_click(request))
    deployment.approved(content="Another comment.")
    assert len(deployment.deliver()) == 1


def test_a_comment_removed_before_the_request_is_sent_does_not_use_up_the_request(deployment: MailDeployment) -> None:
    comment = deployment.approved()
    moderated(deployment.storage, comment, Action.SPAM)
    assert deployment.deliver() == []
    assert deployment.delivery_of("confirmation").state is DeliveryStatus.DROPPED
    deployment.approved(content="A better one.")
    assert len(deployment.deliver()) == 1


# Notifications


def test_each_reply_sends_one_notification(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    reply = deployment.replied(comment)
    assert len(deployment.deliver()) == 1
    moderated(deployment.storage, moderated(deployment.storage, reply, Action.REMOVE), Action.APPROVE)
    assert len(deployment.deliver()) == 1
    deployment.replied(comment, author="Cleo")
    assert [letter.text.split()[0] for letter in deployment.deliver()] == ["Bob", "Cleo"]


def test_a_notification_has_the_current_text_and_edits_send_none(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    early, late = deployment.replied(comment), deployment.replied(comment, author="Cleo")
    approve_edit(deployment.storage, drafted(early, "second thoughts", now()))
    letters = {letter.text.split()[0]: letter.text for letter in deployment.deliver()}
    assert "> second thoughts" in letters["Bob"]
    approve_edit(deployment.storage, drafted(late, "third thoughts", now()))
    assert len(deployment.deliver()) == len(letters) == 2


def test_a_withdrawn_reply_sends_no_notification(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    reply = deployment.replied(comment)
    assert deployment.storage.comments.decide("blog", [CommentChange(reply, withdrawn(reply, now()))]) == [True]
    assert deployment.deliver() == []


def approve_edit(storage: Storage, draft: Comment) -> None:
    """Store an edit and approve it."""
    storage.comments.accept(draft, an_admission())
    decided(storage, draft, Action.APPROVE)


def test_authors_get_no_notification_of_their_own_replies_or_of_replies_to_others(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    deployment.replied(comment, email="ada@example.org", identity=comment.identity)
    other = deployment.replied(comment)
    deployment.replied(other, author="Cleo", identity="cleo")
    assert [letter.text.split()[0] for letter in deployment.deliver()] == ["Bob"]


def test_a_reply_marked_as_spam_before_sending_sends_no_notification(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    reply = deployment.replied(comment)
    moderated(deployment.storage, reply, Action.SPAM)
    assert deployment.deliver() == []
    assert deployment.delivery_of("notice").state is DeliveryStatus.DROPPED


def test_a_reply_to_a_removed_comment_sends_no_notification(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    deployment.replied(comment)
    moderated(deployment.storage, comment, Action.REMOVE)
    assert deployment.deliver() == []


def test_a_missing_site_sends_no_mail(deployment: MailDeployment) -> None:
    deployment.replied(deployment.subscribed())
    deliver("no such site", "")
    assert deployment.server.connections == 0


def test_muting_one_comment_keeps_the_notifications_of_the_others(deployment: MailDeployment) -> None:
    one, two = deployment.subscribed(), deployment.subscribed(content="Another thought.")
    deployment.replied(one)
    (notification,) = deployment.deliver()
    assert deployment.client.post(link(notification, "stop"), data={"which": "comment"}).status_code == 303
    deployment.replied(one, author="Cleo")
    deployment.replied(two, author="Dan")
    assert [letter.text.split()[0] for letter in deployment.deliver()] == ["Bob", "Dan"]


def test_unsubscribing_drops_pending_notifications(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    deployment.server.says = {"MAIL": "451 later"}
    deployment.replied(comment)
    deliver("blog", "")
    wait_until(lambda: deployment.delivery_of("notice").attempts == 1)
    deployment.storage.subscriptions.unsubscribe("blog", comment.identity)
    deployment.server.says = {}
    deployment.make_due("notice")
    assert deployment.deliver() == []
    assert deployment.delivery_of("notice").state is DeliveryStatus.DROPPED


# Failures


def test_mail_is_retried_if_the_server_is_down(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    deployment.server.says = {"": "421 not now"}
    deployment.replied(comment)
    deliver("blog", "")
    wait_until(lambda: deployment.delivery_of("notice").attempts == 1)
    delivery = deployment.delivery_of("notice")
    assert (delivery.state, delivery.answer, delivery.error) == (DeliveryStatus.PENDING, 421, "refused")
    assert delivery.due > datetime.now(UTC) + timedelta(seconds=3)
    deployment.server.says = {}
    deployment.make_due("notice")
    assert len(deployment.deliver()) == 1
    assert deployment.storage.deliveries.figures("blog").mailed == {"retried": 1, "delivered": 1}


def test_a_refused_address_does_not_delay_other_mail(deployment: MailDeployment) -> None:
    poison = deployment.subscribed(email="poison@example.org")
    comment = deployment.subscribed()
    deployment.server.says = {"RCPT TO:<poison@": "550 nobody here"}
    for n in range(3):
        deployment.replied(poison, content=f"{n}")
        deployment.replied(comment, content=f"{n}")
    assert [letter.to for letter in deployment.deliver()] == ["ada@example.org"] * 3
    assert deployment.storage.deliveries.figures("blog").mailed == {"failed": 3, "delivered": 3}


def test_no_mail_is_lost_if_a_sender_dies(deployment: MailDeployment) -> None:
    deployment.replied(deployment.subscribed())
    set_deps(replace(deployment.deps, senders=_closed_pool()))
    deliver("blog", "")
    assert claimed(deployment.storage, "notice", 0.01)
    set_deps(deployment.deps)
    wait_until(lambda: deployment.storage.deliveries.due("blog", list(MAILS)) == ["notice"])
    assert len(deployment.deliver()) == 1


def _closed_pool() -> SenderPool:
    senders = SenderPool(1)
    senders.close()
    return senders


def test_a_stalled_mail_server_does_not_delay_webhooks(deployment: MailDeployment) -> None:
    deployment.server.hold = Event()
    with Receiver() as receiver:
        http, senders = GuardedHTTP(frozenset({receiver.authority})), SenderPool(2)
        set_deps(replace(deployment.deps, http=http, senders=senders))
        comment = deployment.subscribed()
        deployment.replied(comment, notify="replies")  # sends a notification and a confirmation request
        deliver("blog", "")
        wait_until(lambda: "DATA" in deployment.server.lines)
        hook = Webhook("hook", receiver.url, now(), ("k1",))
        deployment.storage.sites.put(a_site(webhooks=(hook,)))
        deployment.replied(comment, author="Cleo")
        deliver("blog", "")
        wait_until(lambda: len(receiver.requests) == 1)
        deployment.server.hold.set()
        senders.close()


def test_a_repeated_message_has_the_same_message_id(deployment: MailDeployment) -> None:
    comment = deployment.subscribed()
    deployment.server.says = {".": ""}  # accepted, but the reply is lost
    reply = deployment.replied(comment)
    deliver("blog", "")
    wait_until(lambda: deployment.delivery_of("notice").attempts == 1)
    assert deployment.delivery_of("notice").error == "broken"
    deployment.server.says = {}
    deployment.make_due("notice")
    (letter,) = deployment.deliver()
    assert letter.message["Message-ID"] == f"<reply.{reply.id}@blog.example>"


# Conversations


def test_the_mails_of_a_conversation_name_each_other(deployment: MailDeployment) -> None:
    root = deployment.subscribed(author="Ada")
    first = deployment.replied(root, author="Bob", content="First answer.")
    second = deployment.replied(root, author="Cleo", content="Second answer.")
    ada_again = deployment.subscribed(author="Ada", parent=first.id, content="And you?")
    deployment.replied(ada_again, author="Bob", content="So do I.")
    mails = [letter.message for letter in deployment.deliver() if "reply." in letter.message["Message-ID"]]
    by_id = {mail["Message-ID"]: mail["References"].split() for mail in mails}

    def message_id(comment: Comment) -> str:
        return f"<reply.{comment.id}@blog.example>"

    assert by_id[message_id(first)] == by_id[message_id(second)] == [message_id(root)]
    (last,) = by_id.keys() - {message_id(first), message_id(second)}
    assert by_id[last] == [message_id(root), message_id(first), message_id(ada_again)]
    assert all(mail["In-Reply-To"] == mail["References"].split()[-1] for mail in mails)
    assert {mail["Subject"] for mail in mails} == {"Re: Your comment on A blog"}
