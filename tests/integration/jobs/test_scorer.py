"""An operator's own scorer, as a Python function and as an HTTP endpoint, from the setting to the decision."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from comments.errors import SettingsInvalid
from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import a_comment, a_site, accepted, settings
from tests.support.ports import free_port
from tests.support.receiver import Receiver, says
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge
from workers.judging.policy import build_policy
from workers.scoring.scorers import open_scorer

EXAMPLES = Path(__file__).parents[3] / "examples"
#: An advertisement in words that the shipped model does not know as spam.
ADVERT = "We are a friendly bank. Guaranteed approval for all readers of this nice blog"
HARMLESS = "Thank you, I had the same question about the second chapter"


@pytest.fixture
def site(storage: Storage) -> Storage:
    storage.sites.put(a_site(per_minute=0, moderation="suspicious"))
    return storage


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Run the example as a server, and return its host and port."""
    port = free_port()
    server = subprocess.Popen([sys.executable, EXAMPLES / "phrase_scorer.py", str(port)])
    try:
        until = time.monotonic() + 30
        while not _answers(port):
            assert time.monotonic() < until
            assert server.poll() is None
            time.sleep(0.02)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def judged(storage: Storage, content: str, **changes: object) -> Comment:
    """Return a comment after a worker with these settings judged it."""
    chosen = settings(scorer_seconds=20.0, scorer_batch_seconds=20.0, lease=80.0, **changes)
    asker = open_scorer(chosen).ask
    set_deps(Deps(chosen, storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {}), ask_scorer=asker))
    comment = accepted(storage, content=content, author="Ada", email="ada@mail.example", identity="ada")
    judge("blog", "token")
    return storage.comments.get("blog", comment.id)


def evidence(comment: Comment) -> dict[str, str]:
    decision = comment.filter_decision
    assert decision
    return {s.name: s.evidence for s in decision.signals if s.name.startswith("scorer.")}


def check_example(storage: Storage, **changes: object) -> None:
    advert, harmless = judged(storage, ADVERT, **changes), judged(storage, HARMLESS, **changes)
    assert (advert.status, harmless.status) == (Status.HELD, Status.APPROVED)
    sentence = "The external filter calls it spam with a probability of 97 %: contains “guaranteed approval”"
    assert evidence(advert) == {"scorer.external": sentence}
    assert evidence(harmless) == {}
    assert advert.filter_decision
    assert [s.name for s in advert.filter_decision.signals if s.holds] == ["scorer.external"]


def test_a_python_function_holds_what_it_calls_spam(site: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    check_example(site, scorer="phrase_scorer:score")


def test_an_http_endpoint_holds_what_it_calls_spam(site: Storage, endpoint: str) -> None:
    check_example(site, scorer=f"http://{endpoint}/", scorer_http_allow=endpoint)


def test_an_installed_entry_point_is_found_by_its_name(
    site: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "phrases-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: phrases\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[replygate.scorers]\nphrases = phrase_scorer:score\n")
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.syspath_prepend(tmp_path)
    check_example(site, scorer="phrases")


def test_the_request_has_six_fields_and_the_token(site: Storage) -> None:
    answer = b'{"spam": 0.1}'
    site.thread_details.put("blog", a_comment().thread, "Money for nothing", None)
    with Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))) as receiver:
        judged(site, HARMLESS, scorer=receiver.url, scorer_http_allow=receiver.authority, scorer_token="a-secret")
    (request,) = receiver.requests
    sent = json.loads(request.body)
    assert request.headers["authorization"] == "Bearer a-secret"
    assert sent.keys() == {"text", "name", "website", "language", "thread", "title"}
    assert sent["title"] == "Money for nothing"
    assert b"mail.example" not in request.body


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "no answer: ValueError"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "no answer: ValueError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnope", "no answer: JSONDecodeError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "no answer: broken"),
        (b"not HTTP", "no answer: broken"),
    ],
)
def test_a_failing_endpoint_is_a_note_and_holds_nothing(site: Storage, answer: bytes, note: str) -> None:
    with Receiver(says(answer)) as receiver:
        comment = judged(site, HARMLESS, scorer=receiver.url, scorer_http_allow=receiver.authority)
    assert evidence(comment) == {"scorer.failed": note}
    assert comment.status is Status.APPROVED


def test_a_scorer_never_refuses_a_comment(site: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    spam_at_once = a_site(per_minute=0, moderation="suspicious", hold_at=0.01, spam_at=0.02)
    site.sites.put(spam_at_once)
    assert judged(site, ADVERT + ". Write to our WhatsApp", scorer="phrase_scorer:score").status is Status.HELD


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"scorer": "http://127.0.0.1:8090/"}, "REPLYGATE_SCORER_HTTP_ALLOW"),
        ({"scorer": "https://10.0.0.1/"}, "private"),
        ({"scorer": "no_such_module:score"}, "no_such_module"),
        ({"scorer": "json:no_such_function"}, "no_such_function"),
        ({"scorer": "json:__doc__"}, "not a function"),
        ({"scorer": "unknown"}, "entry point"),
    ],
)
def test_a_wrong_setting_stops_the_start(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(SettingsInvalid, match=problem):
        open_scorer(settings(**changes))
