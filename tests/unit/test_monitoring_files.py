"""The alerts for Prometheus and the dashboard for Grafana ask for metrics that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/replygate.json").read_text())
QUERIES = {
    **{rule["alert"]: rule["expr"] for rule in RULES},
    **{
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    },
}
SUFFIXES = {"Counter": ["_total"], "Gauge": [""], "Histogram": ["_bucket", "_count", "_sum"]}


def series() -> Iterator[str]:
    """Yield the name of each time series that `/metrics` shows, and `up`, which is Prometheus's own."""
    yield "up"
    source = "".join((ROOT / "service/ops" / name).read_text() for name in ("prometheus.py", "site_metrics.py"))
    for kind, name in re.findall(r'(Counter|Gauge|Histogram)MetricFamily\(\s*"(\w+)"', source):
        yield from (name + suffix for suffix in SUFFIXES[kind])


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_is_valid_and_uses_series_that_exist(query: str) -> None:
    promql_parser.parse(QUERIES[query])
    used = set(re.findall(r"\b(?:replygate_\w+|up)\b(?=[{\[) ])", QUERIES[query]))
    assert used
    assert used <= set(series())


def test_each_alert_of_the_docs_has_a_rule() -> None:
    table = (ROOT / "docs/monitoring.md").read_text().partition("## Alerts")[2].partition("## Logs")[0]
    named = set(re.findall(r"^\| `(replygate_\w+)`", table, re.MULTILINE))
    rules = " ".join(rule["expr"] for rule in RULES)
    assert len(named) >= 8
    assert [name for name in named if name not in rules] == []


def test_each_alert_says_how_bad_it_is_and_what_happens() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
        assert rule["for"], rule["alert"]


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARD["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24, panel["title"]
        for x in range(grid["x"], grid["x"] + grid["w"]):
            for y in range(grid["y"], grid["y"] + grid["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
