"""Mail about replies, all the way: from the tick in a form to the mail, and to the click after which none comes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask.testing import FlaskClient

from comments.drafts import drafted, withdrawn
from comments.lifecycle import Action, Status
from comments.model import Comment, Webhook
from comments.notices import MAILS
from comments.relay import Relay
from comments.storage import Change, Course, Delivery, Storage
from tests.builders import a_site, an_admission, decided, moderated, published, settings
from tests.integration.asked import Asked
from tests.integration.web import HTML, SUBMIT, Web, a_reply, open_web
from tests.mail_server import Letter, MailServer
from tests.receiver import Receiver
from tests.waiting import until
from workers.couriers import Couriers
from workers.deps import Deps, install, now
from workers.jobs import deliver
from workers.mailer import Mailer
from workers.notices import AN_HOUR, MOST_ASKING
from workers.outgoing import Outgoing
from workers.policy import build

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
            return self.storage.deliveries.posted("blog").pending == 0

        until(is_done)
        return self.server.letters

    def waits(self, kind: str) -> Delivery:
        """The only delivery of a kind."""
        (found,) = (d for d in self.storage.deliveries.recent("blog", 50) if d.webhook == kind)
        return found

    def hurry(self, kind: str) -> None:
        """Let it be due now, as time would."""
        delivery = self.waits(kind)
        assert self.storage.deliveries.settle("blog", delivery, replace(delivery, due=datetime.now(UTC)))

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


@pytest.fixture
def house(storage: Storage) -> Iterator[House]:
    with MailServer() as server:
        web = open_web(storage, smtp_url=server.relay, mail_from=SENDER)
        yield a_house(storage, server, web)


def a_house(storage: Storage, server: MailServer, web: Web) -> House:
    chosen = settings(smtp_url=server.relay, mail_from=SENDER)
    mailer = Mailer(server.relay, SENDER)
    made = Deps(chosen, storage, Asked(), (), build((), {}), now, Outgoing(), Couriers(), mailer)
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
    until(lambda: all(house.storage.deliveries.posted(f"site-{n}").pending == 0 for n in range(8)))
    assert len(house.server.letters) == 5


def test_a_site_asks_so_many_in_an_hour_and_no_more(house: House) -> None:
    for _ in range(MOST_ASKING):
        house.storage.people.attempt("questions from blog", MOST_ASKING, AN_HOUR)
    comment = house.approved()
    assert house.deliver() == []
    assert house.storage.subscriptions.ask("blog", comment.identity, "the next one's")


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
    assert house.waits("confirmation").course is Course.DROPPED
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
    assert house.storage.comments.decide("blog", [Change(reply, withdrawn(reply, now()))]) == [True]
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
    assert house.waits("notice").course is Course.DROPPED


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
    house.storage.subscriptions.leave("blog", comment.identity)
    house.server.says = {}
    house.hurry("notice")
    assert house.deliver() == []
    assert house.waits("notice").course is Course.DROPPED


# When it does not arrive


def test_a_server_that_is_down_gets_it_later(house: House) -> None:
    comment = house.subscribed()
    house.server.says = {"": "421 not now"}
    house.replied(comment)
    deliver("blog", "")
    until(lambda: house.waits("notice").attempts == 1)
    waits = house.waits("notice")
    assert (waits.course, waits.answer, waits.error) == (Course.PENDING, 421, "refused")
    assert waits.due > datetime.now(UTC) + timedelta(seconds=3)
    house.server.says = {}
    house.hurry("notice")
    assert len(house.deliver()) == 1
    assert house.storage.deliveries.posted("blog").mailed == {"retried": 1, "delivered": 1}


def test_an_address_that_refuses_holds_nobody_up(house: House) -> None:
    poison = house.subscribed(email="poison@example.org")
    comment = house.subscribed()
    house.server.says = {"RCPT TO:<poison@": "550 nobody here"}
    for n in range(3):
        house.replied(poison, content=f"{n}")
        house.replied(comment, content=f"{n}")
    assert [letter.to for letter in house.deliver()] == ["ada@example.org"] * 3
    assert house.storage.deliveries.posted("blog").mailed == {"failed": 3, "delivered": 3}


def test_a_courier_that_dies_after_taking_a_letter_loses_nothing(house: House) -> None:
    house.replied(house.subscribed())
    install(replace(house.deps, couriers=_closed()))
    deliver("blog", "")
    assert house.storage.deliveries.take("blog", "notice", 0.01)
    install(house.deps)
    until(lambda: house.storage.deliveries.due("blog", list(MAILS)) == ["notice"])
    assert len(house.deliver()) == 1


def _closed() -> Couriers:
    couriers = Couriers(1)
    couriers.close()
    return couriers


def test_a_mail_server_that_stalls_holds_up_no_webhook(house: House) -> None:
    house.server.hold = Event()
    with Receiver() as receiver:
        outgoing, couriers = Outgoing(frozenset({receiver.authority})), Couriers(2)
        install(replace(house.deps, outgoing=outgoing, couriers=couriers))
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
        couriers.close()


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


# The pages


def test_a_link_that_somebody_made_up_leads_nowhere(house: House) -> None:
    house.approved()
    (question,) = house.deliver()
    confirm = link(question, "confirm")
    for path in (confirm[:-1] + "x", confirm.replace("/confirm/", "/stop/"), confirm.replace("/blog/", "/shop/")):
        for answer in (house.client.get(path), house.client.post(path)):
            assert answer.status_code == 404
    assert not house.storage.subscriptions.wants("blog", house.web.pseudonyms.author("ada@example.org"), "x")


def test_a_question_is_good_for_a_week(house: House) -> None:
    comment = house.approved()
    install(replace(house.deps, now=lambda: now() - timedelta(days=7, seconds=1)))
    (question,) = house.deliver()
    for answer in (house.client.get(link(question, "confirm")), house.client.post(link(question, "confirm"))):
        assert (answer.status_code, "expired" in answer.text) == (410, True)
    assert not house.storage.subscriptions.wants("blog", comment.identity, comment.id)
    assert house.client.post(one_click(question)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"data": b"", "content_type": None},
        {"data": b"\xff\x00", "content_type": "text/plain"},
    ],
)
def test_one_click_needs_nothing_but_a_post(house: House, body: dict[str, object]) -> None:
    comment = house.subscribed()
    house.replied(comment)
    (notice,) = house.deliver()
    headers = {"Origin": "https://webmail.example"}
    for _ in range(2):
        answer = house.client.post(one_click(notice), headers=headers, **body)
        assert answer.status_code == 200, "no redirect either: a mail program does not follow one"
    assert not house.storage.subscriptions.wants("blog", comment.identity, comment.id)


# Asking for it


def test_the_form_offers_it_only_where_mail_is_sent(house: House) -> None:
    assert house.client.get("/v1/sites/blog/form?thread=a").json["notify"] is True
    wrong = house.client.post(SUBMIT, data={"thread": "a", "notify": "replies"}, headers=HTML)
    assert re.search(r'name="notify"[^>]* checked', wrong.text)


def test_whoever_asked_is_told_to_expect_a_question(house: House) -> None:
    sent = house.client.post(SUBMIT, data=a_reply(notify="replies"), headers=HTML)
    assert "a mail asks you to confirm" in house.client.get(sent.location, headers=HTML).text
    plain = house.client.post(SUBMIT, data=a_reply(content="Another."), headers=HTML)
    assert "a mail asks" not in house.client.get(plain.location, headers=HTML).text


def test_without_a_mail_server_asking_is_refused_in_words(storage: Storage) -> None:
    web = open_web(storage)
    answer = web.client.post(SUBMIT, json=a_reply(notify="replies"))
    assert answer.status_code == 422
    assert answer.json["problems"] == [
        {"field": "notify", "code": "off", "message": "cannot be asked for: no mail is sent from here"}
    ]
    assert web.client.post(SUBMIT, json=a_reply(notify="")).status_code == 202
    assert web.client.get("/v1/sites/blog/form?thread=a").json["notify"] is False
    assert "notify" not in web.client.post(SUBMIT, data={"thread": "a"}, headers=HTML).text


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"notify": "everything"}, "notify", "value"),
        ({"notify": True}, "notify", "string_type"),
        ({"notify": "replies", "email": ""}, "email", "required"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(storage: Storage, fields: dict[str, object], field: str, code: str) -> None:
    web = open_web(storage, a_site(required=("content",)), smtp_url=Relay("localhost", 25), mail_from=SENDER)
    answer = web.client.post(SUBMIT, json=a_reply(**fields))
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [(field, code)]


def test_wordpress_forms_may_ask_too(house: House) -> None:
    fields = {"author": "Ada", "email": "ada@example.org", "comment": "Hello", "comment_post_ID": "7"}
    answer = house.client.post("/v1/sites/blog/wp-comments-post.php", data={**fields, "notify": "replies"})
    assert answer.status_code == 303
    (queued,) = house.storage.comments.by_status("blog", Status.QUEUED, 2).rows
    assert queued.notify == "replies"
