"""The moderators' pages: what they show, what they do without JavaScript, and whom they refuse."""

from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from comments.lifecycle import ALLOWED, Action, Role, Status, actions_for
from comments.model import Person, Signal
from comments.storage import Storage
from service.headers import ALWAYS
from service.review import PER_PAGE, ago
from service.reviewed import thread_link, web_link
from tests.builders import NOW, a_site
from tests.desk import Desk, Seat, a_desk, held, judged
from tests.markup import dangers, parse, shape
from tests.payloads import payloads

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return a_desk(storage)


@pytest.fixture
def mo(desk: Desk) -> Seat:
    return desk.signed_in("mo", blog="moderator")


def page(seat: Seat, path: str) -> str:
    answer = seat.get(path, headers=HTML)
    assert answer.status_code == 200, answer.status
    return answer.text


def buttons(text: str) -> list[str]:
    return [b.get("value") for b in parse(text).iterfind(".//article//form[@class='actions']/button")]


def press(seat: Seat, comment, action: str, **fields):
    return seat.post_form(f"/review/blog/{comment.id}", version=comment.version, action=action, **fields)


# What the pages show.


def test_the_first_page_lists_ones_own_sites_with_what_waits(desk, mo):
    held(desk.storage)
    held(desk.storage, site="shop")
    text = page(mo, "/review")
    assert "The blog" in text
    assert "1 held" in text
    assert "The shop" not in text


def test_somebody_without_a_site_is_told_what_to_do(desk):
    assert "replygate moderator add" in page(desk.signed_in("new"), "/review")


def test_a_card_shows_who_where_what_and_why(desk, mo):
    judged(
        desk.storage,
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
    assert "3.4 points; held from 3, spam from 8" in text


def test_a_signal_that_asks_for_a_person_says_so(desk, mo):
    held(desk.storage)
    assert "asks for a person" in page(mo, "/review/blog")


def test_a_card_shows_the_thresholds_of_the_day_it_was_judged(desk, mo):
    held(desk.storage)
    desk.storage.sites.put(replace(desk.storage.sites.get("blog"), hold_at=1.0, spam_at=2.0))
    assert "held from 3, spam from 8" in page(mo, "/review/blog")


def test_masked_words_are_shown_as_readers_get_them_and_as_they_were_sent(desk, mo):
    judged(desk.storage, Action.HOLD, content="darn it", masked="•••• it")
    card = parse(page(mo, "/review/blog")).find(".//article")
    assert "".join(card.find(".//div[@class='content']").itertext()).strip() == "•••• it"
    assert card.find(".//pre").text == "darn it"


@pytest.mark.parametrize("status", ALLOWED[Role.MODERATOR])
def test_the_buttons_are_those_of_the_lifecycle(desk, mo, storage, status):
    comment = held(storage)
    if status is not Status.HELD:
        action = {Status.APPROVED: "approve", Status.SPAM: "spam", Status.REMOVED: "remove"}[status]
        press(mo, comment, action)
    expected = [a.value for a in actions_for(Role.MODERATOR, status)] + ([] if status is Status.HELD else ["undo"])
    assert buttons(page(mo, f"/review/blog?status={status}")) == expected


def test_every_status_has_its_tab_with_its_count(desk, mo):
    for action, n in ((Action.HOLD, 3), (Action.APPROVE, 2), (Action.SPAM, 1)):
        for _ in range(n):
            judged(desk.storage, action)
    tabs = parse(page(mo, "/review/blog")).findall(".//nav[@class='tabs']/a")
    assert [" ".join("".join(t.itertext()).split()) for t in tabs] == ["Held 3", "Approved 2", "Spam 1", "Removed 0"]


def test_the_queue_goes_on_where_a_page_ends(desk, mo):
    ids = [held(desk.storage, received=NOW + timedelta(seconds=n)).id for n in range(PER_PAGE + 3)]
    first = parse(page(mo, "/review/blog"))
    onward = first.find(".//a[@rel='next']").get("href")
    rest = parse(page(mo, onward))
    seen = [a.get("data-id") for root in (first, rest) for a in root.iterfind(".//article")]
    assert seen == ids
    newest = parse(page(mo, "/review/blog?order=newest"))
    assert [a.get("data-id") for a in newest.iterfind(".//article")] == ids[::-1][:PER_PAGE]


@pytest.mark.parametrize("status", ["held", "approved", "spam", "removed"])
def test_an_empty_list_says_what_to_do_next(desk, mo, status):
    root = parse(page(mo, f"/review/blog?status={status}"))
    assert root.find(".//div[@class='empty']//a").get("href").startswith("/review/blog")


@pytest.mark.parametrize("query", ["status=queued", "order=up", "cursor=%00", "page=2", "status=held&status=spam"])
def test_an_address_nobody_can_mean_is_refused(desk, mo, query):
    assert mo.get(f"/review/blog?{query}", headers=HTML).status_code == 422


def test_ones_own_page_of_a_comment_shows_its_history(desk, mo):
    comment = held(desk.storage, user_agent="Mozilla/5.0")
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
def test_times_are_told_as_people_do(before, words):
    assert ago(NOW - timedelta(**before), NOW) == words


@pytest.mark.parametrize(
    ("thread", "link"),
    [
        ("https://blog.example/a?b#c", "https://blog.example/a?b#c"),
        ("/2026/bread", "https://blog.example/2026/bread"),
        ("first-post", ""),
        ("javascript:alert(1)", ""),
        ("//evil.example", "https://blog.example//evil.example"),
    ],
)
def test_a_thread_leads_to_its_page_where_it_has_one(thread, link):
    assert thread_link(thread, a_site()) == link


@pytest.mark.parametrize(
    "text", ["", "x", "ftp://a", "http://", "https://a b", "https://a\\b", "https://[", "data:,x", " https://a"]
)
def test_only_plain_web_addresses_become_links(text):
    assert web_link(text) == ""


# What they do without JavaScript.


@pytest.mark.parametrize(("action", "status"), [("approve", "approved"), ("spam", "spam"), ("remove", "removed")])
def test_a_button_settles_and_leads_back_to_the_queue_with_an_undo(desk, mo, action, status):
    comment = held(desk.storage)
    answer = press(mo, comment, action, status="held", order="newest")
    assert answer.status_code == 303
    assert answer.location.startswith("/review/blog?")
    assert "order=newest" in answer.location
    assert desk.storage.comments.get("blog", comment.id).status == status
    root = parse(page(mo, answer.location))
    undo = root.find(".//form[@class='undo-last']")
    fields = {i.get("name"): i.get("value") for i in undo.iterfind("input")}
    back = mo.client.post(undo.get("action"), data=fields | {"action": "undo"})
    assert back.status_code == 303
    assert desk.storage.comments.get("blog", comment.id).status is Status.HELD
    assert "Taken back" in page(mo, back.location)


def test_from_a_comments_own_page_one_stays_there(desk, mo):
    comment = held(desk.storage)
    assert press(mo, comment, "approve", alone="1").location == f"/review/blog/{comment.id}"


def test_a_stale_button_says_so_and_shows_the_new_state(desk, mo):
    comment = held(desk.storage)
    bo = desk.signed_in("bo", blog="moderator")
    press(bo, comment, "approve")
    late = press(mo, comment, "spam")
    assert late.status_code == 409
    assert "Somebody was faster" in late.text
    assert "approved" in late.text
    assert buttons(late.text) == ["spam", "remove", "undo"]
    assert desk.storage.comments.get("blog", comment.id).status is Status.APPROVED


def test_a_made_up_step_is_refused(desk, mo):
    comment = held(desk.storage)
    for fields in ({"action": "hold"}, {"action": ""}, {"action": "approve", "version": "x"}, {"action": "undo"}):
        answer = mo.post_form(f"/review/blog/{comment.id}", **{"version": comment.version, **fields})
        assert answer.status_code == 422
    assert desk.storage.comments.get("blog", comment.id) == comment


def test_the_address_of_a_settled_comment_tells_no_old_story(desk, mo):
    comment = held(desk.storage)
    press(mo, comment, "approve")
    after = desk.storage.comments.get("blog", comment.id)
    press(mo, after, "spam")
    assert "Marked as spam" in page(mo, f"/review/blog?settled={comment.id}")
    assert page(mo, "/review/blog?settled=missing") == page(mo, "/review/blog")


# Whom they refuse.

PAGES = ("/review/{site}", "/review/{site}?status=spam", "/review/{site}/{id}")
READS = (*PAGES, "/v1/sites/{site}/review/comments", "/v1/sites/{site}/review/comments/{id}")
WRITES = (
    "/review/{site}/{id}",
    "/v1/sites/{site}/review/comments/{id}/decisions",
    "/v1/sites/{site}/review/comments/{id}/undo",
    "/v1/sites/{site}/review/decisions",
)
ROLES = {"viewer": 0, "moderator": 1, "owner": 2}


def write(seat: Seat, path: str, comment, action="approve", headers=None, **arguments):
    """A well-formed change at any of the endpoints."""
    body: dict[str, object] = {"version": comment.version}
    if path.endswith("/decisions") and "/comments/" not in path:
        body = {"decisions": [{"id": comment.id, "version": comment.version, "action": action}]}
    elif not path.endswith("/undo"):
        body["action"] = action
    if path.startswith("/review"):
        return seat.client.post(path, data={"csrf": seat.csrf, **body}, headers=headers, **arguments)
    return seat.client.post(path, json=body, headers={"X-CSRF-Token": seat.csrf, **(headers or {})}, **arguments)


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_role_sees_its_own_site_and_nobody_a_foreign_one(desk, role):
    seat = desk.signed_in("mo", **({"blog": role} if role else {}))
    own, foreign = held(desk.storage), held(desk.storage, site="shop")
    for path in READS:
        mine = seat.get(path.format(site="blog", id=own.id))
        assert mine.status_code == (200 if role else 404)
        missing = told(seat.get(path.format(site="no-such-site", id=own.id)))
        assert missing[0] == 404
        assert told(seat.get(path.format(site="shop", id=foreign.id))) == missing
        if "{id}" in path:
            assert told(seat.get(path.format(site="blog", id=foreign.id))) == missing
            assert told(seat.get(path.format(site="blog", id="missing"))) == missing


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("path", WRITES)
def test_only_moderators_and_owners_decide_and_only_on_their_own_site(desk, role, path):
    seat = desk.signed_in("mo", **({"blog": role} if role else {}))
    own, foreign = held(desk.storage), held(desk.storage, site="shop")
    missing = told(write(seat, path.format(site="no-such-site", id=own.id), own))
    assert missing[0] == 404
    assert told(write(seat, path.format(site="shop", id=foreign.id), foreign)) == missing
    if "{id}" in path and role in ("moderator", "owner"):
        assert told(write(seat, path.format(site="blog", id=foreign.id), foreign)) == missing
        assert told(write(seat, path.format(site="blog", id="missing"), own)) == missing
    answer = write(seat, path.format(site="blog", id=own.id), own)
    good = 422 if path.endswith("/undo") else 303 if path.startswith("/review") else 200
    assert answer.status_code == {"": 404, "viewer": 403, "moderator": good, "owner": good}[role]
    assert desk.storage.comments.get("shop", foreign.id) == foreign
    decided = desk.storage.comments.get("blog", own.id) != own
    assert decided == (role in ("moderator", "owner") and not path.endswith("/undo"))


def test_strangers_are_told_the_same_of_everything(desk):
    own, stranger = held(desk.storage), Seat(desk.stranger(), "")
    answers = {told(stranger.get(p.format(site=s, id=i))) for p in READS for s in ("blog", "x") for i in (own.id, "x")}
    answers |= {told(write(stranger, p.format(site=s, id=own.id), own)) for p in WRITES for s in ("blog", "x")}
    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_a_role_that_is_taken_away_is_gone_at_once(desk, mo):
    person = desk.storage.people.get("mo")
    desk.storage.people.put(Person("mo", {}, person.password))
    assert mo.get("/review/blog").status_code == 404


def test_a_role_nobody_knows_allows_nothing(desk):
    seat = desk.signed_in("mo", blog="admin")
    assert seat.get("/review/blog").status_code == 403


@pytest.mark.parametrize("path", WRITES)
def test_no_change_is_made_that_nobody_meant(desk, mo, path):
    """Each wrong token, each wrong origin and each content type a page of another site can send."""
    comment, other = held(desk.storage), desk.signed_in("bo", blog="moderator")
    if path.endswith("/undo"):
        press(mo, comment, "spam")
    before = desk.storage.comments.get("blog", comment.id)
    at = path.format(site="blog", id=comment.id)
    tokens = ["", "x", other.csrf, mo.csrf[:-1], mo.csrf + "x"]
    refused = [write(replace(mo, csrf=token), at, before) for token in tokens]
    origins = ["null", "https://evil.example", "http://localhost.evil.example", "http://evil-localhost"]
    origins += ["https://localhost", "http://localhost:81", "http://localhost.", "HTTP://LOCALHOST", ""]
    refused += [write(mo, at, before, headers={"Origin": origin}) for origin in origins]
    refused += [write(mo, at, before, headers={"Sec-Fetch-Site": site}) for site in ("cross-site", "same-site", "")]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        refused.append(mo.client.post(at, data='{"action":"approve","version":1}', content_type=kind))
    assert {a.status_code for a in refused} == {403}
    assert desk.storage.comments.get("blog", comment.id) == before
    accepted = write(mo, at, before, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})
    assert accepted.status_code in (200, 303)


@pytest.mark.parametrize("path", WRITES)
def test_looking_never_decides(desk, mo, path):
    comment = held(desk.storage)
    at = path.format(site="blog", id=comment.id)
    for method in ("get", "head", "options"):
        getattr(mo.client, method)(at, query_string={"action": "approve", "version": comment.version, "csrf": mo.csrf})
    assert desk.storage.comments.get("blog", comment.id) == comment


def test_every_page_carries_the_headers_that_protect_it(desk, mo):
    comment = held(desk.storage)
    paths = ["/sign-in", "/link/x", "/account", "/review", "/review/blog", f"/review/blog/{comment.id}"]
    paths += ["/review/none", "/v1/sites/blog/review/comments"]
    for seat in (mo, Seat(desk.stranger(), "")):
        for path in paths:
            answer = seat.get(path, headers=HTML)
            assert {name: answer.headers.get(name) for name in ALWAYS} == dict(ALWAYS), path
            assert answer.headers["Cache-Control"] == "no-store", path


# Stored markup.

WRITTEN = ("author", "email", "url", "thread", "content", "user_agent", "referrer")


def poisoned(storage: Storage, text: str):
    """A comment that has `text` in every place to which anybody may write."""
    fields = dict.fromkeys(WRITTEN, text)
    return judged(storage, Action.HOLD, Signal("links.count", 1.0, text, 3.0), score=3.0, **fields)


def test_nothing_that_was_stored_becomes_markup_on_any_page(storage):
    desk = a_desk(storage)
    seat = desk.signed_in("mo", blog="owner")
    harmless = poisoned(storage, "harmless words")
    pages = ["/review/blog/{id}"]
    expected = {p: shape(parse(page(seat, p.format(id=harmless.id)))) for p in pages}
    ids, hits = [], []
    for text in payloads(every=40):
        comment = poisoned(storage, text)
        ids.append(comment.id)
        for path in pages:
            root = parse(page(seat, path.format(id=comment.id)))
            hits += [(text, danger) for danger in dangers(root)]
            if shape(root) != expected[path]:
                hits.append((text, "the page's shape"))
    cursor = "/review/blog"
    while cursor:
        root = parse(page(seat, cursor))
        hits += [("queue", danger) for danger in dangers(root)]
        onward = root.find(".//a[@rel='next']")
        cursor = "" if onward is None else onward.get("href")
    assert hits == []
    assert len(ids) >= 30


def test_stored_markup_stays_text_on_the_stale_page_and_in_the_line_above_the_queue(storage):
    desk = a_desk(storage)
    seat = desk.signed_in("mo", blog="owner")
    for text in payloads(every=400):
        comment = poisoned(storage, text)
        settled = page(seat, press(seat, comment, "approve").location)
        stale = press(seat, comment, "spam").text
        assert dangers(parse(settled)) == dangers(parse(stale)) == []


def test_names_of_people_and_sites_stay_text(storage):
    desk = a_desk(storage)
    for text in payloads(every=400):
        storage.sites.put(a_site(id="odd", name=text))
        seat = desk.signed_in(text, odd="owner")
        comment = held(storage, site="odd")
        seat.post_form(f"/review/odd/{comment.id}", version=comment.version, action="spam")
        for path in ("/review", "/account", "/review/odd", f"/review/odd/{comment.id}"):
            assert dangers(parse(page(seat, path))) == [], (path, text)


def test_what_is_typed_at_sign_in_stays_text(memory):
    desk = a_desk(memory)
    expected = shape(parse(desk.stranger().post("/sign-in", data={"name": "x", "password": "y"}).text))
    for n, text in enumerate(payloads(every=400)):
        answer = desk.stranger().post(
            "/sign-in",
            data=MultiDict({"name": text, "password": "y", "next": text}),
            environ_base={"REMOTE_ADDR": f"2001:db8:0:{n:x}::1"},
        )
        assert answer.status_code == 403
        root = parse(answer.text)
        assert (dangers(root), shape(root)) == ([], expected)


def test_the_oracle_sees_what_it_looks_for():
    """Broken on purpose: the same payloads unescaped, and addresses whose scheme nobody checked."""
    raw = [p for p in payloads() if dangers(parse(f"<h2>{p}</h2>"))]
    assert len(raw) >= 10
    unchecked = [p for p in payloads() if dangers(parse('<a href="' + p.replace('"', "&quot;") + '">x</a>'))]
    assert len(unchecked) >= 5
