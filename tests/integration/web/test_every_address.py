"""Every address checks roles, hides other sites and refuses forged changes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from comments.person import Person
from service.web.security_headers import SECURITY_HEADERS
from tests.support.addresses import BEHIND_THE_DOOR, OPERATOR, RANKS, SIGNED, Address, fill_sites, is_open, state
from tests.support.builders import settings
from tests.support.stored import new_storage
from tests.support.web_app import HTML, SignedInClient, WebApp, open_web_app

CHANGES = [address for address in BEHIND_THE_DOOR if address.method == "POST"]
#: The first three are the types that a page of another site can send without a preflight.
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/json", "")
TOKENS = ("", "x", "of somebody else", "too long", "é")
ORIGINS = (
    *("null", "", "https://evil.example", "http://localhost.evil.example", "http://evil-localhost"),
    *("https://localhost", "http://localhost:81", "http://localhost.", "HTTP://LOCALHOST", "http://blog.localhost"),
)
FETCH_SITES = ("cross-site", "same-site", "")


def open_app() -> WebApp:
    return open_web_app(new_storage(), settings(demo=True))


def status_and_text(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.text


def route_name(address: Address) -> str:
    return address.name


def test_every_route_is_in_the_table() -> None:
    """A new route must be tested with each role, or listed as public."""
    routes = {
        f"{method} {rule.rule}"
        for rule in open_app().app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not is_open(rule.rule)
    }
    assert routes == {address.name for address in BEHIND_THE_DOOR}


def expected_status(address: Address, role: str, operator: bool) -> int:
    if address.needs == SIGNED:
        return address.good
    if address.needs == OPERATOR:
        return address.good if operator else 404
    if not role:
        return 404
    return address.good if RANKS.index(role) >= RANKS.index(address.needs) else 403


@dataclass(frozen=True)
class Visit:
    """Somebody with one role in an app with data on two sites. `ids` has the comment of each site."""

    web_app: WebApp
    ids: dict[str, str]
    user: SignedInClient


def visit(role: str, operator: bool) -> Visit:
    web_app = open_app()
    ids = fill_sites(web_app)
    return Visit(web_app, ids, web_app.signed_in("mo", operator, **({"blog": role} if role else {})))


def check_role(address: Address, status: int, visit: Visit) -> Iterator[str]:
    """Request a route with one role: on the own site, on another site, and on a missing site."""
    web_app, ids, user = visit.web_app, visit.ids, visit.user
    own, other_site = state(web_app, "blog"), state(web_app, "shop")
    if address.of_a_site:
        missing = status_and_text(address.ask(user, "no-such-site", ids["blog"]))
        assert missing[0] == 404
        assert status_and_text(address.ask(user, "shop", ids["shop"])) == missing, "like a missing site"
        yield from ("missing site", "other site")
        if "<id>" in address.rule:
            other_comments = [status_and_text(address.ask(user, "blog", id)) for id in (ids["shop"], "missing")]
            assert other_comments[0] == other_comments[1], "a comment of another site looks like a missing one"
            assert other_comments[0][0] in ({404} if status == address.good else {403, 404})
            yield from ("missing comment", "other comment")
    id = f"hook:{ids['blog']}:00000001" if "deliveries" in address.rule else ids["blog"]
    answer = address.ask(user, "blog", id)
    assert answer.status_code == status
    assert address.needs == OPERATOR or ids["shop"] not in answer.text, "no data of another site is shown"
    yield "own site"
    assert state(web_app, "shop") == other_site
    if status in (403, 404):
        assert state(web_app, "blog") == own


def test_every_role_may_do_only_its_own_actions() -> None:
    tried: Counter[str] = Counter()
    for role, operator in (*((role, False) for role in RANKS), ("", True)):
        shared = visit(role, operator)  # by all requests that change nothing
        for address in BEHIND_THE_DOOR:
            status = expected_status(address, role, operator)
            changes = address.method != "GET" and status == address.good
            tried.update(check_role(address, status, visit(role, operator) if changes else shared))
    assert sum(tried.values()) > 600


def test_strangers_cannot_tell_missing_from_forbidden() -> None:
    web_app = open_app()
    ids = fill_sites(web_app)
    before = state(web_app, "blog")
    stranger = SignedInClient(web_app.anonymous(), "")
    inside = [address for address in BEHIND_THE_DOOR if address.rule not in ("/sign-out", "/metrics")]
    answers = {
        status_and_text(address.ask(stranger, site, id))
        for address in inside
        for site in ("blog", "no-such-site")
        for id in (ids["blog"], "missing")
    }
    assert {status for status, _ in answers} == {401}
    assert len(answers) == 1
    assert state(web_app, "blog") == before


def test_a_revoked_role_ends_at_once(web_app: WebApp, mo: SignedInClient) -> None:
    person = web_app.storage.people.get("mo")
    web_app.storage.people.put(Person("mo", {}, person.password))
    assert mo.get("/review/blog").status_code == 404


def test_an_unknown_role_allows_nothing(web_app: WebApp) -> None:
    user = web_app.signed_in("mo", blog="admin")
    assert user.get("/review/blog").status_code == 403


@pytest.mark.parametrize("address", CHANGES, ids=route_name)
def test_no_change_is_made_without_a_csrf_token(address: Address) -> None:
    """Try each wrong token with each content type, and each wrong origin with the right token."""
    web_app = open_app()
    ids = fill_sites(web_app)
    user = web_app.signed_in("mo", operator=True, blog="owner")
    other = web_app.signed_in("bo", operator=True, blog="owner")
    wrong = {"of somebody else": other.csrf, "too long": user.csrf + "x"}
    before = state(web_app, "blog")
    refused = []
    for token in TOKENS:
        forger = SignedInClient(user.client, wrong.get(token, token))
        if token.isascii():
            refused.append(address.ask(forger, "blog", ids["blog"]))
        for kind in KINDS:
            body = f"csrf={forger.csrf}&version=1&action=approve"
            path = address.ask(SignedInClient(web_app.anonymous(), ""), "blog", ids["blog"]).request.path
            refused.append(user.client.post(path, data=body.encode(), content_type=kind))
    for origin in ORIGINS:
        refused.append(address.ask(user, "blog", ids["blog"], headers={"Origin": origin}))
    for fetch_site in FETCH_SITES:
        refused.append(address.ask(user, "blog", ids["blog"], headers={"Sec-Fetch-Site": fetch_site}))
    assert {answer.status_code for answer in refused} == {403}
    assert len(refused) == len([t for t in TOKENS if t.isascii()]) + len(TOKENS) * len(KINDS) + len(ORIGINS) + len(
        FETCH_SITES
    )
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        user.client.open(path, method=method, query_string={"csrf": user.csrf, **(address.form or {})})
    assert state(web_app, "blog") == before
    genuine = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    id = f"hook:{ids['blog']}:00000001" if "deliveries" in address.rule else ids["blog"]
    assert address.ask(user, "blog", id, headers=genuine).status_code == address.good


def test_every_response_has_the_security_headers() -> None:
    web_app = open_app()
    ids = fill_sites(web_app)
    user, stranger = web_app.signed_in("mo", operator=True, blog="owner"), SignedInClient(web_app.anonymous(), "")
    answers = [
        address.ask(who, "blog", ids["blog"], headers=HTML) for address in BEHIND_THE_DOOR for who in (stranger, user)
    ]
    answers += [user.get(path, headers=HTML) for path in ("/nowhere", "/sites/none/team", "/review/blog?page=2")]
    for answer in answers:
        wrong = {name for name, value in SECURITY_HEADERS.items() if answer.headers.getlist(name) != [value]}
        assert wrong == set(), answer.request.path
