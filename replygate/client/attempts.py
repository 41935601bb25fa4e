"""Decide when to send a request again. The decisions do no I/O, so both clients share them."""

import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeAlias, TypeVar

import httpx

from .calls import Call
from .failures import NoAnswerError, ProblemError, UnexpectedAnswerError, problem_error

T = TypeVar("T")

#: The server did nothing, and says so.
NOTHING_DONE = (429, 503)
#: A proxy lost the answer of the server.
ANSWER_LOST = (502, 504)
#: The request never left this machine as a whole, so the server cannot have done anything.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Limits of retries. All times are in seconds."""

    attempts: int = 6
    first_wait: float = 0.25  # doubles with each attempt
    longest_wait: float = 20.0
    time_limit: float = 60.0  # of a call with all its attempts
    timeout: float = 10.0  # of one attempt, on top of the time for which the server may wait

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Return the time before the next attempt: random, so that clients do not return at the same moment."""
        backoff = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return max(retry_after or 0.0, backoff * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request, for at most `timeout` seconds."""

    timeout: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next attempt."""

    seconds: float


Attempts: TypeAlias = Generator[Send | Pause, httpx.Response | httpx.TransportError | None, T]


@dataclass(slots=True)
class _Deadline:
    now: Callable[[], float]
    limit: float
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.now()

    @property
    def left(self) -> float:
        return self.limit - (self.now() - self.started)


def attempts(call: Call[T], policy: RetryPolicy, now: Callable[[], float]) -> Attempts[T]:
    """Send a call until it is answered for good. Returns the decoded answer.

    Raises NoAnswerError, UnexpectedAnswerError, and ProblemError for the last answer.
    """
    deadline = _Deadline(now, policy.time_limit + call.seconds)
    for attempt in range(1, policy.attempts + 1):
        result = yield Send(max(0.1, min(policy.timeout + call.seconds, deadline.left)))
        if isinstance(result, httpx.Response) and result.is_success:
            return call.decode(_json(result))
        error = _error(result)
        pause = policy.wait(attempt, error.retry_after if isinstance(error, ProblemError) else None)
        if not _may_repeat(call, result) or attempt == policy.attempts or pause >= deadline.left:
            raise error
        yield Pause(pause)
    raise NoAnswerError("the policy allows no attempts")


def _may_repeat(call: Call[T], result: httpx.Response | httpx.TransportError | None) -> bool:
    if isinstance(result, httpx.Response):
        return result.status_code in NOTHING_DONE or (call.repeatable and result.status_code in ANSWER_LOST)
    return call.repeatable or isinstance(result, NEVER_SENT)


def _error(
    result: httpx.Response | httpx.TransportError | None,
) -> NoAnswerError | ProblemError | UnexpectedAnswerError:
    if not isinstance(result, httpx.Response):
        error = NoAnswerError(f"the server did not answer: {result or type(result).__name__}")
        error.__cause__ = result
        return error
    if not result.is_error:
        return UnexpectedAnswerError(f"the server answered with the status {result.status_code}")
    try:
        document = result.json()
    except ValueError:
        document = None
    return problem_error(result.status_code, document, seconds_to_wait(result.headers.get("Retry-After")))


def _json(answer: httpx.Response) -> object:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        raise UnexpectedAnswerError("the answer is not JSON") from error


def seconds_to_wait(header: str | None) -> float | None:
    """Read the header Retry-After: seconds, or a time. Returns None for none, and for one that makes no sense."""
    if not header:
        return None
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())
