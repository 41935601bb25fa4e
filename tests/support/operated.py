"""A service as those who operate it see it, by their token."""

from prometheus_client.parser import text_string_to_metric_families

from comments.storage.interfaces import Storage
from tests.support.builders import settings
from tests.support.desk import Desk, a_desk

TOKEN = "a token for those who operate this"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def a_house(storage: Storage, **changes: object) -> Desk:
    """A web service whose operators have a token, and which has not looked at anything yet."""
    return a_desk(storage, settings(ops_token=TOKEN, **changes))


def say_alive(storage: Storage) -> None:
    for part in ("judge", "background", "sweep"):
        storage.heartbeats.beat(part, f"{part}-1", 60)


def scrape(house: Desk) -> dict[tuple[str, ...], float]:
    """Every sample as (name, label values in order of their names) -> value, from text that Prometheus can read."""
    answer = house.stranger().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
