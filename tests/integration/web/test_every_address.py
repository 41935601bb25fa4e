"""Every address checks roles, hides other sites and refuses forged changes."""

from collections import Counter
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from comments.site import Person
from service.web.security_headers import SECURITY_HEADERS
from tests.support.addresses import BEHIND_THE_DOOR, OPERATOR, RANKS, SIGNED, Address, furnish, is_open, state
from tests.support.builders import settings
from tests.support.desk import HTML, Desk, Seat, a_desk
from tests.support.stored import new_storage

CHANGES = [address for address in BEHIND_THE_DOOR if address.method == "POST"]
#: A page of another site sends one of the first three without asking first.
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/json", "")
TOKENS = ("", "x", "of somebody else", "too long", "é")
ORIGINS = (
    *("null", "", "https://evil.example", "http://localhost.evil.example", "http://evil-localhost"),
    *("https://localhost", "http://localhost:81", "http://localhost.", "HTTP://LOCALHOST", "http://blog.localhost"),
)
FETCHED = ("cross-site", "same-site", "")


def open_desk() -> Desk:
    return a_desk(new_storage(), settings(demo=True))


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.text


def named(address: Address) -> str:
    return address.name


def test_every_address_is_in_the_table() -> None:
    """Whatever is added is tried by every role, or is said to be for everybody."""
    there = {
        f"{method} {rule.rule}"
        for rule in open_desk().app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not is_open(rule.rule)
    }
    assert there == {address.name for address in BEHIND_THE_DOOR}


def expected(address: Address, role: str, operator: bool) -> int:
    if address.needs == SIGNED:
        return address.good
    if address.needs == OPERATOR:
        return address.good if operator else 404
    if not role:
        return 404
    return address.good if RANKS.index(role) >= RANKS.index(address.needs) else 403


def cells(address: Address, role: str, operator: bool) -> Iterator[str]:
    """Tries one address as one role: on one's own site, on another's, and on none."""
    desk = open_desk()
    ids = furnish(desk)
    seat = desk.signed_in("mo", operator, **({"blog": role} if role else {}))
    own, foreign = state(desk, "blog"), state(desk, "shop")
    wanted = expected(address, role, operator)
    if address.of_a_site:
        missing = told(address.ask(seat, "no-such-site", ids["blog"]))
        assert missing[0] == 404
        assert told(address.ask(seat, "shop", ids["shop"])) == missing, "a foreign site is as good as missing"
        yield from ("missing site", "foreign site")
        if "<id>" in address.rule:
            strange = [told(address.ask(seat, "blog", id)) for id in (ids["shop"], "missing")]
            assert strange[0] == strange[1], "another site's comment is as good as missing"
            assert strange[0][0] in ({404} if wanted == address.good else {403, 404})
            yield from ("missing comment", "foreign comment")
    id = f"hook:{ids['blog']}:00000001" if "deliveries" in address.rule else ids["blog"]
    answer = address.ask(seat, "blog", id)
    assert answer.status_code == wanted
    assert address.needs == OPERATOR or ids["shop"] not in answer.text, "what is another site's is shown nowhere"
    yield "own site"
    assert state(desk, "shop") == foreign
    if wanted in (403, 404):
        assert state(desk, "blog") == own


def test_every_role_may_do_only_its_own_actions() -> None:
    tried: Counter[str] = Counter()
    for address in BEHIND_THE_DOOR:
        for role, operator in (*((role, False) for role in RANKS), ("", True)):
            tried.update(cells(address, role, operator))
    assert sum(tried.values()) > 600


def test_strangers_cannot_tell_missing_from_forbidden() -> None:
    desk = open_desk()
    ids = furnish(desk)
    before = state(desk, "blog")
    stranger = Seat(desk.stranger(), "")
    inside = [address for address in BEHIND_THE_DOOR if address.rule not in ("/sign-out", "/metrics")]
    answers = {
        told(address.ask(stranger, site, id))
        for address in inside
        for site in ("blog", "no-such-site")
        for id in (ids["blog"], "missing")
    }
    assert {status for status, _ in answers} == {401}
    assert len(answers) == 1
    assert state(desk, "blog") == before


def test_a_revoked_role_ends_at_once(desk: Desk, mo: Seat) -> None:
    person = desk.storage.people.get("mo")
    desk.storage.people.put(Person("mo", {}, person.password))
    assert mo.get("/review/blog").status_code == 404


def test_an_unknown_role_allows_nothing(desk: Desk) -> None:
    seat = desk.signed_in("mo", blog="admin")
    assert seat.get("/review/blog").status_code == 403


@pytest.mark.parametrize("address", CHANGES, ids=named)
def test_no_change_is_made_without_a_csrf_token(address: Address) -> None:
    """Each wrong token with each content type, and each wrong origin with the right token."""
    desk = open_desk()
    ids = furnish(desk)
    seat = desk.signed_in("mo", operator=True, blog="owner")
    other = desk.signed_in("bo", operator=True, blog="owner")
    wrong = {"of somebody else": other.csrf, "too long": seat.csrf + "x"}
    before = state(desk, "blog")
    refused = []
    for token in TOKENS:
        pretender = Seat(seat.client, wrong.get(token, token))
        if token.isascii():
            refused.append(address.ask(pretender, "blog", ids["blog"]))
        for kind in KINDS:
            body = f"csrf={pretender.csrf}&version=1&action=approve"
            path = address.ask(Seat(desk.stranger(), ""), "blog", ids["blog"]).request.path
            refused.append(seat.client.post(path, data=body.encode(), content_type=kind))
    for origin in ORIGINS:
        refused.append(address.ask(seat, "blog", ids["blog"], headers={"Origin": origin}))
    for fetched in FETCHED:
        refused.append(address.ask(seat, "blog", ids["blog"], headers={"Sec-Fetch-Site": fetched}))
    assert {answer.status_code for answer in refused} == {403}
    assert len(refused) == len([t for t in TOKENS if t.isascii()]) + len(TOKENS) * len(KINDS) + len(ORIGINS) + len(
        FETCHED
    )
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        seat.client.open(path, method=method, query_string={"csrf": seat.csrf, **(address.form or {})})
    assert state(desk, "blog") == before
    meant = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    id = f"hook:{ids['blog']}:00000001" if "deliveries" in address.rule else ids["blog"]
    assert address.ask(seat, "blog", id, headers=meant).status_code == address.good


def test_every_answer_carries_the_headers_that_protect_it() -> None:
    desk = open_desk()
    ids = furnish(desk)
    seat, stranger = desk.signed_in("mo", operator=True, blog="owner"), Seat(desk.stranger(), "")
    answers = [
        address.ask(who, "blog", ids["blog"], headers=HTML) for address in BEHIND_THE_DOOR for who in (stranger, seat)
    ]
    answers += [seat.get(path, headers=HTML) for path in ("/nowhere", "/sites/none/team", "/review/blog?page=2")]
    for answer in answers:
        lacking = {name for name, value in SECURITY_HEADERS.items() if answer.headers.get(name) != value}
        assert lacking == set(), answer.request.path
