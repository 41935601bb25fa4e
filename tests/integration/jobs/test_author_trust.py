"""The record that counts for an author, by what the author can prove."""

from collections.abc import Callable
from typing import Any

import pytest

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, decided, moderated, settings
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.recorded_jobs import RecordedJobs
from tests.support.user_tokens import user_token
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge
from workers.judging.policy import build_policy

TEXTS = (
    "The second paragraph made me think of an older essay on the same subject.",
    "I tried this with rye flour yesterday and it needed ten minutes more in the oven.",
    "My grandmother did it the same way, only she never weighed anything.",
    "Does the crust stay crisp if you freeze half of the loaf?",
)
HOME, AWAY = "192.0.2.1", "198.51.100.7"

Send = Callable[..., tuple[Comment, str]]


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    """A site that reviews every first comment and publishes the others."""
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    return open_public_app(storage, a_site(per_minute=0, moderation="first", user_keys=("k1",), staff_tokens=True))


@pytest.fixture
def send(web: PublicApp) -> Send:
    texts = iter(TEXTS)

    def sent(network: str = HOME, secret: str = "", token: str = "", **fields: Any) -> tuple[Comment, str]:
        """Return the comment after the filters' decision, and the author secret of the answer."""
        named = {"Replygate-Author": secret, "Replygate-User": token}
        headers = {name: value for name, value in named.items() if value}
        body = a_reply(content=next(texts)) | fields
        body = {name: value for name, value in body.items() if value}
        answer = web.client.post(SUBMIT, json=body, headers=headers, environ_overrides={"REMOTE_ADDR": network})
        assert answer.status_code == 202, answer.json
        judge("blog", "token")
        return web.comment(answer.json["id"]), answer.json["author_secret"]

    return sent


def approve(web: PublicApp, comment: Comment) -> Comment:
    assert comment.status is Status.HELD
    return moderated(web.storage, comment, Action.APPROVE)


def signals(comment: Comment) -> set[str]:
    assert comment.filter_decision
    return {signal.name for signal in comment.filter_decision.signals}


def test_a_typed_name_and_address_get_no_trust_from_another_network(web: PublicApp, send: Send) -> None:
    approve(web, send()[0])
    assert "author.first" in signals(send(AWAY)[0])


def test_the_secret_of_the_browser_is_trusted_from_every_network(web: PublicApp, send: Send) -> None:
    first, secret = send()
    approve(web, first)
    again, kept = send(AWAY, secret)
    assert (again.status, kept) == (Status.APPROVED, secret)


def test_the_secret_gives_no_trust_for_the_address_of_another_person(web: PublicApp, send: Send) -> None:
    first, secret = send()
    approve(web, first)
    assert "author.first" in signals(send(AWAY, secret, email="victim@example.org")[0])


@pytest.mark.parametrize("forged", ["1", "a.b", "a" * 26 + ".AAAAAAAAAAAAAAAAAAAAAA", "ü"])
def test_a_secret_that_this_site_did_not_issue_is_replaced(web: PublicApp, send: Send, forged: str) -> None:
    _, secret = send(secret=forged)
    assert secret != forged
    assert web.pseudonyms.is_author_secret("blog", secret)
    assert not web.pseudonyms.is_author_secret("shop", secret)


def test_a_repeated_submission_gets_the_same_secret(web: PublicApp) -> None:
    answers = [web.client.post(SUBMIT, json=a_reply()).json for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_signed_user_is_trusted_from_every_network_under_every_name(web: PublicApp, send: Send) -> None:
    approve(web, send(token=user_token(), author="", email="")[0])
    again, _ = send(AWAY, token=user_token(name="Grace H."), author="", email="")
    assert again.status is Status.APPROVED
    assert "author.first" in signals(send(token=user_token(sub="43"), author="", email="")[0])


def test_a_confirmed_address_is_verified_only_from_the_browser_that_confirmed(web: PublicApp, send: Send) -> None:
    first, secret = send()
    web.storage.subscriptions.prove("blog", first.identity, first.browser)
    assert send(AWAY, secret)[0].is_verified
    assert not send(HOME)[0].is_verified
    assert not send(HOME, secret, email="victim@example.org")[0].is_verified


def test_a_regular_of_the_version_before_is_reviewed_at_most_once_more(web: PublicApp, send: Send) -> None:
    names = web.pseudonyms
    old = accepted(web.storage, identity=names.author("ada@example.org"), origin=names.origin(HOME))
    assert old.browser == ""
    approve(web, decided(web.storage, old, Action.HOLD))
    # The same network is enough for the first comment after the upgrade. It gives the browser its secret.
    second, secret = send(HOME)
    assert second.status is Status.APPROVED
    third, _ = send(AWAY, secret)
    assert "author.first" in signals(third)
    approve(web, third)
    assert send("203.0.113.9", secret)[0].status is Status.APPROVED


def test_a_stranger_with_the_name_of_the_team_is_held(web: PublicApp, send: Send) -> None:
    staff, _ = send(token=user_token(role="staff", name="Maria"), author="", email="")
    assert (staff.status, staff.role) == (Status.APPROVED, "staff")
    assert "author.impersonation" in signals(send(author="M\u0430ria (Team)")[0])  # a Cyrillic letter


def test_a_form_keeps_the_secret_in_a_cookie_that_only_pages_of_the_site_use(web: PublicApp) -> None:
    client = web.client

    def sent(content: str, **headers: str) -> Comment:
        answer = client.post(SUBMIT, data=a_reply(content=content), headers={"Accept": "text/html", **headers})
        assert answer.status_code in (200, 303), answer.text
        (found,) = [c for c in _queued(web) if c.content == content]
        return found

    answer = client.post(SUBMIT, data=a_reply(), headers={"Accept": "text/html", "Origin": "https://blog.example"})
    (cookie,) = [text for text in answer.headers.getlist("Set-Cookie") if text.startswith("replygate-author-blog=")]
    assert {"HttpOnly", "Path=/v1/sites/blog/"} <= set(cookie.split("; "))
    (first,) = _queued(web)
    assert sent("On the site.", Origin="https://blog.example").browser == first.browser
    assert sent("Without an origin.").browser != first.browser
    evil = client.post(SUBMIT, data=a_reply(content="Evil"), headers={"Origin": "https://evil.example"})
    assert evil.status_code == 403


def _queued(web: PublicApp) -> tuple[Comment, ...]:
    return web.storage.comments.by_status("blog", Status.QUEUED, 10).rows
