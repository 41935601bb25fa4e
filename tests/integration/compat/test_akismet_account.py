"""Numbers and accounts as Akismet's clients and its plugin read them."""

import csv
from datetime import UTC, datetime

import pytest

from comments.storage.interfaces import Storage
from tests.support.akismet import BLOG, HAM, SPAM, AkismetServer, key_of, open_akismet


@pytest.fixture
def akismet(storage: Storage) -> AkismetServer:
    server = open_akismet(storage)
    server.check(HAM)
    server.check(SPAM)
    server.check(HAM, comment_author="Bo")
    return server


def test_usage_has_no_limit(akismet: AkismetServer) -> None:
    plain = {"limit": "none", "usage": 3, "percentage": "0.00", "throttled": False}
    assert akismet.ask("usage-limit", "1.2").json == plain
    extended = akismet.ask("usage-limit", "1.2", extended="true").json
    assert extended == {**plain, "notice_level": "NOTICE_NONE", "upgrade": False}


def test_usage_is_asked_by_get_too(akismet: AkismetServer) -> None:
    posted = akismet.ask("usage-limit", "1.2").json
    got = akismet.client.get("/1.2/usage-limit", query_string={"api_key": key_of(), "blog": BLOG})
    assert got.json == posted


def test_the_sites_of_a_key_are_its_site(akismet: AkismetServer) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    found = akismet.ask("key-sites", "1.2").json
    row = {
        "site": BLOG, "api_calls": 3, "spam": 1, "ham": 2, "missed_spam": 0, "false_positives": 0, "is_revoked": False,
    }  # fmt: skip
    assert found == {month: [row], "limit": 500, "offset": 0, "total": 1}
    assert akismet.ask("key-sites", "1.2", month="2020-01").json["2020-01"][0]["api_calls"] == 0
    assert akismet.ask("key-sites", "1.2", filter="other").json["total"] == 0
    assert akismet.ask("key-sites", "1.2", offset="1").json[month] == []


def test_the_sites_are_given_as_csv(akismet: AkismetServer) -> None:
    answer = akismet.ask("key-sites", "1.2", format="csv", month="2026-09")
    assert answer.mimetype == "text/csv"
    title, head, row = list(csv.reader(answer.text.splitlines()))
    assert title == ["Active sites for 2026-09"]
    assert head == ["Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked"]
    assert row[0] == BLOG


def test_the_plugin_sees_an_active_account(akismet: AkismetServer) -> None:
    found = akismet.ask("get-subscription").json
    assert (found["status"], found["account_name"], found["limit_reached"]) == ("active", "Replygate, A blog", False)
    assert akismet.ask("deactivate").text == "deactivated"
    assert akismet.ask("verify-key").text == "valid"
    assert akismet.client.get("/1.1/test").text == "connected"
    assert akismet.ask("token").text


def test_statistics_count_answers_and_corrections(akismet: AkismetServer) -> None:
    akismet.ask("submit-spam", comment_content=HAM, comment_author="Bo", permalink=f"{BLOG}/pier")
    found = akismet.ask("get-stats", **{"from": "6-months"}).json
    assert (found["spam"], found["ham"], found["missed_spam"], found["false_positives"]) == (1, 2, 1, 0)
    assert found["accuracy"] == pytest.approx(66.67)
    assert list(found["breakdown"]) == [f"{datetime.now(UTC):%Y-%m}"]


def test_old_months_are_in_all_statistics_alone(storage: Storage, akismet: AkismetServer) -> None:
    storage.check_records.count("blog", "spam", datetime(2020, 5, 1, tzinfo=UTC), 7)
    assert akismet.ask("get-stats", **{"from": "60-days"}).json["spam"] == 1
    assert akismet.ask("get-stats", **{"from": "all"}).json["spam"] == 8


def test_key_sites_refuses_a_malformed_month(akismet: AkismetServer) -> None:
    for month in ("2026-13", "September", "2026-9", "\u0662026-09"):
        answer = akismet.ask("key-sites", month=month)
        assert answer.headers["X-akismet-debug-help"] == answer.text == "The month must have the form 2026-09."
