"""Verdicts that come too late for the answer go to the callback of the check."""

import json
from typing import Any

import pytest

from comments.storage.interfaces import Storage
from tests.support.akismet import HAM, SPAM, AkismetServer, key_of, open_akismet
from tests.support.receiver import Receiver
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.delivery.guarded_http import GuardedHTTP
from workers.deps import Deps, deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import CALLABLES, deliver

PATH = "/wp-json/akismet/v1/webhook"


@pytest.fixture
def akismet(storage: Storage, receiver: Receiver) -> AkismetServer:
    """No judge answers until `judge_now`. The receiver is an address of the site."""
    opened = open_akismet(storage, BUILT_IN, RecordedJobs(), origins=(f"http://{receiver.authority}",))
    trust(receiver.authority)
    return opened


def trust(*hosts: str) -> None:
    made = deps()
    http = GuardedHTTP(frozenset(hosts), total=20.0)
    set_deps(Deps(made.settings, made.storage, made.now, made.jobs, made.filters, made.policy, http=http))


def judge_now() -> None:
    jobs = deps().jobs
    assert isinstance(jobs, RecordedJobs)
    waiting, jobs.jobs[:] = list(jobs.jobs), []
    for job, site, token in waiting:
        CALLABLES[job](site, token)


def late(akismet: AkismetServer, receiver: Receiver, content: str = HAM, **more: Any) -> str:
    """Send a check that gets no verdict in time, and return its guid."""
    akismet.headers["Prefer"] = "wait=0"
    answer = akismet.check(content, **({"callback": f"http://{receiver.authority}{PATH}"} | more))
    assert answer.status_code == 503
    return str(answer.headers["X-akismet-guid"])


@pytest.mark.parametrize(("content", "result"), [(HAM, "false"), (SPAM, "true")])
def test_a_late_verdict_is_sent_once(
    storage: Storage, akismet: AkismetServer, receiver: Receiver, content: str, result: str
) -> None:
    guid = late(akismet, receiver, content)
    deliver("blog", "")
    assert receiver.requests == []
    judge_now()
    for _ in range(2):
        deliver("blog", "")
        wait_until(lambda: not storage.check_records.callbacks("blog"))
    wait_until(lambda: len(receiver.requests) == 1)
    (request,) = receiver.requests
    assert request.line == f"POST {PATH} HTTP/1.1"
    assert "x-akismet-webhook" in request.headers
    assert json.loads(request.body) == {
        "key": key_of(), "endpoint": "comment-check", "comments": [{"guid": guid, "result": result}],
    }  # fmt: skip
    wait_until(lambda: akismet.ask("usage-limit", "1.2").json["usage"] == 1)


def test_a_comment_that_needs_review_stays_with_the_moderators(
    storage: Storage, akismet: AkismetServer, receiver: Receiver
) -> None:
    late(akismet, receiver, honeypot_field_name="fax", fax="555 0100")
    judge_now()
    deliver("blog", "")
    wait_until(lambda: not storage.check_records.callbacks("blog"))
    assert receiver.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/hook",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "http://blog.example@evil.example/",
        "x",
        "",
    ],
)
def test_only_addresses_of_the_site_get_callbacks(
    storage: Storage, akismet: AkismetServer, receiver: Receiver, url: str
) -> None:
    late(akismet, receiver, callback=url)
    assert storage.check_records.callbacks("blog") == {}


def test_private_addresses_get_no_callbacks(storage: Storage, akismet: AkismetServer, receiver: Receiver) -> None:
    trust()
    late(akismet, receiver)
    judge_now()
    deliver("blog", "")
    wait_until(lambda: not storage.check_records.callbacks("blog"))
    assert receiver.connections == 0


def test_a_removed_key_is_not_sent(storage: Storage, akismet: AkismetServer, receiver: Receiver) -> None:
    late(akismet, receiver)
    judge_now()
    open_akismet(storage, BUILT_IN, RecordedJobs(), origins=(f"http://{receiver.authority}",), akismet_keys=("k2",))
    trust(receiver.authority)
    deliver("blog", "")
    wait_until(lambda: not storage.check_records.callbacks("blog"))
    assert receiver.requests == []


def test_an_answer_in_time_needs_no_callback(storage: Storage, receiver: Receiver) -> None:
    akismet = open_akismet(storage, origins=(f"http://{receiver.authority}",))
    assert akismet.check(HAM, callback=f"http://{receiver.authority}{PATH}").text == "false"
    assert storage.check_records.callbacks("blog") == {}
