"""Decisions about retries, without a network."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replygate.client.attempts import Pause, RetryPolicy, Send, attempts, seconds_to_wait
from replygate.client.calls import Call, read, submit
from replygate.client.failures import NoAnswerError, ProblemError
from replygate.client.owner_calls import rules
from replygate.client.review_calls import decide

POLICY = RetryPolicy(attempts=4, first_wait=1, longest_wait=5, time_limit=100, timeout=10)
Result = httpx.Response | httpx.TransportError


class Clock:
    """A clock that moves with the pauses."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def run(
    call: Call[object], answer: Callable[[int], Result], policy: RetryPolicy = POLICY, slow: float = 0
) -> list[float]:
    """Answer each attempt, and return the pauses. Raises the error of the call."""
    clock, pauses, n = Clock(), [], 0
    steps, result = attempts(call, policy, clock), None
    while True:
        try:
            step = steps.send(result)
        except StopIteration:
            return pauses
        if isinstance(step, Pause):
            pauses.append(step.seconds)
            clock.at, result = clock.at + step.seconds, None
        else:
            assert isinstance(step, Send)
            n += 1
            clock.at += slow
            result = answer(n)


def lost(n: int) -> Result:
    return httpx.ReadTimeout("slow")


def test_pauses_grow_and_stay_below_the_limit() -> None:
    pauses: list[float] = []
    with pytest.raises(NoAnswerError):
        pauses = run(rules(), lost)
    pauses = run(rules(), lambda n: lost(n) if n < 4 else httpx.Response(200, json={"rules": []}))
    assert [low <= pause <= 2 * low for low, pause in zip((0.5, 1, 2), pauses, strict=True)] == [True] * 3


def test_no_attempt_begins_after_the_time_limit() -> None:
    seen: list[int] = []

    def slow(n: int) -> Result:
        seen.append(n)
        return lost(n)

    with pytest.raises(NoAnswerError):
        run(rules(), slow, RetryPolicy(attempts=99, first_wait=1, longest_wait=1, time_limit=30, timeout=10), slow=10)
    assert len(seen) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_an_answer_that_would_be_the_same_again_is_final(status: int) -> None:
    with pytest.raises(ProblemError) as caught:
        run(rules(), lambda n: httpx.Response(status))
    assert caught.value.status == status


@pytest.mark.parametrize("fault", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError])
def test_a_call_that_must_not_repeat_is_sent_once(fault: type[httpx.TransportError]) -> None:
    seen: list[int] = []

    def lose(n: int) -> Result:
        seen.append(n)
        return fault("lost")

    with pytest.raises(NoAnswerError):
        run(decide("x", 1, "spam"), lose)
    assert seen == [1]


def test_a_call_that_never_left_is_sent_again() -> None:
    seen: list[int] = []

    def refuse(n: int) -> Result:
        seen.append(n)
        return httpx.ConnectError("refused")

    with pytest.raises(NoAnswerError):
        run(decide("x", 1, "spam"), refuse)
    assert seen == [1, 2, 3, 4]


@given(st.text())
def test_any_retry_after_is_survived(text: str) -> None:
    found = seconds_to_wait(text)
    assert found is None or found >= 0


def test_retry_after_is_seconds_or_a_time() -> None:
    assert seconds_to_wait("7") == 7
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (seconds_to_wait(at) or 0) <= 90
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds_to_wait("soon") is None


def test_a_submission_waits_ten_seconds_at_most() -> None:
    call = submit(thread="x", content="y", wait=99)
    assert (call.headers["Prefer"], call.seconds) == ("wait=10", 10)
    assert "Prefer" not in submit(thread="x", content="y").headers
    assert read("x").public
