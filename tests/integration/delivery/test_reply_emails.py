"""Mail about replies, all the way: who is asked and who is told, and what becomes of a letter that does not arrive."""

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
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, DeliveryStatus
from tests.support.builders import a_site, an_admission, decided, moderated, published
from tests.support.mailed import PAGE, SENDER, House, link, one_click, open_house
from tests.support.receiver import Receiver
from tests.support.waiting import until
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.reply_emails import AN_HOUR, MAX_PER_SITE
from workers.delivery.sender_pool import SenderPool
from workers.deps import install, now
from workers.jobs import deliver


@pytest.fixture
def house(storage: Storage) -> Iterator[House]:
    with open_house(storage) as opened:
        yield opened


def test_from_the_tick_to_the_click_after_which_no_mail_comes(house: House) -> None:
    comment = house.approved(author="Ada")
    (question,) = house.deliver()
    assert (question.sender, question.to) == (SENDER, "ada@example.org")

    confirm = link(question, "confirm")
    assert "<form" in house.client.get(confirm).text
    house.client.head(confirm)
    house.replied(comment, author="Too early")
    assert house.deliver() == [question], "looking at a link is no yes"

    assert house.client.post(confirm).status_code == 200
    reply = house.replied(comment, content="I beg to <differ>.")
    _, notice = house.deliver()
    assert notice.message["Subject"] == "Bob replied to your comment on A blog"
    assert "> I beg to <differ>." in notice.text
    assert f"{PAGE}#comment-{reply.id}" in notice.text
    assert "bob@example.net" not in notice.raw.decode()

    stop = one_click(notice)
    assert stop == link(notice, "stop")
    house.client.get(stop)
    house.replied(comment, author="Cleo")
    assert len(house.deliver()) == 3, "looking at it ends nothing"

    assert house.client.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    house.replied(comment, author="Dan")
    assert len(house.deliver()) == 3


# Who is asked


def test_nobody_is_asked_because_of_what_is_not_approved(house: House) -> None:
    decided(house.storage, house.comment(content="1"), Action.HOLD)
    decided(house.storage, house.comment(content="2"), Action.SPAM)
    house.comment(content="3")
    assert house.deliver() == []


def test_nobody_is_asked_who_ticked_nothing(house: House) -> None:
    comment = published(house.storage, thread=PAGE)
    house.replied(comment)
    assert house.deliver() == []


def test_an_address_is_asked_once_however_many_comments_it_signs(house: House) -> None:
    for n in range(5):
        house.approved(content=f"number {n}")
    first = house.approved(content="and another", email="ADA@example.org")
    assert len(house.deliver()) == 1
    moderated(house.storage, moderated(house.storage, first, Action.REMOVE), Action.APPROVE)
    house.approved(content="later")
    assert len(house.deliver()) == 1


def test_an_address_is_asked_by_few_of_many_sites(house: House) -> None:
    for n in range(8):
        house.storage.sites.put(a_site(id=f"site-{n}"))
        published(house.storage, site=f"site-{n}", notify="replies", email="victim@example.org", identity="victim")
        deliver(f"site-{n}", "")
    until(lambda: all(house.storage.deliveries.figures(f"site-{n}").pending == 0 for n in range(8)))
    assert len(house.server.letters) == 5


def test_a_site_asks_so_many_in_an_hour_and_no_more(house: House) -> None:
    for _ in range(MAX_PER_SITE):
        house.storage.people.attempt("questions from blog", MAX_PER_SITE, AN_HOUR)
    comment = house.approved()
    assert house.deliver() == []
    assert house.storage.subscriptions.reserve_request("blog", comment.identity, "the next one's")


def test_whoever_said_no_is_not_asked_again(house: House) -> None:
    house.approved()
    (question,) = house.deliver()
    house.client.post(one_click(question))
    house.approved(content="Somebody insists.")
    assert len(house.deliver()) == 1


def test_a_comment_taken_back_before_the_question_asks_nothing_and_the_next_one_does(house: House) -> None:
    comment = house.approved()
    moderated(house.storage, comment, Action.SPAM)
    assert house.deliver() == []
    assert house.waits("confirmation").course is DeliveryStatus.DROPPED
    house.approved(content="A better one.")
    assert len(house.deliver()) == 1


# Who is told


def test_each_reply_is_told_once(house: House) -> None:
    comment = house.subscribed()
    reply = house.replied(comment)
    assert len(house.deliver()) == 1
    moderated(house.storage, moderated(house.storage, reply, Action.REMOVE), Action.APPROVE)
    assert len(house.deliver()) == 1
    house.replied(comment, author="Cleo")
    assert [letter.message["Subject"].split()[0] for letter in house.deliver()] == ["Bob", "Cleo"]


def test_a_reply_is_told_as_it_stands_and_not_again_in_other_words(house: House) -> None:
    comment = house.subscribed()
    early, late = house.replied(comment), house.replied(comment, author="Cleo")
    change(house.storage, drafted(early, "second thoughts", now()))
    letters = {letter.message["Subject"].split()[0]: letter.text for letter in house.deliver()}
    assert "> second thoughts" in letters["Bob"]
    change(house.storage, drafted(late, "third thoughts", now()))
    assert len(house.deliver()) == len(letters) == 2


def test_what_its_author_took_back_is_not_told(house: House) -> None:
    comment = house.subscribed()
    reply = house.replied(comment)
    assert house.storage.comments.decide("blog", [CommentChange(reply, withdrawn(reply, now()))]) == [True]
    assert house.deliver() == []


def change(storage: Storage, draft: Comment) -> None:
    """Have an edit approved."""
    storage.comments.accept(draft, an_admission())
    decided(storage, draft, Action.APPROVE)


def test_nobody_is_told_of_their_own_reply_nor_of_one_to_somebody_else(house: House) -> None:
    comment = house.subscribed()
    house.replied(comment, email="ada@example.org", identity=comment.identity)
    other = house.replied(comment)
    house.replied(other, author="Cleo", identity="cleo")
    assert [letter.message["Subject"].split()[0] for letter in house.deliver()] == ["Bob"]


def test_what_is_undone_before_it_was_sent_is_not_sent(house: House) -> None:
    comment = house.subscribed()
    reply = house.replied(comment)
    moderated(house.storage, reply, Action.SPAM)
    assert house.deliver() == []
    assert house.waits("notice").course is DeliveryStatus.DROPPED


def test_nothing_is_said_of_a_reply_below_what_was_taken_down(house: House) -> None:
    comment = house.subscribed()
    house.replied(comment)
    moderated(house.storage, comment, Action.REMOVE)
    assert house.deliver() == []


def test_nothing_is_sent_for_a_site_that_is_gone(house: House) -> None:
    house.replied(house.subscribed())
    deliver("no such site", "")
    assert house.server.connections == 0


def test_muting_a_comment_leaves_the_others(house: House) -> None:
    one, two = house.subscribed(), house.subscribed(content="Another thought.")
    house.replied(one)
    (notice,) = house.deliver()
    assert house.client.post(link(notice, "stop"), data={"which": "comment"}).status_code == 200
    house.replied(one, author="Cleo")
    house.replied(two, author="Dan")
    assert [letter.message["Subject"].split()[0] for letter in house.deliver()] == ["Bob", "Dan"]


def test_a_notice_whose_reader_left_while_it_waited_is_not_sent(house: House) -> None:
    comment = house.subscribed()
    house.server.says = {"MAIL": "451 later"}
    house.replied(comment)
    deliver("blog", "")
    until(lambda: house.waits("notice").attempts == 1)
    house.storage.subscriptions.unsubscribe("blog", comment.identity)
    house.server.says = {}
    house.hurry("notice")
    assert house.deliver() == []
    assert house.waits("notice").course is DeliveryStatus.DROPPED


# When it does not arrive


def test_a_server_that_is_down_gets_it_later(house: House) -> None:
    comment = house.subscribed()
    house.server.says = {"": "421 not now"}
    house.replied(comment)
    deliver("blog", "")
    until(lambda: house.waits("notice").attempts == 1)
    waits = house.waits("notice")
    assert (waits.course, waits.answer, waits.error) == (DeliveryStatus.PENDING, 421, "refused")
    assert waits.due > datetime.now(UTC) + timedelta(seconds=3)
    house.server.says = {}
    house.hurry("notice")
    assert len(house.deliver()) == 1
    assert house.storage.deliveries.figures("blog").mailed == {"retried": 1, "delivered": 1}


def test_an_address_that_refuses_holds_nobody_up(house: House) -> None:
    poison = house.subscribed(email="poison@example.org")
    comment = house.subscribed()
    house.server.says = {"RCPT TO:<poison@": "550 nobody here"}
    for n in range(3):
        house.replied(poison, content=f"{n}")
        house.replied(comment, content=f"{n}")
    assert [letter.to for letter in house.deliver()] == ["ada@example.org"] * 3
    assert house.storage.deliveries.figures("blog").mailed == {"failed": 3, "delivered": 3}


def test_a_courier_that_dies_after_taking_a_letter_loses_nothing(house: House) -> None:
    house.replied(house.subscribed())
    install(replace(house.deps, senders=_closed()))
    deliver("blog", "")
    assert house.storage.deliveries.claim("blog", "notice", 0.01)
    install(house.deps)
    until(lambda: house.storage.deliveries.due("blog", list(MAILS)) == ["notice"])
    assert len(house.deliver()) == 1


def _closed() -> SenderPool:
    senders = SenderPool(1)
    senders.close()
    return senders


def test_a_mail_server_that_stalls_holds_up_no_webhook(house: House) -> None:
    house.server.hold = Event()
    with Receiver() as receiver:
        http, senders = GuardedHTTP(frozenset({receiver.authority})), SenderPool(2)
        install(replace(house.deps, http=http, senders=senders))
        comment = house.subscribed()
        house.replied(comment, notify="replies")  # one to tell, and one to ask
        deliver("blog", "")
        until(lambda: "DATA" in house.server.lines)
        hook = Webhook("hook", receiver.url, now(), ("k1",))
        house.storage.sites.put(a_site(webhooks=(hook,)))
        house.replied(comment, author="Cleo")
        deliver("blog", "")
        until(lambda: len(receiver.requests) == 1)
        house.server.hold.set()
        senders.close()


def test_a_letter_that_is_sent_twice_says_that_it_is_the_same(house: House) -> None:
    comment = house.subscribed()
    house.server.says = {".": ""}  # it is taken, and the answer is lost
    reply = house.replied(comment)
    deliver("blog", "")
    until(lambda: house.waits("notice").attempts == 1)
    assert house.waits("notice").error == "broken"
    house.server.says = {}
    house.hurry("notice")
    (letter,) = house.deliver()
    assert letter.message["Message-ID"] == f"<reply.{reply.id}@blog.example>"
