"""Moderators get emails about comments that need review: when they chose so, as often as they chose, and no more."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from comments.drafts import drafted
from comments.lifecycle import Action
from comments.model import STAFF
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic
from comments.site import Webhook
from comments.storage.interfaces import Storage
from comments.storage.notices import NoticeItem
from tests.support.builders import an_admission, decided, moderated, published
from tests.support.notices import ATTACK, INSTANT, NoticeDeployment, links, open_notices
from workers.delivery.notice_sender import MAX_NOTICE_ATTEMPTS

DAILY = replace(INSTANT, frequency=NoticeFrequency.DAILY)


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage) as deployment:
        yield deployment


def test_nothing_is_sent_by_default(notices: NoticeDeployment) -> None:
    notices.add_person(notices=())
    notices.held()
    assert notices.letters() == []


def test_nothing_is_sent_to_an_address_that_is_not_confirmed(notices: NoticeDeployment) -> None:
    notices.add_person(email_confirmed=False)
    notices.held()
    assert notices.letters() == []


def test_a_moderator_gets_a_notice_with_counts_article_reasons_and_links(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.storage.thread_details.put("blog", "first-post", "The pier in winter", None)
    comment = notices.held(ATTACK)
    (letter,) = notices.letters()
    assert letter.to == "ines@staff.example"
    assert letter.message["Subject"] == "1 comment needs review (1 urgent) · A blog"
    for text in (letter.text, letter.html):
        assert "Urgent" in text
        assert "The pier in winter" in text
        assert f"/review/blog/{comment.id}" in text
    assert [len(links(letter, label)) for label in ("Approve", "Spam", "Remove", "Open")] == [1, 1, 1, 1]
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_an_email_contains_no_name_and_no_text_by_default(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.held(author="Buy pills", content="Something about the pier.")
    (letter,) = notices.letters()
    assert "pills" not in letter.raw.decode()
    assert "Something" not in letter.raw.decode()


def test_the_text_is_quoted_if_the_moderator_chose_so(notices: NoticeDeployment) -> None:
    notices.add_person(choice=replace(INSTANT, with_text=True))
    notices.held(author="Gus <b>", content="A walk & a <script>.")
    (letter,) = notices.letters()
    assert "> A walk & a <script>." in letter.text
    assert "A walk &amp; a &lt;script&gt;." in letter.html
    assert "Gus &lt;b&gt;" in letter.html


@pytest.mark.parametrize("state", [{"log_odds": 3.0}, {"log_odds": 0.0}, {"score": 3.5}])
def test_what_looks_like_spam_is_never_quoted(notices: NoticeDeployment, state: dict[str, float]) -> None:
    notices.add_person(choice=replace(INSTANT, with_text=True))
    notices.held(content="Cheap watches here.", **state)
    (letter,) = notices.letters()
    assert "watches" not in letter.raw.decode()


def test_a_name_that_a_visitor_gave_a_thread_is_not_shown(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.held(thread="cheap watches")
    (letter,) = notices.letters()
    assert "watches" not in letter.raw.decode()


def test_only_the_chosen_topics_are_sent(notices: NoticeDeployment) -> None:
    notices.add_person(choice=replace(INSTANT, topics=(NoticeTopic.URGENT,)))
    notices.held()
    assert notices.letters() == []
    notices.held(ATTACK)
    assert len(notices.letters()) == 1


def test_a_reply_to_the_team_is_sent(notices: NoticeDeployment) -> None:
    notices.add_person(choice=replace(INSTANT, topics=(NoticeTopic.REPLY,)))
    staff = published(notices.storage, role=STAFF)
    published(notices.storage, parent=staff.id)
    (letter,) = notices.letters()
    assert letter.message["Subject"] == "1 reply to the team · A blog"


def test_a_comment_that_was_decided_before_the_digest_is_not_in_it(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    moderated(notices.storage, notices.held(), Action.APPROVE)
    waiting = notices.held()
    assert notices.letters() == []
    notices.advance(days=1)
    (letter,) = notices.letters()
    assert letter.message["Subject"] == "1 comment needs review · A blog"
    assert waiting.id in letter.text


def test_no_digest_is_sent_if_everything_was_decided(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    comment = notices.held()
    notices.send()
    moderated(notices.storage, comment, Action.APPROVE)
    notices.advance(days=1)
    assert notices.letters() == []


def test_a_late_worker_sends_one_digest_with_each_comment_once(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    comments = [notices.held(ATTACK) for _ in range(3)]
    notices.send()
    notices.advance(days=6)
    (letter,) = notices.letters()
    assert letter.message["Subject"] == "3 comments need review (3 urgent) · A blog"
    assert [letter.text.count(f"/review/blog/{comment.id}") for comment in comments] == [1, 1, 1]
    notices.advance(days=3)
    assert len(notices.letters()) == 1


def test_a_clock_that_ran_ahead_for_a_while_neither_repeats_nor_stops_digests(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    notices.advance(days=300)
    notices.held()
    notices.send()
    notices.advance(days=-300)
    notices.held()
    notices.send()
    notices.advance(days=1)
    assert len(notices.letters()) == 1
    assert "2 comments" in notices.mail.letters[0].message["Subject"]


def test_instant_notices_beyond_the_cap_go_into_one_digest(notices: NoticeDeployment) -> None:
    notices.add_person(choice=replace(INSTANT, per_hour=2))
    for _ in range(5):
        notices.held()
        notices.send()
    assert len(notices.mail.letters) == 2
    assert notices.storage.notices.figures()["blog", "email", "capped"] == 3
    notices.advance(hours=1, seconds=1)
    client = notices.storage.people._client  # type: ignore[attr-defined]
    client.delete(*[key for key in client.scan_iter() if b":tries:" in key])  # an hour of the server's clock
    assert len(notices.letters()) == 3
    assert notices.mail.letters[-1].message["Subject"] == "3 comments need review · A blog"


def test_nothing_is_sent_in_quiet_hours_and_all_of_it_after_them(notices: NoticeDeployment) -> None:
    hour = notices.clock().hour
    quiet = replace(INSTANT, quiet_from=hour, quiet_to=(hour + 2) % 24)
    notices.add_person(choice=quiet)
    for _ in range(3):
        notices.held()
        notices.send()
    assert notices.mail.letters == []
    notices.advance(hours=2)
    assert [letter.message["Subject"] for letter in notices.letters()] == ["3 comments need review · A blog"]


def test_a_refusing_mail_server_gets_the_notice_again_later(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.mail.says = {"MAIL FROM": "451 later"}
    notices.held()
    assert notices.letters() == []
    notices.mail.says = {}
    assert notices.letters() == []
    notices.advance(seconds=5)
    assert len(notices.letters()) == 1


def test_the_last_attempt_at_a_notice_is_made(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.mail.says = {"MAIL FROM": "451 later"}
    notices.held()
    for _ in range(MAX_NOTICE_ATTEMPTS - 1):
        notices.send()
        notices.advance(hours=1)
    notices.mail.says = {}
    assert len(notices.letters()) == 1


def test_a_permanent_refusal_is_counted_and_reported_to_owners(notices: NoticeDeployment) -> None:
    notices.add_person()
    notices.add_person("Omar", role="owner", email="omar@staff.example")
    notices.mail.says = {"RCPT TO:<ines": "550 no such user"}
    notices.held()
    notices.send()
    assert notices.storage.notices.figures()["blog", "email", "failed"] == 1
    texts = [letter.text for letter in notices.letters()]
    assert any("notice to email to Ines: refused" in text for text in texts)


def test_a_moderator_who_lost_the_role_gets_nothing(notices: NoticeDeployment) -> None:
    person = notices.add_person(choice=DAILY)
    notices.held()
    notices.send()
    notices.storage.people.put(replace(person, roles={"blog": "viewer"}))
    notices.advance(days=1)
    assert notices.letters() == []


def test_moderators_get_no_messages_about_the_site(notices: NoticeDeployment) -> None:
    assert NoticeTopic.FAILURE in NoticeChoice(topics=tuple(NoticeTopic)).topics
    notices.add_person()
    notices.mail.says = {"RCPT TO": "550 no such user"}
    notices.held()
    notices.send()
    notices.mail.says = {}
    notices.advance(hours=2)
    assert notices.letters() == []


def test_a_long_digest_lists_the_urgent_ones_and_counts_the_rest(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    for _ in range(11):
        notices.held()
    urgent = notices.held(ATTACK)
    notices.send()
    notices.advance(days=1)
    (letter,) = notices.letters()
    assert "And 4 more." in letter.text
    assert letter.text.index(urgent.id) < letter.text.index("Needs review")


def test_a_digest_after_a_flood_loads_a_bounded_number_of_comments(notices: NoticeDeployment) -> None:
    notices.add_person(choice=DAILY)
    now = notices.clock()
    urgent = notices.held(ATTACK)
    notices.send()
    flood = [NoticeItem("review", f"{n:026d}", 1) for n in range(3000)]
    notices.storage.notices.add("blog", "mail:Ines", flood, now, now)
    (letter,) = notices.letters()
    assert urgent.id in letter.text
    assert "And 2501 more." in letter.text


def test_a_comment_that_nobody_needs_to_see_does_not_count_against_the_cap(notices: NoticeDeployment) -> None:
    notices.add_person(choice=replace(INSTANT, per_hour=1))
    comment = notices.held()
    moderated(notices.storage, comment, Action.APPROVE)
    assert notices.letters() == []
    notices.held()
    assert len(notices.letters()) == 1


def test_an_edit_that_needs_review_is_sent_to_moderators_and_not_to_webhooks(notices: NoticeDeployment) -> None:
    notices.add_person()
    hook = Webhook("hook", "https://hook.example/", notices.clock(), ("k",))
    notices.storage.sites.put(replace(notices.storage.sites.get("blog"), webhooks=(hook,)))
    draft = drafted(published(notices.storage), "Other words.", notices.clock())
    notices.storage.comments.accept(draft, an_admission())
    decided(notices.storage, draft, Action.HOLD)
    (letter,) = notices.letters()
    assert f"/review/blog/{draft.id}" in letter.text
    events = {delivery.comment for delivery in notices.storage.deliveries.recent("blog", 9)}
    assert events == {draft.draft_of}
