"""The Python client against a running server, also through a proxy that loses answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.person import Person
from comments.storage.values import CommentChange
from replygate.client import (
    ClientSettingsError,
    InvalidError,
    KeyReusedError,
    NoAnswerError,
    NotAllowedError,
    NotFoundError,
    ProblemError,
    SignInNeededError,
    StaleVersionError,
    StorageDownError,
    UnexpectedAnswerError,
)
from service.accounts.person_keys import new_person_key
from tests.integration.clients.conftest import Served
from tests.support.http_faults import LOST_ANSWER, LOST_REQUEST, Fault, HttpFaults
from tests.support.wait import wait_until
from tests.support.web_app import added_as_held

REPLY = {"author": "Ada", "email": "ada@example.org", "ip": "192.0.2.7"}
BUSY = Fault(
    status=503,
    headers={"Retry-After": "0", "Content-Type": "application/problem+json"},
    body=b'{"type": "urn:replygate:storage-down", "title": "Temporarily unavailable", "status": 503, "problems": []}',
)


def publish(served: Served, client: Any, thread: str, **fields: Any) -> str:
    """Submit a comment, approve it if it is held, and return its id."""
    accepted = client.submit(thread=thread, **{**REPLY, "content": "The bread needs more salt.", **fields})
    wait_until(lambda: _comment(served, accepted.id).status is not Status.QUEUED, "the filters decide")
    comment = _comment(served, accepted.id)
    if comment.status is Status.HELD:
        decision = Decision(Action.APPROVE, comment.status, Role.MODERATOR, "mo", datetime.now(UTC))
        change = CommentChange(comment, comment.with_decision(decision))
        assert served.storage.comments.decide("blog", [change]) == [True]
    return comment.id


def _comment(served: Served, id: str) -> Comment:
    return served.storage.comments.get("blog", id)


def test_a_comment_is_submitted_and_read(served: Served, open_client: Any, thread: str) -> None:
    client = open_client()
    accepted = client.submit(thread=thread, content="What a fine loaf of bread.", wait=5, **REPLY)
    assert accepted.status == "published"
    assert client.status(accepted.id, accepted.receipt).content == "What a fine loaf of bread."
    page = client.read(thread)
    assert [c.author for c in page.comments] == ["Ada"]
    assert page.comments[0].received == accepted.received
    assert client.counts([thread, "/elsewhere"]) == {thread: 1, "/elsewhere": 0}


def test_an_author_edits_and_withdraws(open_client: Any, thread: str) -> None:
    client = open_client()
    accepted = client.submit(thread=thread, content="Frist!", wait=5, **REPLY)
    edited = client.edit(accepted.id, accepted.receipt, "First of all: thank you for this recipe.")
    assert edited.edit == "pending"
    assert client.withdraw(accepted.id, accepted.receipt).status == "withdrawn"
    assert client.read(thread).comments == ()


def test_a_lost_answer_never_makes_a_second_comment(
    served: Served, open_client: Any, faults: HttpFaults, thread: str
) -> None:
    faults.faults = [LOST_ANSWER, BUSY, LOST_ANSWER, LOST_REQUEST]
    accepted = open_client(faults.url).submit(thread=thread, content="Sent five times.", **REPLY)
    assert len(faults.requests) == 5
    assert len({headers["idempotency-key"] for _, _, headers in lower(faults)}) == 1
    assert [c.id for c in served.comments(thread)] == [accepted.id]


def test_each_submission_has_a_key_of_its_own(faults: HttpFaults, open_client: Any, thread: str) -> None:
    client = open_client(faults.url)
    first, second = (client.submit(thread=thread, content="Twice, on purpose.", **REPLY) for _ in range(2))
    assert first.id != second.id


def test_own_keys_make_the_same_promise_across_programs(open_client: Any, thread: str) -> None:
    first = open_client().submit(thread=thread, content="Once.", idempotency_key=thread, **REPLY)
    again = open_client().submit(thread=thread, content="Once.", idempotency_key=thread, **REPLY)
    assert first.id == again.id
    with pytest.raises(KeyReusedError):
        open_client().submit(thread=thread, content="Something different.", idempotency_key=thread, **REPLY)


def test_an_error_lists_every_problem(open_client: Any) -> None:
    with pytest.raises(InvalidError) as caught:
        open_client().submit(thread="", content="", email="not an address", author="Ada")
    assert {problem.field for problem in caught.value.problems} >= {"thread", "content", "email"}
    assert "email: " in str(caught.value)


@pytest.mark.parametrize(
    ("key", "error"), [("", SignInNeededError), ("rgk_0000_1111", SignInNeededError)], ids=["none", "wrong"]
)
def test_rules_need_a_valid_key(open_client: Any, key: str, error: type[ProblemError]) -> None:
    with pytest.raises(error) as caught:
        open_client(key=key).rules()
    assert caught.value.status == 401


def test_a_wrong_receipt_is_not_found(open_client: Any, thread: str) -> None:
    with pytest.raises(NotFoundError):
        open_client().status("0" * 22, "wrong")


def test_the_key_is_not_sent_where_caches_may_answer(faults: HttpFaults, open_client: Any, thread: str) -> None:
    client = open_client(faults.url)
    client.read(thread)
    client.rules()
    assert ["authorization" in headers for _, _, headers in lower(faults)] == [False, True]


def test_pages_of_a_long_thread_are_read_in_order(served: Served, open_client: Any, thread: str) -> None:
    client, top = open_client(), []
    for n in range(3):
        top.append(publish(served, client, thread, content=f"Recipe number {n} is my favourite of them all."))
        for reply in range(4):
            text = f"Thanks for recipe {n}, it was answer number {reply} to my question."
            publish(served, client, thread, content=text, parent=top[-1])
    whole = client.read(thread, limit=100).comments
    assert len(whole) == 15
    walked = list(client.comments(thread, limit=4))
    assert [c.id for c in walked] == [c.id for c in whole]
    assert [c.depth for c in walked].count(0) == 3


def test_the_client_waits_as_long_as_the_server_says(faults: HttpFaults, open_client: Any, thread: str) -> None:
    faults.faults = [Fault(status=503, headers={"Retry-After": "3600"}, body=BUSY.body)]
    with pytest.raises(StorageDownError) as caught:  # at once, because the time limit is shorter
        open_client(faults.url).read(thread)
    assert (caught.value.retry_after, len(faults.requests)) == (3600.0, 1)


def test_the_client_gives_up_after_its_last_attempt(faults: HttpFaults, open_client: Any, thread: str) -> None:
    faults.faults = [LOST_REQUEST] * 9
    with pytest.raises(NoAnswerError):
        open_client(faults.url, attempts=3).read(thread)
    assert len(faults.requests) == 3


def test_a_decision_is_not_repeated_after_a_lost_answer(faults: HttpFaults, open_client: Any) -> None:
    faults.faults = [LOST_ANSWER, LOST_ANSWER]
    with pytest.raises(NoAnswerError):
        open_client(faults.url).decide("0" * 22, 1, "approve")
    assert len(faults.requests) == 1


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"comments": 7}', b'{"comments": [{}], "total": 1, "next": "", "version": 1}', b"\xff"]
)
def test_an_answer_of_another_server_is_an_error(faults: HttpFaults, open_client: Any, body: bytes) -> None:
    faults.faults = [Fault(status=200, body=body)]
    with pytest.raises(UnexpectedAnswerError):
        open_client(faults.url).read("x")


@pytest.mark.parametrize("body", [b"<h1>Bad Gateway</h1>", b"[1]", b'{"problems": [3, {"field": "a"}], "type": {}}'])
def test_the_error_page_of_a_proxy_is_a_problem(faults: HttpFaults, open_client: Any, body: bytes) -> None:
    faults.faults = [Fault(status=502, body=body)] * 2
    with pytest.raises(ProblemError) as caught:
        open_client(faults.url, attempts=2).read("x")
    assert (caught.value.status, len(faults.requests)) == (502, 2)


def test_a_redirect_is_not_followed(faults: HttpFaults, open_client: Any) -> None:
    faults.faults = [Fault(status=307, headers={"Location": "http://127.0.0.1:1/"})]
    with pytest.raises(UnexpectedAnswerError, match="307"):
        open_client(faults.url).rules()


def test_owners_change_rules_and_threads(open_client: Any, thread: str) -> None:
    client = open_client()
    domain = f"{thread[1:8]}.example".lower()
    (added,) = client.add_rules([{"kind": "domain", "value": domain, "reason": "Adverts"}])
    assert (added.value, added.effect, added.hits) == (domain, "ban", 0)
    assert added.name in {rule.name for rule in client.rules()}
    assert client.delete_rules([added.name]) == 1
    assert client.close_thread(thread)
    with pytest.raises(ProblemError):
        client.submit(thread=thread, content="Too late?", **REPLY)
    assert not client.close_thread(thread, closed=False)
    details = client.describe_thread(thread, title="Bread")
    assert details.title == "Bread"
    assert client.describe_thread(thread, title="").title == ""
    (planned,) = client.move_threads({thread: f"{thread}-new"}, dry_run=True)
    assert (planned.new, planned.comments) == (f"{thread}-new", 0)


def test_readers_preview_and_report(served: Served, open_client: Any, thread: str) -> None:
    client = open_client()
    assert "<em>fine</em>" in client.preview("*fine*")
    assert client.report(publish(served, client, thread), "spam") is None


def test_the_environment_has_the_defaults(served: Served, monkeypatch: pytest.MonkeyPatch, open_client: Any) -> None:
    with pytest.raises(ClientSettingsError, match="RG_URL"):
        open_client("")
    with pytest.raises(ClientSettingsError, match="not a key"):
        open_client(key="two\r\nlines")
    monkeypatch.setenv("RG_KEY", served.key)
    assert isinstance(open_client(key=None).rules(), tuple)


def lower(faults: HttpFaults) -> list[tuple[str, str, dict[str, str]]]:
    return [(method, path, {n.lower(): v for n, v in headers.items()}) for method, path, headers in faults.requests]


def test_a_site_key_does_not_review(open_client: Any) -> None:
    with pytest.raises((SignInNeededError, NotAllowedError)):
        list(open_client().review())


@pytest.fixture
def owner_key(served: Served) -> str:
    kept, whole = new_person_key("ow")
    served.storage.people.put(Person("ow", {"blog": "owner"}, api_keys=(kept,)))
    return whole


def test_a_moderator_lists_decides_and_undoes(served: Served, open_client: Any, owner_key: str, thread: str) -> None:
    waiting = [added_as_held(served.storage, thread=thread, content=f"Waits, number {n}.") for n in range(5)]
    client = open_client(key=owner_key)
    listed = {comment.id: comment for comment in client.review({"status": "held"}, limit=2)}
    assert {comment.id for comment in waiting} <= set(listed)
    first = waiting[0].id
    assert client.note(first, "Look at this.").by == "ow"
    found = client.explain(first)
    assert (found.comment.reasons.signals[0].name, found.notes[0].text) == ("author.first", "Look at this.")
    assert client.decide(first, found.comment.version, "spam").status == "spam"
    with pytest.raises(StaleVersionError) as caught:
        client.decide(first, found.comment.version, "approve")
    assert caught.value.document["comment"]["version"] == 2
    assert client.undo(first, 2).status == "held"
    assert client.propose(first, 3, "remove", "Off topic.").action == "remove"


def test_an_owner_reads_and_changes_settings(served: Served, open_client: Any, owner_key: str) -> None:
    client = open_client(key=owner_key)
    before = client.settings()["max_links"]
    assert client.change_settings({"max_links": "7"})["max_links"] == "7"
    with pytest.raises(InvalidError) as caught:
        client.change_settings({"max_links": "many", "no_such": "1"})
    assert {problem.field for problem in caught.value.problems} == {"max_links", "no_such"}
    assert client.change_settings({"max_links": before})["max_links"] == before
    entry = [e for e in served.storage.audit.all("blog") if e.subject == "max_links"][-1]
    assert (entry.by, entry.after, entry.via) == ("ow", before, "api")
    with pytest.raises(SignInNeededError):
        open_client().settings()


def test_a_program_checks_and_teaches(open_client: Any, faults: HttpFaults, thread: str) -> None:
    faults.faults = [LOST_ANSWER]
    client = open_client(faults.url)
    checked = client.check(content=f"What a fine loaf of bread {thread}.", author="Ada", ip="192.0.2.7", wait=5)
    assert (checked.status, checked.feedback) == ("answered", "")
    assert checked.verdict in ("ham", "unsure")
    assert len({headers["idempotency-key"] for _, _, headers in lower(faults)}) == 1
    assert client.read_check(checked.id) == checked
    assert client.teach_check(checked.id, "spam") == "spam"
    assert client.read_check(checked.id).feedback == "spam"
    assert client.forget_check_feedback(checked.id) is None
    assert client.read_check(checked.id).feedback == ""
    with pytest.raises(NotFoundError):
        client.read_check("chk_unknown")
