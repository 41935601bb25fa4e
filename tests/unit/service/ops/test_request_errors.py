"""Failed requests are written at most once a second, and none is lost while storage fails."""

from collections import Counter
from collections.abc import Mapping

from comments.errors import StorageDown
from service.ops.request_errors import WRITE_INTERVAL, RequestErrors
from service.web.request_counters import RequestLabels


class Written:
    """A history that counts, and fails if it should."""

    def __init__(self) -> None:
        self.total: Counter[int] = Counter()
        self.writes, self.is_down = 0, False

    def count_request_errors(self, errors: Mapping[int, int]) -> None:
        self.writes += 1
        if self.is_down:
            raise StorageDown("no answer")
        self.total.update(errors)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def answer(status: int, route: str = "/v1/sites/<site>/comments") -> RequestLabels:
    return RequestLabels("POST", route, status)


def test_only_faults_and_refusals_for_overload_are_counted():
    history = Written()
    errors = RequestErrors(history, Clock())
    for status in (200, 404, 429, 502):
        errors.add(answer(status))
    errors.add(answer(503, "/readyz"))
    assert history.writes == 0
    errors.add(answer(500))
    assert history.total == {500: 1}


def test_many_errors_are_written_together_with_a_later_request():
    history, clock = Written(), Clock()
    errors = RequestErrors(history, clock)
    for _ in range(100):
        errors.add(answer(503))
    assert history.writes == 1
    clock.now += WRITE_INTERVAL
    errors.add(answer(200))
    assert (history.writes, history.total) == (2, {503: 100})
    clock.now += WRITE_INTERVAL
    errors.add(answer(200))
    assert history.writes == 2, "nothing is pending"


def test_errors_are_kept_while_storage_does_not_answer():
    history, clock = Written(), Clock()
    errors = RequestErrors(history, clock)
    history.is_down = True
    for _ in range(3):
        errors.add(answer(503))
    assert history.writes == 1
    history.is_down = False
    clock.now += WRITE_INTERVAL
    errors.add(answer(200))
    assert history.total == {503: 3}
