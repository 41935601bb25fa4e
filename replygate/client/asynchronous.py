"""The client for programs with asyncio."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from . import calls, check_calls, owner_calls, page_walks, review_calls
from .attempts import Pause, RetryPolicy, attempts
from .calls import Call
from .targets import SiteTarget

_P = ParamSpec("_P")
T = TypeVar("T")
_R = TypeVar("_R")


def _method(describe: Callable[_P, Call[T]]) -> "Callable[Concatenate[AsyncClient, _P], Coroutine[Any, Any, T]]":
    @wraps(describe)
    async def method(self: "AsyncClient", /, *args: _P.args, **kwargs: _P.kwargs) -> T:
        return await self.perform(describe(*args, **kwargs))

    return method


def _iterator(
    walk: Callable[_P, Generator[Call[Any] | _R, Any, None]],
) -> "Callable[Concatenate[AsyncClient, _P], AsyncIterator[_R]]":
    @wraps(walk)
    async def method(self: "AsyncClient", /, *args: _P.args, **kwargs: _P.kwargs) -> AsyncIterator[_R]:
        steps, answer = walk(*args, **kwargs), None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                return
            if isinstance(step, Call):
                answer = await self.perform(step)
            else:
                answer = None
                yield step

    return method


class AsyncClient:
    """Talks to one site of a Replygate server. Use it with `async with`, or await `close`.

    The address, the site and the key come from RG_URL, RG_SITE and RG_KEY where
    they are not given. Errors are those of `failures`.
    """

    def __init__(
        self,
        url: str | None = None,
        site: str | None = None,
        key: str | None = None,
        *,
        policy: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._target, self._policy = SiteTarget.chosen(url, site, key), policy or RetryPolicy()
        self._http = httpx.AsyncClient(transport=transport)

    async def perform(self, call: Call[T]) -> T:
        """Send one call, again if needed, and return its answer."""
        steps = attempts(call, self._policy, time.monotonic)
        result: httpx.Response | httpx.TransportError | None = None
        while True:
            try:
                step = steps.send(result)
            except StopIteration as done:
                answer: T = done.value
                return answer
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
                continue
            try:
                result = await self._http.send(self._target.request(call, step.timeout, self._http))
            except httpx.TransportError as error:
                result = error

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.close()

    submit = _method(calls.submit)
    status = _method(calls.status)
    edit = _method(calls.edit)
    withdraw = _method(calls.withdraw)
    read = _method(calls.read)
    comments = _iterator(page_walks.comments)
    counts = _method(calls.counts)
    report = _method(calls.report)
    preview = _method(calls.preview)

    check = _method(check_calls.check)
    read_check = _method(check_calls.read_check)
    teach_check = _method(check_calls.teach_check)
    forget_check_feedback = _method(check_calls.forget_check_feedback)

    review_page = _method(review_calls.review_page)
    review = _iterator(page_walks.review)
    explain = _method(review_calls.explain)
    decide = _method(review_calls.decide)
    undo = _method(review_calls.undo)
    note = _method(review_calls.note)
    propose = _method(review_calls.propose)

    rules = _method(owner_calls.rules)
    add_rules = _method(owner_calls.add_rules)
    delete_rules = _method(owner_calls.delete_rules)
    close_thread = _method(owner_calls.close_thread)
    describe_thread = _method(owner_calls.describe_thread)
    move_threads = _method(owner_calls.move_threads)
    settings = _method(owner_calls.settings)
    change_settings = _method(owner_calls.change_settings)
