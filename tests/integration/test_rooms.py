"""People and places of a site, its audit and its settings: what the pages do, and whom they refuse."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from comments.audit import Act, Entry, Search
from comments.lifecycle import Action, Status
from comments.model import Comment, Person, Term
from comments.pseudonyms import Pseudonyms
from comments.standing import FOREVER, About, Stance, Standing
from comments.storage import Storage
from comments.storage.memory import open_memory
from service import choices
from service.headers import ALWAYS
from service.removal import CHUNK
from service.site_settings import GROUPS
from tests.builders import NOW, SECRET, a_site
from tests.desk import PASSWORD, Clock, Desk, Seat, a_desk, held, judged
from tests.markup import dangers, parse, shape
from tests.payloads import payloads

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return a_desk(storage)


@pytest.fixture
def mo(desk: Desk) -> Seat:
    return desk.signed_in("mo", blog="moderator")


@pytest.fixture
def owner(desk: Desk) -> Seat:
    return desk.signed_in("ow", blog="owner")


def page(seat: Seat, path: str) -> str:
    answer = seat.get(path, headers=HTML)
    assert answer.status_code == 200, (path, answer.status)
    return answer.text


def hidden(text: str) -> dict[str, str]:
    """The fields of the page's last form that changes something."""
    form = [f for f in parse(text).iterfind(".//main//form") if f.get("method") == "post"][-1]
    return {i.get("name"): i.get("value") for i in form.iterfind(".//input") if i.get("type") == "hidden"}


def noted(desk: Desk, site: str = "blog") -> list[tuple[str, str, str]]:
    return [(e.by, e.action, e.subject) for e in desk.storage.audit.all(site)]


# An author, a network.


def test_an_author_page_shows_everything_of_theirs_with_their_record(desk, mo):
    judged(desk.storage, Action.APPROVE, author="Ada L", content="the first of mine")
    judged(desk.storage, Action.SPAM, origin="elsewhere", content="the second of mine")
    held(desk.storage, identity="other", content="somebody else's")
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    for shown in ("the first of mine", "the second of mine", "1 approved, 1 spam", "Ada L", "ada@example.org"):
        assert shown in text
    assert "somebody else" not in text
    assert "/sites/blog/origins/elsewhere" in text


def test_a_network_page_shows_everything_from_there(desk, mo):
    held(desk.storage, author="One", identity="one", origin="there")
    held(desk.storage, author="Two", identity="two", origin="there")
    text = page(mo, "/sites/blog/origins/there")
    for shown in ("One", "Two", "/sites/blog/authors/one", "/sites/blog/authors/two"):
        assert shown in text


def test_a_long_list_goes_on(desk, mo):
    for n in range(23):
        held(desk.storage, content=f"reply number {n}.", received=NOW + timedelta(seconds=n))
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    onward = parse(text).find(".//a[@rel='next']").get("href")
    rest = page(mo, onward)
    seen = [int(n) for n in re.findall(r"reply number (\d+)\.", text + rest)]
    assert seen == list(reversed(range(23)))
    assert "That is everything" in rest


def test_a_setting_hides_e_mails_from_moderators_but_not_from_owners(desk, mo, owner):
    comment = held(desk.storage)
    desk.storage.sites.put(a_site(hide_emails=True))
    for path in ("/sites/blog/authors/identity-of-ada", f"/review/blog/{comment.id}", "/review/blog"):
        fresh = a_desk(desk.storage, sites=())
        for seat, sees in ((mo, False), (owner, True)):
            client = fresh.stranger()
            client.set_cookie("replygate", seat.client.get_cookie("replygate").value)
            assert ("ada@example.org" in page(Seat(client, ""), path)) is sees, path


def test_viewers_see_no_e_mail(desk):
    held(desk.storage)
    assert "ada@example.org" not in page(desk.signed_in("vi", blog="viewer"), "/sites/blog/authors/identity-of-ada")


# Trust, mute, ban.


def standings(desk: Desk) -> list[tuple[str, str, str]]:
    return [(s.about.value, s.value, s.stance.value) for s in desk.storage.standings.all("blog")]


@pytest.mark.parametrize(
    ("about", "value", "kept"),
    [
        ("email", " Ada@Example.org ", ("author", Pseudonyms(SECRET).author("ada@example.org"))),
        ("author", "identity-of-ada", ("author", "identity-of-ada")),
        ("author", "identity-of-ada@origin-of-ada", ("author", "identity-of-ada@origin-of-ada")),
        ("origin", "origin-of-ada", ("origin", "origin-of-ada")),
        ("domain", "https://Spam.Example:8080/x?y", ("domain", "spam.example")),
        ("domain", "bücher.example", ("domain", "xn--bcher-kva.example")),
        ("term", "cheap pills", ("term", "cheap pills")),
    ],
)
def test_a_standing_is_kept_as_comments_are_looked_up_by_it(desk, mo, about, value, kept):
    answer = mo.post_form("/sites/blog/standings", about=about, value=value, stance="ban", days="7", note="a flood")
    assert answer.status_code == 303
    (standing,) = desk.storage.standings.all("blog")
    assert standing == Standing(About(kept[0]), kept[1], Stance.BAN, "mo", NOW, NOW + timedelta(days=7), "a flood")
    assert noted(desk) == [("mo", Act.STANDING_SET, standing.name)]
    text = page(mo, answer.location)
    assert "a flood" in text
    assert "2026-11-29" in text


@pytest.mark.parametrize(
    ("about", "value"),
    [
        ("email", "no address"),
        ("email", "@"),
        ("author", "a b"),
        ("origin", "<x>"),
        ("domain", "localhost"),
        ("domain", "a..b"),
        ("domain", "://"),
        ("term", ""),
        ("term", "a\x07b"),
        ("nobody", "x"),
    ],
)
def test_what_cannot_be_a_standing_is_said_and_not_kept(desk, mo, about, value):
    answer = mo.post_form("/sites/blog/standings", about=about, value=value, stance="ban")
    assert answer.status_code == 422
    assert standings(desk) == []
    assert noted(desk) == []


def test_a_standing_is_set_from_an_authors_page_and_taken_back_there(desk, mo):
    held(desk.storage)
    at = "/sites/blog/authors/identity-of-ada"
    form = parse(page(mo, at)).find(".//form[@class='inline panel']")
    fields = {i.get("name"): i.get("value") for i in form.iterfind(".//input[@type='hidden']")}
    answer = mo.client.post(form.get("action"), data={**fields, "days": "", "note": "", "stance": "mute"})
    assert answer.location == at
    assert standings(desk) == [("author", "identity-of-ada", "mute")]
    text = page(mo, at)
    assert "muted" in text
    lifted = mo.post_form(f"/sites/blog/standings/lift?back={at}", name="author:identity-of-ada")
    assert lifted.location == at
    assert standings(desk) == []
    assert [e[1] for e in noted(desk)] == [Act.STANDING_SET, Act.STANDING_LIFT]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/review", "/sites/shop/standings"])
def test_a_form_leads_back_into_the_same_site_only(desk, mo, back):
    answer = mo.client.post(
        "/sites/blog/standings",
        query_string={"back": back},
        data={"csrf": mo.csrf, "about": "term", "value": "x", "stance": "mute"},
    )
    assert answer.location == "/sites/blog/standings?done=taken"


def test_lifting_what_is_not_there_is_not_found(desk, mo):
    for name in ("", "x", "origin:nowhere"):
        assert mo.post_form("/sites/blog/standings/lift", name=name).status_code == 404
    assert noted(desk) == []


def test_an_expired_standing_is_shown_as_ended(desk, mo):
    mo.post_form("/sites/blog/standings", about="term", value="x", stance="ban", days="1")
    desk.clock.pass_by(timedelta(hours=11))
    assert "ended" not in page(mo, "/sites/blog/standings")
    old = Standing(About.TERM, "old", Stance.BAN, "mo", NOW, NOW)
    desk.storage.standings.put("blog", old, replace(ENTRY, site="blog"))
    assert "ended" in page(mo, "/sites/blog/standings")


# Everything at once.

AT = "/sites/blog/authors/identity-of-ada/removal"


def go_on(seat: Seat, path: str):
    """Press the page's button until the page says that it is over."""
    text, steps = page(seat, path), 0
    while "data-go-on" in text or not steps:
        answer = seat.client.post(AT, data=hidden(text))
        assert answer.status_code == 303
        text, steps = page(seat, answer.location), steps + 1
    return text, steps


def many(desk: Desk, n: int) -> list[Comment]:
    return [held(desk.storage, received=NOW + timedelta(seconds=i)) for i in range(n)]


def statuses(desk: Desk, comments: list[Comment]) -> set[Status]:
    return {c.status for c in desk.storage.comments.load("blog", [c.id for c in comments])}


def test_everything_of_an_author_goes_by_one_button_and_comes_back_by_another(desk, mo):
    mine = [*many(desk, 3), judged(desk.storage, Action.APPROVE)]
    spam, other = judged(desk.storage, Action.SPAM), held(desk.storage, identity="other")
    preview = page(mo, AT)
    assert "4 replies" in preview
    assert "1 published, 3 held" in preview
    assert statuses(desk, mine) == {Status.HELD, Status.APPROVED}
    text, _ = go_on(mo, AT)
    assert "4 replies removed" in text
    assert statuses(desk, mine) == {Status.REMOVED}
    assert statuses(desk, [spam, other]) == {Status.SPAM, Status.HELD}
    back = mo.client.post(AT, data=hidden(text))
    assert "4 replies taken back" in page(mo, back.location)
    assert [c.status for c in desk.storage.comments.load("blog", [c.id for c in mine])] == [c.status for c in mine]
    assert statuses(desk, [spam, other]) == {Status.SPAM, Status.HELD}
    assert [e[1] for e in noted(desk)] == [Act.REMOVE] * 4 + [Act.UNDO] * 4


def test_much_goes_in_chunks_that_say_how_far_they_are(desk, mo):
    mine = many(desk, CHUNK + 20)
    first = mo.client.post(AT, data=hidden(page(mo, AT)))
    text = page(mo, first.location)
    assert f"<strong>{CHUNK}</strong> removed so far" in text
    assert "go_on.js" in text
    desk.clock.pass_by(timedelta(seconds=9))
    last, _ = go_on(mo, first.location)
    assert f"{CHUNK + 20} replies removed" in last
    assert statuses(desk, mine) == {Status.REMOVED}


def test_undoing_a_removal_leaves_what_was_removed_otherwise(desk, mo):
    before, mine = held(desk.storage, received=NOW - timedelta(days=1)), many(desk, 2)
    mo.post_form(f"/review/blog/{before.id}", version=before.version, action="remove")
    desk.clock.pass_by(timedelta(minutes=1))
    text, _ = go_on(mo, AT)
    assert "2 replies removed" in text
    mo.client.post(AT, data=hidden(text))
    assert statuses(desk, mine) == {Status.HELD}
    assert statuses(desk, [before]) == {Status.REMOVED}


def test_a_removal_bears_no_time_of_somebodys_making(desk, mo):
    mine = many(desk, 1)
    for began in (1, int(NOW.timestamp() * 1000) + 60_000):
        answer = mo.post_form(AT, began=began, cursor="", n=0, undo=0)
        assert answer.status_code == 422
    assert statuses(desk, mine) == {Status.HELD}


def test_looking_at_a_removal_removes_nothing(desk, mo):
    mine = many(desk, 2)
    for query in ("", "?began=1700000000000", f"?began={int(NOW.timestamp() * 1000)}&n=3&undo=1"):
        page(mo, AT + query)
    assert statuses(desk, mine) == {Status.HELD}


# The audit.


def test_the_audit_tells_who_did_what_from_where(desk, mo, owner):
    comment = held(desk.storage)
    mo.post_form(f"/review/blog/{comment.id}", version=comment.version, action="spam")
    text = page(owner, "/sites/blog/audit")
    for shown in ("mo", "comment.spam", comment.id, "held", Pseudonyms(SECRET).origin("127.0.0.1")):
        assert shown in text


def found(seat: Seat, query: str) -> int:
    return len(parse(page(seat, f"/sites/blog/audit?{query}")).findall(".//ul[@class='rows audit']/li/p/time"))


def test_the_audit_is_searched_and_paged(desk, mo, owner):
    for n in range(60):
        mo.post_form("/sites/blog/standings", about="term", value=f"word {n}", stance="mute")
    owner.post_form("/sites/blog/standings", about="term", value="mine", stance="mute")
    assert found(owner, "") == 50
    assert found(owner, "by=ow") == 1
    assert found(owner, "subject=term:word 7&action=standing") == 1
    assert found(owner, "action=comment") == found(owner, "since=2099-01-01") == found(owner, "until=2001-01-01") == 0
    assert found(owner, "by=&action=&subject=&since=&until=") == 50
    onward = parse(page(owner, "/sites/blog/audit?by=mo")).find(".//a[@rel='next']").get("href")
    assert found(owner, onward.partition("?")[2]) == 10
    assert owner.get("/sites/blog/audit?since=soon").status_code == 422
    assert owner.get("/sites/blog/audit?cursor=x").status_code == 422


def test_the_audit_is_exported_whole_and_the_export_noted(desk, mo, owner):
    mo.post_form("/sites/blog/standings", about="term", value="x", stance="mute")
    answer = owner.post_form("/sites/blog/audit/export")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(r["by"], r["action"], r["subject"]) for r in rows] == [
        ("mo", "standing.set", "term:x"),
        ("ow", "export.audit", ""),
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-blog.jsonl"'


def test_operators_see_who_signed_in_and_nobody_else_does(desk, owner):
    assert owner.get("/audit").status_code == 404
    op = desk.signed_in("op", operator=True)
    text = page(op, "/audit?by=ow")
    assert "session.sign-in" in text
    assert [json.loads(line)["site"] for line in op.post_form("/audit/export").text.splitlines()] == [""] * 5
    assert owner.post_form("/audit/export").status_code == 404


# People.


def invite(seat: Seat, name: str, role: str = "moderator"):
    return seat.post_form("/sites/blog/people", name=name, role=role)


def link_in(text: str) -> str:
    found = re.search(r'value="https?://[^/]+(/link/[^"]+)"', text)
    assert found
    return found[1]


def test_an_invitation_is_a_link_that_lets_in_once(desk, owner):
    answer = invite(owner, "Grace Hopper")
    client = desk.stranger()
    assert client.post(link_in(answer.text)).status_code == 303
    assert client.get("/review/blog").status_code == 200
    assert client.get("/sites/blog/people").status_code == 403
    assert client.post(link_in(answer.text)).status_code == 404
    assert noted(desk) == [("ow", Act.PERSON_INVITE, "Grace Hopper")]


def test_nobody_gets_a_link_to_somebody_elses_account(desk, owner):
    desk.employ("al", shop="owner")
    taken = invite(owner, "al", "viewer")
    assert taken.status_code == 422
    assert "/link/" not in taken.text
    assert owner.post_form("/sites/blog/people/link", name="al").status_code == 404
    desk.employ("both", shop="owner", blog="viewer")
    desk.employ("op", operator=True, blog="viewer")
    for name in ("both", "op"):
        assert owner.post_form("/sites/blog/people/link", name=name).status_code == 422
    assert desk.storage.people.get("al").roles == {"shop": "owner"}


@pytest.mark.parametrize(("name", "role"), [("", "viewer"), ("x" * 61, "viewer"), ("a\nb", "viewer"), ("al", "king")])
def test_an_invitation_that_cannot_be_is_refused(desk, owner, name, role):
    assert invite(owner, name, role).status_code == 422
    assert [p.name for p in desk.storage.people.all()] == ["ow"]


def test_a_lost_link_is_made_anew(desk, owner):
    invite(owner, "al")
    again = owner.post_form("/sites/blog/people/link", name="al")
    assert desk.stranger().post(link_in(again.text)).status_code == 303
    assert noted(desk)[-1] == ("ow", Act.LINK_MAKE, "al")


def test_a_role_is_changed_and_taken_away(desk, mo, owner):
    change = "/sites/blog/people/role"
    assert owner.post_form(change, name="mo", role="viewer").status_code == 303
    assert mo.post_form("/sites/blog/standings", about="term", value="x", stance="mute").status_code == 403
    assert owner.post_form(change, name="mo", role="").status_code == 303
    assert mo.get("/sites/blog/standings").status_code == 404
    assert [(e.action, e.before, e.after) for e in desk.storage.audit.page("blog", Search(), 9).rows] == [
        (Act.PERSON_REMOVE, "viewer", ""),
        (Act.PERSON_ROLE, "moderator", "viewer"),
    ]


def test_a_site_keeps_an_owner(desk, owner):
    change = "/sites/blog/people/role"
    for role in ("", "moderator"):
        assert owner.post_form(change, name="ow", role=role).status_code == 422
    desk.employ("al", blog="owner")
    assert owner.post_form(change, name="ow", role="viewer").status_code == 303
    assert desk.storage.people.get("ow").roles == {"blog": "viewer"}


def test_people_of_other_sites_are_not_there(desk, owner):
    desk.employ("al", shop="owner")
    assert "al" not in [b.text for b in parse(page(owner, "/sites/blog/people")).iterfind(".//li//bdi")]
    for name in ("al", "nobody"):
        assert owner.post_form("/sites/blog/people/role", name=name, role="viewer").status_code == 404


# Settings.


def form_of(text: str) -> dict[str, str]:
    root = parse(text).find(".//form[@class='settings']")
    fields = {i.get("name"): i.get("value", "") for i in root.iterfind(".//input") if i.get("type") != "checkbox"}
    fields |= {i.get("name"): "yes" for i in root.iterfind(".//input[@type='checkbox']") if "checked" in i.attrib}
    fields |= {t.get("name"): t.text or "" for t in root.iterfind(".//textarea")}
    for select in root.iterfind(".//select"):
        fields[select.get("name")] = next(o.text for o in select if "selected" in o.attrib)
    return fields


def test_the_form_has_every_choice_once():
    assert sorted(row[0] for _, rows in GROUPS for row in rows) == sorted(choices.names())


def test_a_form_that_is_sent_back_changes_nothing(desk, owner):
    site = a_site(hold_words=(Term("a, b"), Term("casino", ("url",))), hide_emails=True, hold_at=2.5, name="A = b")
    desk.storage.sites.put(site)
    fields = form_of(page(owner, "/sites/blog/settings"))
    assert owner.client.post("/sites/blog/settings", data=fields).status_code == 303
    assert desk.storage.sites.get("blog") == site
    assert noted(desk) == []


def test_a_choice_is_changed_and_noted(desk, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    changed = fields | {"max_links": "5", "moderation": "all", "match_inside_words": "yes"}
    answer = owner.client.post("/sites/blog/settings", data=changed)
    assert "Saved" in page(owner, answer.location)
    site = desk.storage.sites.get("blog")
    assert (site.max_links, site.moderation, site.match_inside_words) == (5, "all", True)
    entries = {e.subject: (e.by, e.action, e.before, e.after) for e in desk.storage.audit.all("blog")}
    assert entries == {
        "max_links": ("ow", Act.SITE_SET, "2", "5"),
        "moderation": ("ow", Act.SITE_SET, "first", "all"),
        "match_inside_words": ("ow", Act.SITE_SET, "no", "yes"),
    }


def test_wrong_choices_are_all_named_and_nothing_is_saved(desk, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    wrong = fields | {"max_links": "many", "hold_at": "9", "moderation": "none", "origins": "blog.example/x"}
    answer = owner.client.post("/sites/blog/settings", data=wrong)
    assert answer.status_code == 422
    marked = [e.get("name") for e in parse(answer.text).iter() if e.get("aria-invalid") == "true"]
    assert sorted(marked) == ["hold_at", "max_links", "moderation", "origins"]
    assert parse(answer.text).find(".//input[@id='max_links']").get("value") == "many"
    assert desk.storage.sites.get("blog") == a_site(name="The blog")


def test_an_old_form_does_not_undo_what_somebody_else_chose(desk, owner):
    fields = form_of(page(owner, "/sites/blog/settings"))
    desk.storage.sites.put(a_site(max_links=9))
    answer = owner.client.post("/sites/blog/settings", data=fields | {"max_content": "500"})
    assert answer.status_code == 409
    assert desk.storage.sites.get("blog") == a_site(max_links=9)


# Whom they refuse.

VIEWER, MODERATOR, OWNER = 0, 1, 2
READS = {
    "/sites/{site}/authors/identity-of-ada": VIEWER,
    "/sites/{site}/origins/origin-of-ada": VIEWER,
    "/sites/{site}/standings": VIEWER,
    "/sites/{site}/authors/identity-of-ada/removal": MODERATOR,
    "/sites/{site}/origins/origin-of-ada/removal": MODERATOR,
    "/sites/{site}/people": OWNER,
    "/sites/{site}/settings": OWNER,
    "/sites/{site}/audit": OWNER,
}
WRITES = {
    "/sites/{site}/standings": (MODERATOR, {"about": "term", "value": "x", "stance": "ban"}, 303),
    "/sites/{site}/standings/lift": (MODERATOR, {"name": "origin:kept"}, 303),
    "/sites/{site}/authors/identity-of-ada/removal": (MODERATOR, {}, 303),
    "/sites/{site}/origins/origin-of-ada/removal": (MODERATOR, {}, 303),
    "/sites/{site}/people": (OWNER, {"name": "new", "role": "viewer"}, 200),
    "/sites/{site}/people/role": (OWNER, {"name": "vic", "role": "owner"}, 303),
    "/sites/{site}/people/link": (OWNER, {"name": "vic"}, 200),
    "/sites/{site}/settings": (OWNER, {}, 422),
    "/sites/{site}/audit/export": (OWNER, {}, 200),
}
RANK = {"": -1, "viewer": VIEWER, "moderator": MODERATOR, "owner": OWNER}


ENTRY = Entry("mo", Act.STANDING_SET, "origin:kept")


def furnish(desk: Desk) -> None:
    for site in ("blog", "shop"):
        held(desk.storage, site=site)
        kept = Standing(About.ORIGIN, "kept", Stance.BAN, "mo", NOW)
        desk.storage.standings.put(site, kept, replace(ENTRY, site=site))
    desk.employ("vic", blog="viewer")
    desk.employ("val", shop="viewer")


def state(desk: Desk, site: str) -> tuple[object, ...]:
    """Everything that these pages may change."""
    return (
        [c for status in Status for c in desk.storage.comments.by_status(site, status, 9).rows],
        desk.storage.standings.all(site),
        desk.storage.sites.get(site),
        [p for p in desk.storage.people.all() if site in p.roles and p.name != "mo"],
        list(desk.storage.audit.all(site)),
    )


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", RANK)
def test_every_role_sees_what_is_for_it_and_nobody_a_foreign_site(desk, role):
    furnish(desk)
    seat = desk.signed_in("mo", **({"blog": role} if role else {}))
    for path, needed in READS.items():
        expected = 404 if not role else 200 if RANK[role] >= needed else 403
        assert seat.get(path.format(site="blog")).status_code == expected, path
        missing = told(seat.get(path.format(site="no-such-site")))
        assert missing[0] == 404
        assert told(seat.get(path.format(site="shop"))) == missing


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize("path", WRITES)
def test_every_role_changes_what_is_for_it_and_nobody_a_foreign_site(desk, role, path):
    furnish(desk)
    seat = desk.signed_in("mo", **({"blog": role} if role else {}))
    needed, fields, good = WRITES[path]
    before, foreign = state(desk, "blog"), state(desk, "shop")
    missing = told(seat.post_form(path.format(site="no-such-site"), **fields))
    assert missing[0] == 404
    assert told(seat.post_form(path.format(site="shop"), **fields)) == missing
    assert state(desk, "shop") == foreign
    answer = seat.post_form(path.format(site="blog"), **fields)
    assert answer.status_code == (404 if not role else good if RANK[role] >= needed else 403)
    if RANK[role] < needed:
        assert state(desk, "blog") == before


def test_strangers_are_told_the_same_of_everything(desk):
    stranger = Seat(desk.stranger(), "")
    answers = {told(stranger.get(path.format(site=site))) for path in READS for site in ("blog", "x")}
    answers |= {told(stranger.post_form(path.format(site=site))) for path in WRITES for site in ("blog", "x")}
    assert len(answers) == 1
    assert answers.pop()[0] == 401


@pytest.mark.parametrize("path", [*WRITES, "/audit/export"])
def test_no_change_is_made_that_nobody_meant(desk, path):
    furnish(desk)
    seat, other = desk.signed_in("mo", operator=True, blog="owner"), desk.signed_in("bo", blog="owner")
    fields = WRITES[path][1] if path in WRITES else {}
    at, before = path.format(site="blog"), state(desk, "blog")
    refused = [
        seat.client.post(at, data=fields | {"csrf": token}) for token in ("", "x", other.csrf, seat.csrf + "x", "é")
    ]
    good = fields | {"csrf": seat.csrf}
    for origin in ("https://evil.example", "null", "http://evil.localhost", "https://localhost", "http://localhost:81"):
        refused.append(seat.client.post(at, data=good, headers={"Origin": origin}))
    for fetched in ("cross-site", "same-site"):
        refused.append(seat.client.post(at, data=good, headers={"Sec-Fetch-Site": fetched}))
    for kind in ("text/plain", "application/json"):
        refused.append(seat.client.post(at, data="csrf=" + seat.csrf, content_type=kind))
    assert {a.status_code for a in refused} == {403}
    for method in ("get", "head", "options"):
        getattr(seat.client, method)(at, query_string=good)
    assert state(desk, "blog")[:3] == before[:3]
    assert state(desk, "blog")[4] == before[4]


def test_every_page_carries_the_headers_that_protect_it(desk, owner):
    for path in (*(p.format(site="blog") for p in READS), "/sites/none/people", "/account"):
        answer = owner.get(path, headers=HTML)
        assert {name: answer.headers.get(name) for name in ALWAYS} == dict(ALWAYS), path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_an_address_nobody_can_mean_is_refused(desk, owner):
    for path in ("authors/a b", "authors/" + "x" * 41, "visitors/x"):
        assert owner.get(f"/sites/blog/{path}").status_code == 404
    for query in ("cursor=x", "page=2", "cursor=1.a&cursor=2.b"):
        assert owner.get(f"/sites/blog/authors/x?{query}").status_code == 422


# Stored markup.

WRITTEN = ("author", "email", "url", "thread", "content", "user_agent", "referrer")


def poison(desk: Desk, text: str) -> None:
    """Put `text` in every place of these pages to which anybody may write."""
    judged(desk.storage, Action.HOLD, **dict.fromkeys(WRITTEN, text))
    for about in About:
        standing = Standing(about, text, Stance.BAN, text, NOW, FOREVER, text)
        desk.storage.standings.put("blog", standing, replace(ENTRY, site="blog"))
    on_this = Standing(About.AUTHOR, "identity-of-ada", Stance.MUTE, text, NOW, FOREVER, text)
    entry = replace(ENTRY, site="blog", by=text, action=text, subject=text, before=text, after=text, origin=text)
    desk.storage.standings.put("blog", on_this, entry)
    desk.storage.audit.note(replace(entry, action=Act.SPAM), replace(entry, site=""))
    desk.storage.people.put(Person(text, {"blog": text}))
    desk.storage.sites.put(a_site(name=text, origins=(text,), hold_words=(Term(text),), profanity_allow=(text,)))


PAGES = ("authors/identity-of-ada", "origins/origin-of-ada", "standings", "people", "settings", "audit")


#: A name that is listed behind every payload.
LAST = "\U0001fbf9"


def seen(text: str):
    desk = a_desk(open_memory(Clock()), sites=())
    poison(desk, text)
    seat = desk.signed_in(LAST, operator=True, blog="owner")
    paths = [f"/sites/blog/{name}" for name in PAGES] + ["/sites/blog/authors/identity-of-ada/removal", "/audit"]
    return {path: parse(page(seat, path)) for path in paths}


def test_nothing_that_was_stored_becomes_markup_on_any_page():
    expected = {path: shape(root) for path, root in seen("harmless words").items()}
    hits, n = [], 0
    for text in payloads(every=150):
        n += 1
        for path, root in seen(text).items():
            hits += [(path, text, danger) for danger in dangers(root)]
            if shape(root) != expected[path]:
                hits.append((path, text, "the page's shape"))
    assert hits == []
    assert n >= 30


#: What the page that sets codes up has and no other: a link to the authenticator, and its picture.
OF_CODES = ("a[href='otpauth://totp/", "img[src='data:image/svg+xml;")


def test_what_is_typed_into_a_form_stays_text(memory):
    desk = a_desk(memory)
    seat = desk.signed_in("mo", operator=True, blog="owner")
    for text in payloads(every=400):
        answers = [
            seat.post_form(
                "/sites/blog/standings", about="email", value=text.replace("@", ""), stance="ban", note=text
            ),
            seat.post_form("/sites/blog/people", name=text, role=text),
            seat.post_form("/sites/blog/settings", **dict.fromkeys(choices.names(), text)),
            seat.get("/sites/blog/audit", query_string={"by": text[:90], "subject": text[:90]}),
            seat.post_form("/account/codes", salt=text, code=text, current=text),
            seat.post_form("/account", current=text, password=text, again=text),
        ]
        for answer in answers:
            harmful = [d for d in dangers(parse(answer.text)) if not d.startswith(OF_CODES)]
            assert harmful == [], text


def test_what_a_browser_calls_itself_stays_text():
    pages = []
    for text in ("harmless words", *payloads(every=400)):
        desk = a_desk(open_memory(Clock()))
        desk.employ("mo", blog="owner")
        client = desk.stranger()
        agent = text.encode("latin-1", "ignore").decode("latin-1").replace("\n", "").replace("\r", "")
        client.post("/sign-in", data={"name": "mo", "password": PASSWORD}, headers={"User-Agent": agent})
        pages.append(parse(client.get("/account").text))
    assert [d for root in pages for d in dangers(root)] == []
    assert {str(shape(root)) for root in pages} == {str(shape(pages[0]))}


def test_every_address_of_these_pages_is_in_the_tables_above(desk):
    """A page that is added later is tried by every role too."""
    tried = {(method, path) for method, table in (("GET", READS), ("POST", WRITES)) for path in table}
    tried = {
        (m, p.replace("{site}", "x").replace("identity-of-ada", "n").replace("origin-of-ada", "n")) for m, p in tried
    }
    there = set()
    for rule in desk.app.url_map.iter_rules():
        if rule.rule.startswith("/sites/<site>/"):
            for kind in ("authors", "origins"):
                path = re.sub(r"<any\([^>]*>", kind, rule.rule).replace("<site>", "x").replace("<name>", "n")
                there |= {(method, path) for method in rule.methods & {"GET", "POST"}}
    assert there == tried
