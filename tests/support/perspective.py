"""The Perspective API on a storage, with a judge that answers at once."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.job_queue import Jobs
from comments.storage.interfaces import Storage
from service.web.site_access import new_site_key
from tests.support.builders import a_site
from tests.support.immediate_jobs import open_judged_app

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
#: An attack and a calm sentence.
RUDE, CALM = "You are a complete idiot, shut up.", "Thank you for the map of the harbour."


@dataclass
class PerspectiveServer:
    app: Flask
    storage: Storage
    key: str  # of the site "blog"

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def post(self, body: Any, path: str = ANALYZE, **more: Any) -> TestResponse:
        """Send a body as JSON, with the key of the site "blog" in the address."""
        return self.client.post(path, json=body, **({"query_string": {"key": self.key}} | more))

    def analyze(self, text: str, *attributes: str, **fields: Any) -> TestResponse:
        """Ask for scores of TOXICITY, or of other attributes."""
        wanted: dict[str, Any] = {name: {} for name in attributes or ("TOXICITY",)}
        return self.post({"comment": {"text": text}, "requestedAttributes": wanted, **fields})

    def score(self, text: str, attribute: str, **fields: Any) -> float:
        answer = self.analyze(text, attribute, **fields)
        assert answer.status_code == 200, answer.text
        value = answer.get_json()["attributeScores"][attribute]["summaryScore"]["value"]
        assert isinstance(value, float)
        return value


def open_perspective(storage: Storage, jobs: Jobs | None = None, **site: Any) -> PerspectiveServer:
    """Create an app with the sites "blog" and "shop", each with a key. Without `jobs` a judge answers at once."""
    stored, key = new_site_key()
    storage.sites.put(a_site(keys=(stored,), per_minute=0, **site))
    storage.sites.put(a_site(id="shop", keys=(new_site_key()[0],)))
    return PerspectiveServer(open_judged_app(storage, jobs), storage, key)


def error_of(answer: Any, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    error: dict[str, Any] = answer.get_json()["error"]
    assert error["code"] == status
    return error
