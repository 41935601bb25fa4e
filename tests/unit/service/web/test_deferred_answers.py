"""Requests wait for decisions without a thread each, or in a few threads where the server cannot do better."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, Response

from comments.errors import StorageDown
from comments.storage.checks import NextAnnounced
from service.web import deferred_answers
from service.web.deferred_answers import (
    CAN_DEFER_KEY,
    TICK_SECONDS,
    DeferredAnswer,
    DeferredAnswers,
    WaitingAnswer,
    wait_until,
)


class Channel:
    """Announces what a test decides."""

    def __init__(self) -> None:
        self.decided: set[str] = set()
        self.news = threading.Condition()
        self.is_down = False
        self.listening = threading.Event()

    def decide(self, id: str) -> None:
        with self.news:
            self.decided.add(id)
            self.news.notify_all()

    @contextmanager
    def listen(self) -> Iterator[NextAnnounced]:
        if self.is_down:
            raise StorageDown
        self.listening.set()
        yield self._next

    def _next(self, seconds: float) -> set[str]:
        with self.news:
            self.news.wait_for(lambda: self.decided or self.is_down, seconds)
            if self.is_down:
                raise StorageDown
            found, self.decided = self.decided, set()
            return found


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def app(channel: Channel) -> Flask:
    app = Flask(__name__)
    DeferredAnswers(channel, threads=4).init_app(app)
    app.config["is_decided"] = lambda: False
    app.add_url_rule("/<int:ms>", "wait", lambda ms: wait_until("a", ms / 1000, app.config["is_decided"], finish))
    return app


def finish(waited: bool) -> Response:
    return Response("done" if waited else "not waited", 201)


def test_a_request_gets_its_answer_when_the_record_is_decided(app: Flask, channel: Channel) -> None:
    threading.Thread(target=lambda: channel.listening.wait(60) and channel.decide("a")).start()
    begun = time.monotonic()
    assert app.test_client().get("/60000").text == "done"
    assert time.monotonic() - begun < 30


def test_a_request_gets_its_answer_when_the_time_is_up(app: Flask) -> None:
    assert app.test_client().get("/10").status_code == 201


def test_what_was_decided_before_the_subscription_is_found(app: Flask, channel: Channel) -> None:
    app.config["is_decided"] = lambda: channel.listening.is_set()
    assert app.test_client().get("/60000").text == "done"


def test_a_decision_whose_announcement_was_lost_is_found_after_a_second(
    app: Flask, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deferred_answers, "LOOK_SECONDS", 0.01)
    looks: list[int] = []
    app.config["is_decided"] = lambda: looks.append(1) or len(looks) > 5
    assert app.test_client().get("/60000").text == "done"


def test_requests_wait_while_storage_is_down(app: Flask, channel: Channel) -> None:
    channel.is_down = True
    assert app.test_client().get("/300").text == "done"
    channel.is_down = False
    threading.Thread(target=lambda: channel.listening.wait(60) and channel.decide("a")).start()
    assert app.test_client().get("/60000").text == "done"


def test_at_most_half_of_the_threads_wait(app: Flask, channel: Channel) -> None:
    threads = [threading.Thread(target=app.test_client().get, args=("/60000",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    answers: DeferredAnswers = app.extensions["replygate.deferred_answers"]
    while len(answers._all()) < 2:
        time.sleep(0.001)
    time.sleep(0.05)
    assert app.test_client().get("/60000").text == "not waited", "a third one"
    channel.decide("a")
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_server_that_can_defer_gets_the_answer_later(app: Flask, channel: Channel) -> None:
    with app.test_request_context("/60000", environ_overrides={CAN_DEFER_KEY: True}):
        response = app.full_dispatch_request()
    body = response.response
    assert isinstance(body, DeferredAnswer)
    over = threading.Event()
    body.waiting.when_over(over.set)
    channel.decide("a")
    assert over.wait(60)
    again = app.test_client().get("/60000", environ_overrides={"replygate.resume": body.waiting.finish})
    assert (again.status_code, again.text) == (201, "done")


def test_two_requests_wait_for_one_record_and_one_may_leave_early(app: Flask, channel: Channel) -> None:
    answers = DeferredAnswers(channel, threads=4)
    first, second = (WaitingAnswer("a", time.monotonic() + 60, lambda: False, finish) for _ in range(2))
    over = threading.Event()
    second.when_over(over.set)
    assert [answers.join(first), answers.join(second)] == [True, True]
    answers.leave(first)
    assert not over.wait(5 * TICK_SECONDS), "nothing is decided, and the time is not up"
    channel.decide("a")
    assert over.wait(30)
    answers.leave(second)


def test_a_server_that_can_defer_gets_an_answer_when_the_time_is_up(app: Flask) -> None:
    with app.test_request_context("/10", environ_overrides={CAN_DEFER_KEY: True}):
        body = app.full_dispatch_request().response
    assert isinstance(body, DeferredAnswer)
    over = threading.Event()
    body.waiting.when_over(over.set)
    assert over.wait(60)


def test_beyond_the_limit_requests_do_not_wait(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferred_answers, "MAX_WAITING", 1)
    answers = DeferredAnswers(channel, threads=4)
    first, second = (WaitingAnswer(id, time.monotonic() + 60, lambda: False, finish) for id in "ab")
    assert [answers.join(first), answers.join(second)] == [True, False]
    answers.end_all()
    assert answers.join(second)
    answers.end_all()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_ends_every_wait(app: Flask) -> None:
    broken_threads: list[threading.Thread] = []

    def broken() -> bool:
        if threading.current_thread().name == "deferred-answers":
            broken_threads.append(threading.current_thread())
            raise ValueError
        return False

    app.config["is_decided"] = broken
    assert app.test_client().get("/60000").text == "done"
    broken_threads[0].join(60)  # its error is reported in this test, and not in a later one
    app.config["is_decided"] = lambda: False
    assert app.test_client().get("/10").text == "done", "the next request starts a new thread"
