"""Review pages: content, forms without JavaScript, and errors."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.lifecycle import ALLOWED, Action, Role, Status, actions_for
from comments.model import Signal
from service.review.presenter import thread_link, web_link
from service.review.queue_pages import CARDS_PER_PAGE
from service.web.page_elements import relative_time
from tests.support.builders import NOW, a_site
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, held, judged, page


def buttons(text: str) -> list[str]:
    return [b.get("value") for b in parse(text).iterfind(".//article//form[@class='actions']/button")]


def press(user: SignedInClient, comment, action: str, **fields):
    return user.post_form(f"/review/blog/{comment.id}", version=comment.version, action=action, **fields)


# Content


def test_the_first_page_lists_the_own_sites_with_pending_counts(web_app, mo):
    held(web_app.storage)
    held(web_app.storage, site="shop")
    text = page(mo, "/review")
    assert "The blog" in text
    assert "1 to review" in text
    assert "The shop" not in text


def test_members_of_several_sites_get_a_queue_of_all_sites(web_app, mo):
    held(web_app.storage)
    held(web_app.storage, site="shop")
    assert "/review/all" not in page(mo, "/review")
    root = parse(page(web_app.signed_in("both", blog="viewer", shop="owner"), "/review"))
    link = root.find(".//main//a[@href='/review/all']")
    assert "2 to review" in "".join(link.itertext())


def test_an_account_without_a_site_gets_an_explanation(web_app):
    assert "replygate moderator add" in page(web_app.signed_in("new"), "/review")


def test_a_card_shows_author_thread_text_and_signals(web_app, mo):
    judged(
        web_app.storage,
        Action.HOLD,
        Signal("links.count", 1.0, "3 links; this site expects fewer than 2", 3.0),
        score=3.4,
        author="Ines",
        email="ines@example.org",
        url="https://ines.example",
        thread="https://blog.example/bread",
        content="I *like* it",
    )
    text = page(mo, "/review/blog")
    for shown in ("Ines", "ines@example.org", 'href="https://ines.example"', 'href="https://blog.example/bread"'):
        assert shown in text
    for shown in ("<em>like</em>", "I *like* it", "links.count", "3 links; this site expects fewer than 2", "+3.0"):
        assert shown in text
    assert "3.4 points; review from 3, spam from 8" in text


def test_a_card_shows_the_authors_counts_and_first_comment(web_app, mo):
    judged(web_app.storage, Action.HOLD, author="Ines")
    judged(web_app.storage, Action.HOLD, author="Nobody known", email="", identity="")
    text = page(mo, "/review/blog")
    assert "First comment." in text
    assert "No email." in text
    judged(web_app.storage, Action.APPROVE, received=NOW - timedelta(days=200))
    judged(web_app.storage, Action.SPAM, received=NOW - timedelta(days=2))
    record = parse(page(mo, "/review/blog?author=Ines")).find(".//p[@class='record small']")
    assert " ".join("".join(record.itertext()).split()) == "1 approved, 1 spam, first seen 2026-05-06."


def test_a_signal_that_always_holds_says_so(web_app, mo):
    held(web_app.storage)
    assert "Needs a moderator" in page(mo, "/review/blog")


@pytest.mark.parametrize(("log_odds", "said"), [(3.0, "95 %"), (9.0, "99 %"), (-9.0, "1 %")])
def test_a_card_shows_the_learned_probability_of_spam(web_app, mo, log_odds, said):
    judged(web_app.storage, Action.HOLD, log_odds=log_odds)
    line = parse(page(mo, "/review/blog")).find(".//p[@class='judged']")
    assert f", {said} spam by the trained models" in " ".join("".join(line.itertext()).split())


def test_a_card_shows_the_thresholds_of_its_decision(web_app, mo):
    held(web_app.storage)
    web_app.storage.sites.put(replace(web_app.storage.sites.get("blog"), hold_at=1.0, spam_at=2.0))
    assert "review from 3, spam from 8" in page(mo, "/review/blog")


def test_masked_words_are_shown_masked_and_as_written(web_app, mo):
    judged(web_app.storage, Action.HOLD, content="darn it", masked="•••• it")
    card = parse(page(mo, "/review/blog")).find(".//article")
    assert "".join(card.find(".//div[@class='content']").itertext()).strip() == "•••• it"
    assert card.find(".//pre").text == "darn it"


@pytest.mark.parametrize("status", ALLOWED[Role.MODERATOR])
def test_the_buttons_follow_the_lifecycle(web_app, mo, storage, status):
    comment = held(storage)
    if status is not Status.HELD:
        action = {Status.APPROVED: "approve", Status.SPAM: "spam", Status.REMOVED: "remove"}[status]
        press(mo, comment, action)
    expected = [a.value for a in actions_for(Role.MODERATOR, status)] + ([] if status is Status.HELD else ["undo"])
    assert buttons(page(mo, f"/review/blog?status={status}")) == expected


def test_every_status_has_its_entry_with_its_count(web_app, mo):
    for action, n in ((Action.HOLD, 3), (Action.APPROVE, 2), (Action.SPAM, 1)):
        for _ in range(n):
            judged(web_app.storage, action)
    entries = parse(page(mo, "/review/blog")).findall(".//nav[@aria-label='Site']//a")[:4]
    assert [" ".join("".join(e.itertext()).split()) for e in entries] == [
        "Needs review 3",
        "Published 2",
        "Spam 1",
        "Removed 0",
    ]


def test_the_queue_has_pages(web_app, mo):
    ids = [held(web_app.storage, received=NOW + timedelta(seconds=n)).id for n in range(CARDS_PER_PAGE + 3)]
    first = parse(page(mo, "/review/blog"))
    onward = first.find(".//a[@rel='next']").get("href")
    rest = parse(page(mo, onward))
    seen = [a.get("data-id") for root in (first, rest) for a in root.iterfind(".//article")]
    assert seen == ids
    newest = parse(page(mo, "/review/blog?order=newest"))
    assert [a.get("data-id") for a in newest.iterfind(".//article")] == ids[::-1][:CARDS_PER_PAGE]


@pytest.mark.parametrize("status", ["held", "approved", "spam", "removed"])
def test_an_empty_list_says_what_to_do_next(web_app, mo, status):
    root = parse(page(mo, f"/review/blog?status={status}"))
    assert root.find(".//div[@class='empty']//a").get("href").startswith("/review/blog")


@pytest.mark.parametrize("query", ["status=queued", "order=up", "cursor=%00", "page=2", "status=held&status=spam"])
def test_an_invalid_address_is_refused(web_app, mo, query):
    assert mo.get(f"/review/blog?{query}", headers=HTML).status_code == 422


def test_the_page_of_a_comment_shows_its_history(web_app, mo):
    comment = held(web_app.storage, user_agent="Mozilla/5.0")
    press(mo, comment, "spam")
    text = page(mo, f"/review/blog/{comment.id}")
    items = ["".join(li.itertext()) for li in parse(text).iterfind(".//ol[@class='history panel']/li")]
    assert ["Received" in items[0], "the filters" in items[1], "mo" in items[2]] == [True] * 3
    assert "Mozilla/5.0" in text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ({"seconds": 5}, "just now"),
        ({"minutes": 3}, "3 min ago"),
        ({"hours": 23}, "23 h ago"),
        ({"hours": 30}, "yesterday"),
        ({"days": 9}, "9 days ago"),
        ({"minutes": -5}, "just now"),
    ],
)
def test_times_are_shown_relative_to_now(before, words):
    assert relative_time(NOW - timedelta(**before), NOW) == words


@pytest.mark.parametrize(
    ("thread", "link"),
    [
        ("https://blog.example/a?b#c", "https://blog.example/a?b#c"),
        ("/2026/bread", "https://blog.example/2026/bread"),
        ("first-post", ""),
        ("javascript:alert(1)", ""),
        ("//evil.example", ""),
    ],
)
def test_a_thread_links_to_its_page_if_it_has_one(thread, link):
    assert thread_link(thread, a_site()) == link


@pytest.mark.parametrize(
    "text", ["", "x", "ftp://a", "http://", "https://a b", "https://a\\b", "https://[", "data:,x", " https://a"]
)
def test_only_plain_web_addresses_become_links(text):
    assert web_link(text) == ""


# Forms without JavaScript


@pytest.mark.parametrize(("action", "status"), [("approve", "approved"), ("spam", "spam"), ("remove", "removed")])
def test_a_button_decides_and_redirects_to_the_queue_with_an_undo(web_app, mo, action, status):
    comment = held(web_app.storage)
    answer = press(mo, comment, action, status="held", order="newest")
    assert answer.status_code == 303
    assert answer.location.startswith("/review/blog?")
    assert "order=newest" in answer.location
    assert web_app.storage.comments.get("blog", comment.id).status == status
    root = parse(page(mo, answer.location))
    undo = root.find(".//form[@class='undo-last']")
    fields = {i.get("name"): i.get("value") for i in undo.iterfind("input")}
    back = mo.client.post(undo.get("action"), data=fields | {"action": "undo"})
    assert back.status_code == 303
    assert web_app.storage.comments.get("blog", comment.id).status is Status.HELD
    assert "Undone" in page(mo, back.location)


def test_a_button_on_the_page_of_a_comment_redirects_back_to_it(web_app, mo):
    comment = held(web_app.storage)
    assert press(mo, comment, "approve", alone="1").location == f"/review/blog/{comment.id}"


def test_a_stale_button_says_so_and_shows_the_new_state(web_app, mo):
    comment = held(web_app.storage)
    bo = web_app.signed_in("bo", blog="moderator")
    press(bo, comment, "approve")
    late = press(mo, comment, "spam")
    assert late.status_code == 409
    assert "Someone else was faster" in late.text
    assert "Published" in late.text
    assert buttons(late.text) == ["spam", "remove", "undo"]
    assert web_app.storage.comments.get("blog", comment.id).status is Status.APPROVED


def test_an_unknown_action_is_refused(web_app, mo):
    comment = held(web_app.storage)
    for fields in ({"action": "hold"}, {"action": ""}, {"action": "approve", "version": "x"}, {"action": "undo"}):
        answer = mo.post_form(f"/review/blog/{comment.id}", **{"version": comment.version, **fields})
        assert answer.status_code == 422
    assert web_app.storage.comments.get("blog", comment.id) == comment


def test_the_page_of_a_decided_comment_shows_its_current_state(web_app, mo):
    comment = held(web_app.storage)
    press(mo, comment, "approve")
    after = web_app.storage.comments.get("blog", comment.id)
    press(mo, after, "spam")
    assert "Marked as spam" in page(mo, f"/review/blog?decided={comment.id}")
    assert page(mo, "/review/blog?decided=missing") == page(mo, "/review/blog")
