"""The web service with an operator token."""

from prometheus_client.parser import text_string_to_metric_families

from comments.storage.interfaces import Storage
from tests.support.builders import settings
from tests.support.web_app import WebApp, open_web_app

TOKEN = "a token for operators, used in tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def open_operated_app(storage: Storage, **changes: object) -> WebApp:
    """Return a web service with an operator token and without cached health."""
    return open_web_app(storage, settings(ops_token=TOKEN, **changes))


def send_heartbeats(storage: Storage) -> None:
    for part in ("judge", "background", "sweep"):
        storage.heartbeats.beat(part, f"{part}-1", 60)


def scrape(operated_app: WebApp) -> dict[tuple[str, ...], float]:
    """Return each sample of /metrics as (name, label values in order of their names) -> value."""
    answer = operated_app.anonymous().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
